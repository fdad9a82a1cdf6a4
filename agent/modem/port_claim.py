"""Edge: a serial port, claimed for us and given back as it was found.

- A port that somebody else has is left alone: TIOCEXCL (ModemManager) shows as EBUSY, or is asked for, since root
  would not see it; whoever has it open or locked is looked up; a line that carries PPP or a multiplexer is a data call.
- Claimed in both ways that programs use, flock and TIOCEXCL, since neither sees the other.
- HUPCL is cleared while it is ours, so that closing drops no call; all settings of the line are restored.
- The kernel gives everything back but the settings where this process is killed; with the last descriptor of a port
  TIOCEXCL and flock end.
"""

from __future__ import annotations

import errno
import fcntl
import os
import struct
import termios
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import serial

from agent.errors import Code, Failure
from agent.modem.limits import Limits
from agent.modem.port_owners import owner_of

_BUSY_DISCIPLINES = {3: "PPP", 21: "a multiplexer"}
"""N_PPP and N_GSM0710 (linux/tty.h)."""
_TIOCGEXCL = 0x80045440
"""Whether TIOCEXCL is set (ioctl_tty(2)); root would not notice otherwise."""


@contextmanager
def claimed(port: str, baudrate: int, limits: Limits) -> Iterator[serial.Serial]:
    """The port, ours alone; raises `modem.no_port`, `modem.busy`, `modem.denied` or `modem.gone`."""
    with _looked_at(port) as (descriptor, settings):
        line = _opened(port, baudrate, limits)
        try:
            with _failures(port):
                _unset_hangup(line.fileno())
                fcntl.ioctl(line.fileno(), termios.TIOCEXCL)
            yield line
        finally:
            _give_back(line, descriptor, settings)


def _give_back(line: serial.Serial, descriptor: int, settings: list[Any]) -> None:
    """What was not sent yet is dropped, since closing would wait for it; a port that is gone needs nothing."""
    with suppress(OSError, termios.error):
        fcntl.ioctl(descriptor, termios.TIOCNXCL)
        termios.tcflush(descriptor, termios.TCOFLUSH)
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
    if owner := owner_of(port):
        raise Failure(Code.MODEM_BUSY, f"{owner} has it", where=port)


def _is_claimed(descriptor: int) -> bool:
    """Whether TIOCEXCL is set; where the kernel cannot tell, EBUSY still shows it to who is not root."""
    try:
        return bool(struct.unpack("i", fcntl.ioctl(descriptor, _TIOCGEXCL, b"\0" * 4))[0])
    except OSError as error:
        if error.errno in {errno.ENOSYS, errno.ENOTTY, errno.EINVAL}:
            return False
        raise


def _opened(port: str, baudrate: int, limits: Limits) -> serial.Serial:
    with _failures(port):
        return serial.Serial(port, baudrate, timeout=0, write_timeout=limits.write_s, exclusive=True)


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
        case errno.ENOTTY | errno.EISDIR | errno.EINVAL | errno.ENOTDIR | errno.ELOOP:
            return Failure(Code.MODEM_NO_PORT, "is no serial port", where=port)
        case errno.EACCES | errno.EPERM:
            return Failure(Code.MODEM_DENIED, os.strerror(number), where=port)
        case errno.EBUSY | errno.EAGAIN:
            return Failure(Code.MODEM_BUSY, "another program has claimed it", where=port)
        case _:
            return Failure(Code.MODEM_GONE, os.strerror(number), where=port)
