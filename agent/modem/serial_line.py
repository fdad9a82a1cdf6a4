"""Edge: a modem's serial line, claimed, asked, and given back as it was found.

- A port that somebody else holds is left alone: TIOCEXCL (ModemManager) shows as EBUSY, or is asked for, since root
  would not see it; a lock file of the UUCP kind counts while its process lives; a line that carries PPP or a
  multiplexer is a data call.
- Claimed in both ways that programs use, flock and TIOCEXCL, since neither sees the other.
- HUPCL is cleared while it is ours, so that closing drops no call; all settings of the line are restored.
- Every wait has its limit in `Limits`; a line that goes away in the middle is `modem.gone`.
"""

from __future__ import annotations

import errno
import fcntl
import os
import select
import struct
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import serial

from agent.errors import Code, Failure
from agent.modem.answers import COMMANDS, WAKE
from agent.modem.dialogue import Answer, Exchange, Final


@dataclass(frozen=True, slots=True)
class Limits:
    """How long the modem may take, in seconds; nothing here waits longer."""

    port_s: float = 20.0
    """For everything that is asked on one port."""
    answer_s: float = 3.0
    """For one answer."""
    wake_s: float = 1.0
    """For the answer to a bare `AT`, of which there are `wakes`."""
    wakes: int = 3
    after_error_s: float = 0.3
    """Silence after an error, or after a wrong line: it may have been somebody else's, and ours still comes."""
    after_ok_s: float = 1.0
    """Silence after an OK without any line."""
    lf_s: float = 0.02
    """For the LF behind the CR of a final result, which some modems do not send."""
    drain_s: float = 0.1
    """Silence that ends what is left of an answer that came too late."""
    busy_pauses_s: tuple[float, ...] = (1.0, 2.0, 4.0)
    """Pauses before a busy SIM is asked again."""


_BUSY_DISCIPLINES = {3: "PPP", 21: "a multiplexer"}
"""N_PPP and N_GSM0710 (linux/tty.h)."""
_TIOCGEXCL = 0x80045440
"""Whether TIOCEXCL is set (ioctl_tty(2)); root would not notice otherwise."""
_LOCKS = (Path("/run/lock"), Path("/var/lock"))


class Line:
    """An open line; everything on it raises `Failure` with a modem's code."""

    def __init__(self, port: serial.Serial, limits: Limits) -> None:
        self._port = port
        self._limits = limits
        self._until = time.monotonic() + limits.port_s
        self._unfinished = False

    def wake(self) -> None:
        """Finds out whether anything listens; any final result counts. Raises `modem.silent`."""
        for _ in range(self._limits.wakes):
            if self._once(WAKE, self._limits.wake_s, lambda _: True).final is not Final.NONE:
                return
        raise Failure(Code.MODEM_SILENT, f"no answer to {self._limits.wakes} AT", where=self.name)

    def ask(self, command: str, says: Callable[[Answer], bool]) -> Answer:
        """The answer to one command; `says` knows one that is complete. A busy SIM is asked again."""
        answer = self._once(command, self._limits.answer_s, says)
        for pause_s in self._limits.busy_pauses_s:
            if answer.final is not Final.BUSY or time.monotonic() + pause_s > self._until:
                break
            time.sleep(pause_s)
            answer = self._once(command, self._limits.answer_s, says)
        return answer

    def _once(self, command: str, limit_s: float, says: Callable[[Answer], bool]) -> Answer:
        if command not in COMMANDS:
            raise ValueError(f"{command} is not among the commands that may be sent")
        self._drain(self._limits.drain_s if self._unfinished else 0.0)
        exchange = Exchange(command)
        self._write(exchange.request)
        until = min(time.monotonic() + limit_s, self._until)
        while True:
            answer = exchange.answer
            left_s = until - time.monotonic()
            data = self._read(min(left_s, self._patience_s(exchange, says))) if left_s > 0 else b""
            if not data:
                self._unfinished = answer.final is Final.NONE
                return answer
            exchange.feed(data)
            self._check(exchange)

    def _patience_s(self, exchange: Exchange, says: Callable[[Answer], bool]) -> float:
        """How long silence has to last before an answer counts as ended."""
        answer = exchange.answer
        match answer.final:
            case Final.NONE:
                return self._limits.port_s
            case Final.OK if says(answer):
                return 0.0 if exchange.at_line_end else self._limits.lf_s
            case Final.OK:
                return self._limits.after_error_s if answer.lines else self._limits.after_ok_s
            case Final.ERROR:
                return self._limits.after_error_s
            case Final.BUSY:
                return 0.0

    def _check(self, exchange: Exchange) -> None:
        if exchange.binary:
            raise Failure(Code.MODEM_SILENT, "speaks something else than AT commands", where=self.name)
        if exchange.overflowed:
            raise Failure(Code.MODEM_SILENT, "does not stop talking", where=self.name)

    @property
    def name(self) -> str:
        """Path of the port."""
        return str(self._port.port)

    def _drain(self, quiet_s: float) -> None:
        """Throws away what came for nobody, until nothing comes for `quiet_s`."""
        until = time.monotonic() + self._limits.wake_s
        while self._read(quiet_s) and time.monotonic() < until:
            pass

    def _read(self, limit_s: float) -> bytes:
        """What is there, or comes first within the time."""
        with gone_is_said(self.name):
            if not select.select([self._port.fileno()], [], [], max(0.0, limit_s))[0]:
                return b""
            data: bytes = self._port.read(max(1, self._port.in_waiting))
        if not data:
            raise Failure(Code.MODEM_GONE, "the line ended", where=self.name)
        return data

    def _write(self, data: bytes) -> None:
        with gone_is_said(self.name):
            self._port.write(data)


@contextmanager
def gone_is_said(name: str) -> Iterator[None]:
    """Whatever pyserial or the kernel raises on an open line means that it went away."""
    try:
        yield
    except serial.SerialTimeoutException:
        raise Failure(Code.MODEM_SILENT, "takes no bytes", where=name) from None
    except (serial.SerialException, OSError, termios.error, TypeError, ValueError):
        raise Failure(Code.MODEM_GONE, "the line went away", where=name) from None


@contextmanager
def opened(port: str, baudrate: int, limits: Limits) -> Iterator[Line]:
    """The line of a port, claimed; raises `modem.no_port`, `modem.busy`, `modem.denied` or `modem.gone`."""
    with _looked_at(port) as (descriptor, settings):
        line = _claimed(port, baudrate)
        try:
            _unset_hangup(line.fileno())
            fcntl.ioctl(line.fileno(), termios.TIOCEXCL)
            yield Line(line, limits)
        finally:
            with suppress(OSError, termios.error, serial.SerialException):
                fcntl.ioctl(descriptor, termios.TIOCNXCL)
                termios.tcsetattr(descriptor, termios.TCSANOW, settings)
            with suppress(OSError, termios.error, serial.SerialException):
                line.close()


@contextmanager
def _looked_at(port: str) -> Iterator[tuple[int, list[Any]]]:
    """A port that nobody uses, open without a claim, and the settings of its line."""
    with _failures(port):
        descriptor = os.open(port, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    try:
        with _failures(port):
            settings = termios.tcgetattr(descriptor)
            _refuse_if_used(port, descriptor)
        yield descriptor, settings
    finally:
        os.close(descriptor)


def _refuse_if_used(port: str, descriptor: int) -> None:
    discipline = struct.unpack("i", fcntl.ioctl(descriptor, termios.TIOCGETD, b"\0" * 4))[0]
    if discipline in _BUSY_DISCIPLINES:
        raise Failure(Code.MODEM_BUSY, f"carries {_BUSY_DISCIPLINES[discipline]}: a data call", where=port)
    if _is_claimed(descriptor):
        raise Failure(Code.MODEM_BUSY, "another program has claimed it", where=port)
    if owner := _lock_owner(port):
        raise Failure(Code.MODEM_BUSY, f"process {owner} has a lock on it", where=port)


def _is_claimed(descriptor: int) -> bool:
    """Whether TIOCEXCL is set; where the kernel cannot tell, EBUSY still shows it to who is not root."""
    try:
        return bool(struct.unpack("i", fcntl.ioctl(descriptor, _TIOCGEXCL, b"\0" * 4))[0])
    except OSError as error:
        if error.errno in {errno.ENOSYS, errno.ENOTTY, errno.EINVAL}:
            return False
        raise


def _lock_owner(port: str) -> int | None:
    """The living process that a UUCP lock file names."""
    name = f"LCK..{Path(port).resolve().name}"
    for directory in _LOCKS:
        try:
            text = (directory / name).read_text("ascii", "replace").split()
        except OSError:
            continue
        if text and text[0].isdecimal() and Path(f"/proc/{text[0]}").exists():
            return int(text[0])
    return None


def _claimed(port: str, baudrate: int) -> serial.Serial:
    with _failures(port):
        return serial.Serial(port, baudrate, timeout=0, write_timeout=1.0, exclusive=True)


def _unset_hangup(descriptor: int) -> None:
    settings = termios.tcgetattr(descriptor)
    settings[2] &= ~termios.HUPCL
    termios.tcsetattr(descriptor, termios.TCSANOW, settings)


@contextmanager
def _failures(port: str) -> Iterator[None]:
    """What opening can go wrong with, in our words."""
    try:
        yield
    except serial.SerialException as error:
        raise _failure(port, error.errno or errno.EBUSY) from None
    except (OSError, termios.error) as error:
        raise _failure(port, error.args[0] if error.args else errno.EIO) from None
    except ValueError as error:
        raise Failure(Code.MODEM_NO_PORT, str(error), where=port) from None


def _failure(port: str, number: int) -> Failure:
    match number:
        case errno.ENOENT | errno.ENXIO | errno.ENODEV:
            return Failure(Code.MODEM_NO_PORT, "there is no such port", where=port)
        case errno.ENOTTY | errno.EISDIR | errno.EINVAL:
            return Failure(Code.MODEM_NO_PORT, "is no serial port", where=port)
        case errno.EACCES | errno.EPERM:
            return Failure(Code.MODEM_DENIED, os.strerror(number), where=port)
        case errno.EBUSY | errno.EAGAIN:
            return Failure(Code.MODEM_BUSY, "another program has claimed it", where=port)
        case _:
            return Failure(Code.MODEM_GONE, os.strerror(number), where=port)
