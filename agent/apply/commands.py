"""Edge: runs commands and asks systemd. Under another root than `/` nothing is run, only recorded.

A command has no shell, no input, no inherited environment, its own process group and a time limit. Of what it prints
the end is kept, for the person who has to find out why it failed.
"""

from __future__ import annotations

import os
import selectors
import shlex
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from agent.effects import Action, RunCommand, ServiceVerb
from agent.errors import Code, Failure

MAX_TAIL_BYTES = 2048
PIPE_BYTES = 65536
"""All that a pipe holds (pipe(7))."""
SYSTEMCTL_LIMIT_S = 120.0
ASK_LIMIT_S = 20.0
ENVIRONMENT: Mapping[str, str] = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LANG": "C.UTF-8",
    "HOME": "/root",
}

_LOOK_S = 0.05


class Actor(Protocol):
    """Who does actions."""

    @property
    def recorded(self) -> bool:
        """Whether actions are only recorded."""

    def do(self, action: Action) -> None:
        """Does it; raises `Failure(apply.failed)`."""

    def unit_words(self, units: Iterable[str]) -> dict[str, str]:
        """What `systemctl is-enabled` says of each unit; empty where systemd cannot be asked."""


@dataclass(frozen=True, slots=True)
class Recorder:
    """Does nothing, for a root that is not the running system."""

    recorded: bool = True

    def do(self, action: Action) -> None:
        """Nothing."""

    def unit_words(self, units: Iterable[str]) -> dict[str, str]:
        """Nothing is known."""
        del units
        return {}


@dataclass(frozen=True, slots=True)
class Machine:
    """The running system."""

    environment: Mapping[str, str]
    recorded: bool = False
    booting: bool = False
    """Early at boot services are only queued: systemd starts none before the boot has come so far."""

    def do(self, action: Action) -> None:
        """Runs it to its end or its limit."""
        match action:
            case RunCommand(argv, limit_s):
                run(argv, limit_s, self.environment)
            case ServiceVerb(unit, verb):
                options = ("--no-ask-password", *(("--no-block",) if self.booting else ()))
                run(("systemctl", *options, verb.value, "--", unit), SYSTEMCTL_LIMIT_S, self.environment)

    def unit_words(self, units: Iterable[str]) -> dict[str, str]:
        """Asks for each unit; one that systemd does not know is `not-found`."""
        return {unit: self._word(unit) for unit in units}

    def _word(self, unit: str) -> str:
        question = ("systemctl", "is-enabled", "--", unit)
        _, output = _ended(question, ASK_LIMIT_S, self.environment)
        words = output.decode(errors="replace").split()
        return words[0] if len(words) == 1 else "not-found"


def run(argv: tuple[str, ...], limit_s: float, environment: Mapping[str, str]) -> None:
    """Runs a command; raises `Failure(apply.failed)` for an exit code other than 0, a signal, or the limit."""
    code, output = _ended(argv, limit_s, environment)
    if code == 0:
        return
    why = f"ended by signal {-code}" if code < 0 else f"exit code {code}"
    said = " ".join(output.decode(errors="replace").split())
    raise _failed(argv, f"{why}: {said}" if said else why)


def _failed(argv: tuple[str, ...], why: str) -> Failure:
    return Failure(Code.APPLY_FAILED, why, where=shlex.join(argv)[:200])


def _ended(argv: tuple[str, ...], limit_s: float, environment: Mapping[str, str]) -> tuple[int, bytes]:
    """Exit code and the end of what was printed."""
    try:
        process = subprocess.Popen(  # noqa: S603 (the document's author is allowed to run it)
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=dict(environment),
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        raise _failed(argv, getattr(error, "strerror", None) or str(error)) from None
    with process:
        try:
            tail = _watched(process, time.monotonic() + limit_s)
            late = process.poll() is None
        finally:
            if process.poll() is None:
                _end_group(process)
    if late:
        raise _failed(argv, f"not ended within {limit_s:g} s: {' '.join(tail.decode(errors='replace').split())}")
    return process.returncode, tail


def _watched(process: subprocess.Popen[bytes], deadline: float) -> bytes:
    """Reads until the process has ended or the deadline has come; who it leaves behind may keep the pipe open."""
    tail = b""
    assert process.stdout is not None  # noqa: S101 (a pipe was asked for; for the type checker)
    source = process.stdout.fileno()
    os.set_blocking(source, False)
    with selectors.DefaultSelector() as selector:
        selector.register(source, selectors.EVENT_READ)
        while time.monotonic() < deadline:
            ended = process.poll() is not None
            if selector.get_map() and selector.select(0 if ended else _LOOK_S):
                part = os.read(source, PIPE_BYTES)
                tail = (tail + part)[-MAX_TAIL_BYTES:]
                if not part:
                    selector.unregister(source)
            if ended:
                break
            if not selector.get_map():
                with suppress(subprocess.TimeoutExpired):
                    process.wait(max(0.0, deadline - time.monotonic()))
    return tail


def _end_group(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
