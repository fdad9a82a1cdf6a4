"""Edge: runs commands and asks systemd. Under another root than `/` nothing is run, only recorded.

A command has no shell, no input, no inherited environment, its own process group and a time limit. Of what it prints
the end is kept, for the person who has to find out why it failed.
"""

from __future__ import annotations

import math
import os
import selectors
import shlex
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from agent.apply.machine import network_manager as network
from agent.apply.machine import units
from agent.apply.planning.steps import MAX_SHOWN
from agent.effects import Action, ActivateConnections, OnError, PowerState, RunCommand, ServiceVerb, Verb
from agent.errors import Code, Failure
from agent.frozen import frozen
from agent.handover.order import Ran

MAX_TAIL_BYTES = 2048
PIPE_BYTES = 65536
"""All that a pipe holds (pipe(7))."""
SYSTEMCTL_LIMIT_S = 120.0
ASK_LIMIT_S = 20.0
NOT_ENDED = -1
"""The exit code of what could not be started, or had to be ended."""
LEAST_POWER_DELAY_S = 60.0
"""The network half has to say first what became of the order."""
COMMAND_MEMORY, COMMAND_TASKS = "50%", "256"
"""What a command of the document may take of the gateway (systemd.resource-control(5))."""
SYSTEMD_RUNS = Path("/run/systemd/system")
"""Where it is there, systemd is the init of this machine (sd_booted(3))."""
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

    def do(self, action: Action, because: str) -> Ran | None:
        """Does it, and says how a command of the document ended; raises `Failure(apply.failed)`."""

    def redo(self, action: Action) -> None:
        """Does it on the way back, where what it names may be gone; raises `Failure(apply.failed)`."""

    def kept(self, action: Action) -> None:
        """Does what is only to be done once everything is kept."""

    def unit_words(self, units: Iterable[str]) -> dict[str, str]:
        """What `systemctl is-enabled` says of each unit; empty where systemd cannot be asked."""


@frozen
class Recorder:
    """Does nothing, for a root that is not the running system."""

    recorded: bool = True

    def do(self, action: Action, because: str) -> None:
        """Nothing."""

    def redo(self, action: Action) -> None:
        """Nothing."""

    def kept(self, action: Action) -> None:
        """Nothing."""

    def unit_words(self, units: Iterable[str]) -> dict[str, str]:
        """Nothing is known."""
        del units
        return {}


@frozen
class Machine:
    """The running system."""

    environment: Mapping[str, str]
    early: bool = False
    """It is starting up: no unit is waited for, and each that comes later finds its files as they are now."""
    connections_limit_s: float = 300.0
    """After this time NetworkManager goes back by itself."""
    recorded: bool = False

    def do(self, action: Action, because: str) -> Ran | None:
        """Runs it to its end or its limit."""
        match action:
            case RunCommand(on_error=OnError.CONTINUE):
                return self._ran(action, because)
            case RunCommand():
                ran = self._ran(action, because)
                if ran.code != 0:
                    raise CommandFailed(_failed(action.argv, _how_it_ended(ran)), ran)
                return ran
            case ServiceVerb(unit, verb):
                self._systemctl(verb, unit)
            case ActivateConnections(connections):
                network.activate(connections, self.connections_limit_s, self._run)
            case PowerState():
                pass  # only once everything is kept
        return None

    def redo(self, action: Action) -> None:
        """Runs it on the way back."""
        match action:
            case ActivateConnections(connections):
                network.go_back(connections, self._run)
            case ServiceVerb(unit, Verb.RESTART | Verb.RELOAD) if self._is_gone(unit):
                _ended(("systemctl", "--no-ask-password", "stop", "--", unit), SYSTEMCTL_LIMIT_S, self.environment)
            case _:
                self._do_again(action)

    def _do_again(self, action: Action) -> None:
        try:
            self.do(action, "")
        except CommandFailed as failed:
            raise failed.failure from None

    def _is_gone(self, unit: str) -> bool:
        """Its file went with the generation that brought it; what of it still runs has to end."""
        question = ("systemctl", "show", "--property=LoadState", "--", unit)
        _, output = _ended(question, ASK_LIMIT_S, self.environment)
        return units.properties_of(output.decode(errors="replace")).get("LoadState") == "not-found"

    def kept(self, action: Action) -> None:
        """Ends what was only waiting for this moment."""
        match action:
            case ActivateConnections():
                network.keep(self._run)
            case PowerState(power, delay_s):
                moment = f"--on-active={max(delay_s, LEAST_POWER_DELAY_S):.0f}"
                self._run(("systemd-run", "--quiet", "--collect", moment, "systemctl", power.value))
            case RunCommand() | ServiceVerb():
                pass

    def unit_words(self, units: Iterable[str]) -> dict[str, str]:
        """Asks for each unit; one that systemd does not know is `not-found`."""
        return {unit: self._word(unit) for unit in units}

    def _word(self, unit: str) -> str:
        question = ("systemctl", "is-enabled", "--", unit)
        _, output = _ended(question, ASK_LIMIT_S, self.environment)
        words = output.decode(errors="replace").split()
        return words[0] if len(words) == 1 else "not-found"

    def _run(self, argv: tuple[str, ...]) -> str:
        return run(argv, SYSTEMCTL_LIMIT_S, self.environment)

    def _systemctl(self, verb: Verb, unit: str) -> None:
        begins = verb in {Verb.RESTART, Verb.RELOAD}
        if verb is Verb.MASK and not self.early:
            self._run(("systemctl", "--no-ask-password", "stop", "--", unit))  # masked while it runs it would be failed
        options = ("--no-block",) if self.early and begins else ()
        self._run(("systemctl", "--no-ask-password", *options, verb.value, "--", unit))
        if begins and not self.early:
            units.wait_until_active(unit, self._run)

    def _ran(self, command: RunCommand, because: str) -> Ran:
        """A command of the document."""
        began = time.monotonic()
        argv = scoped(command) if command.own_scope and SYSTEMD_RUNS.is_dir() else command.argv
        try:
            code, tail = _ended(argv, command.limit_s, self.environment)
        except Failure as failure:
            code, tail = NOT_ENDED, failure.detail.encode()
        text = " ".join(_printable(tail.decode(errors="replace")).split())
        return Ran(shlex.join(command.argv)[:MAX_SHOWN], code, round(time.monotonic() - began, 3), text, because)


class CommandFailed(Exception):
    """A command of the document that was to stop everything if it failed."""

    def __init__(self, failure: Failure, ran: Ran) -> None:
        super().__init__(failure, ran)
        self.failure = failure
        self.ran = ran


def scoped(command: RunCommand) -> tuple[str, ...]:
    """The same as a unit of its own (systemd-run(1)): with limits, and outside of this service's sandbox.

    systemd replaces variables in the words that follow a unit's program; a doubled `$` is one `$` (systemd.service(5)).
    """
    words = [*command.argv[:1], *(word.replace("$", "$$") for word in command.argv[1:])]
    limits = {"RuntimeMaxSec": f"{math.ceil(command.limit_s)}", "MemoryMax": COMMAND_MEMORY, "TasksMax": COMMAND_TASKS}
    properties = [f"--property={name}={value}" for name, value in limits.items()]
    return ("systemd-run", "--quiet", "--collect", "--wait", "--pipe", *properties, "--", *words)


def run(argv: tuple[str, ...], limit_s: float, environment: Mapping[str, str]) -> str:
    """What a command printed; raises `Failure(apply.failed)` for an exit code other than 0, a signal, or the limit."""
    code, output = _ended(argv, limit_s, environment)
    printed = _printable(output.decode(errors="replace"))
    if code == 0:
        return printed
    why = f"ended by signal {-code}" if code < 0 else f"exit code {code}"
    said = " ".join(printed.split())
    raise _failed(argv, f"{why}: {said}" if said else why)


def _how_it_ended(ran: Ran) -> str:
    if ran.code == NOT_ENDED and ran.tail:
        return ran.tail
    how = f"exit code {ran.code}" if ran.code >= 0 else f"ended by signal {-ran.code}"
    return f"{how}: {ran.tail}" if ran.tail else how


def _printable(text: str) -> str:
    """Nothing that a terminal would obey."""
    return "".join(letter if letter.isprintable() or letter.isspace() else "\ufffd" for letter in text)


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
        said = " ".join(_printable(tail.decode(errors="replace")).split())
        raise _failed(argv, f"not ended within {limit_s:g} s: {said}")
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
