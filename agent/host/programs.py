"""Edge. Other programs: started without a shell, limited in time and output, ended with everything that they started.

`run` is the only way in which the agent runs a program to its end. A program that leaves a process behind in the
background does not hold up its caller: reading stops when the program itself has ended.
"""

from __future__ import annotations

import errno
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress

from agent.frozen import frozen

MAX_BYTES = 1024 * 1024
"""The most bytes that are kept of each stream of a program."""
_PART_BYTES = 65536
_LOOK_S = 0.05
"""Seconds between two checks whether a program that prints nothing has ended."""


@frozen
class Ended:
    """How a program ended, and what it printed."""

    code: int
    """Its exit code, or minus the signal that ended it."""
    output: bytes
    errors: bytes = b""


class NotEnded(TimeoutError):
    """A program that was still running at its limit, and was killed; `output` is what it had printed."""

    def __init__(self, limit_s: float, output: bytes) -> None:
        super().__init__(errno.ETIMEDOUT, f"not ended within {limit_s:g} s")
        self.output = output


def run(
    words: Sequence[str | os.PathLike[str]],
    *,
    limit_s: float,
    given: bytes = b"",
    environment: Mapping[str, str] | None = None,
    joined: bool = False,
    last_bytes: int | None = None,
) -> Ended:
    """Runs a program to its end, in a process group of its own.

    Args:
        words: the program's path and its arguments.
        limit_s: seconds after which the program and its whole group are killed.
        given: what it reads from standard input.
        environment: its whole environment; None for this process's own.
        joined: whether errors go into the output.
        last_bytes: keeps the end of the output, of so many bytes; None keeps the first `MAX_BYTES`.

    Raises:
        NotEnded: it did not end within `limit_s`.
        OSError: it could not be started.
    """
    try:
        process = subprocess.Popen(  # noqa: S603 (no shell; the callers choose the program)
            words,
            stdin=subprocess.PIPE if given else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if joined else subprocess.PIPE,
            cwd="/",
            env=None if environment is None else dict(environment),
            start_new_session=True,
        )
    except ValueError as error:  # a NUL byte in an argument
        raise OSError(errno.EINVAL, str(error)) from None
    with process:
        streams = _Streams(process, given, last_bytes)
        try:
            streams.exchange_until(time.monotonic() + limit_s)
            late = process.poll() is None
        finally:
            if process.poll() is None:
                _kill_group(process)
            streams.close()
    if late:
        raise NotEnded(limit_s, streams.output)
    return Ended(process.returncode, streams.output, streams.errors)


class _Streams:
    """What goes to and comes from a program, without ever blocking."""

    def __init__(self, process: subprocess.Popen[bytes], given: bytes, last_bytes: int | None) -> None:
        self.output = self.errors = b""
        self._process, self._left, self._last_bytes = process, given, last_bytes
        self._selector = selectors.DefaultSelector()
        for stream, event in (
            (process.stdout, selectors.EVENT_READ),
            (process.stderr, selectors.EVENT_READ),
            (process.stdin, selectors.EVENT_WRITE),
        ):
            if stream is not None:
                os.set_blocking(stream.fileno(), False)
                self._selector.register(stream, event)

    def exchange_until(self, deadline: float) -> None:
        """Reads and writes until the program has ended or the deadline has come."""
        while time.monotonic() < deadline:
            ended = self._process.poll() is not None
            ready = self._exchange(0 if ended else min(_LOOK_S, max(0.0, deadline - time.monotonic())))
            if ended and not ready:
                return
            if not self._selector.get_map():
                with suppress(subprocess.TimeoutExpired):
                    self._process.wait(max(0.0, deadline - time.monotonic()))
                return
        self._exchange(0)  # what a program printed before its limit is kept, however late it is read

    def _exchange(self, wait_s: float) -> bool:
        """One round; whether anything was read or written."""
        ready = self._selector.select(wait_s) if self._selector.get_map() else []
        for key, _ in ready:
            if key.fileobj is self._process.stdin:
                self._write()
            else:
                self._read(key)
        return bool(ready)

    def _write(self) -> None:
        stream = self._process.stdin
        assert stream is not None  # noqa: S101 (for the type checker: it was registered)
        try:
            self._left = self._left[os.write(stream.fileno(), self._left[:_PART_BYTES]) :]
        except BrokenPipeError:
            self._left = b""
        if not self._left:
            self._selector.unregister(stream)
            stream.close()

    def _read(self, key: selectors.SelectorKey) -> None:
        part = os.read(key.fd, _PART_BYTES)
        if not part:
            self._selector.unregister(key.fileobj)
        elif key.fileobj is self._process.stdout:
            self.output = self._kept(self.output, part)
        else:
            self.errors = self._kept(self.errors, part)

    def _kept(self, before: bytes, part: bytes) -> bytes:
        if self._last_bytes is not None:
            return (before + part)[-self._last_bytes :]
        return before + part[: MAX_BYTES - len(before)]

    def close(self) -> None:
        self._selector.close()
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream is not None:
                with suppress(BrokenPipeError):
                    stream.close()


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
