"""Edge. Claims a serial port for this process, and restores the port afterwards.

- A port in use by another program is not claimed. TIOCEXCL (set by ModemManager) gives EBUSY; root does not get that
  error, so the flag is read as well. Processes that have the port open or locked are looked up. A line that carries PPP
  or a multiplexer is a data call.
- The claim uses flock and TIOCEXCL, because a program that uses one of them does not see the other.
- HUPCL is cleared during the claim, so that closing the port ends no call. All settings of the line are restored.
- Where this process is killed, the kernel ends TIOCEXCL and flock with the last descriptor of the port; only the
  settings of the line are not restored.
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
from agent.modem.port_owners import port_owner

_BUSY_DISCIPLINES = {3: "PPP", 21: "a multiplexer"}
"""N_PPP and N_GSM0710 (linux/tty.h)."""
_TIOCGEXCL = 0x80045440
"""The request that reads whether TIOCEXCL is set (ioctl_tty(2))."""


@contextmanager
def claimed(port: str, baudrate: int, limits: Limits) -> Iterator[serial.Serial]:
    """The claimed port; raises `modem.no_port`, `modem.busy`, `modem.denied` or `modem.gone`."""
    with _examined(port) as (descriptor, settings):
        line = _opened(port, baudrate, limits)
        try:
            with _failures(port):
                _unset_hangup(line.fileno())
                fcntl.ioctl(line.fileno(), termios.TIOCEXCL)
            yield line
        finally:
            _restore(line, descriptor, settings)


def _restore(line: serial.Serial, descriptor: int, settings: list[Any]) -> None:
    """Ends the claim, restores the settings and closes the port; a port that is gone is no failure.

    Bytes that were not sent yet are dropped, because closing would wait for them.
    """
    with suppress(OSError, termios.error):
        fcntl.ioctl(descriptor, termios.TIOCNXCL)
        termios.tcflush(descriptor, termios.TCOFLUSH)
        termios.tcsetattr(descriptor, termios.TCSANOW, settings)
    with suppress(OSError, termios.error, serial.SerialException):
        line.close()


@contextmanager
def _examined(port: str) -> Iterator[tuple[int, list[Any]]]:
    """A descriptor of a port that no other program uses, without a claim, and the settings of its line."""
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
    """Raises `modem.busy` where another program or a data call uses the port."""
    discipline = struct.unpack("i", fcntl.ioctl(descriptor, termios.TIOCGETD, b"\0" * 4))[0]
    if discipline in _BUSY_DISCIPLINES:
        raise Failure(
            Code.MODEM_BUSY, f"the port carries {_BUSY_DISCIPLINES[discipline]}: a data call is open", where=port
        )
    if _is_claimed(descriptor):
        raise Failure(Code.MODEM_BUSY, "another program has claimed the port", where=port)
    if owner := port_owner(port):
        raise Failure(Code.MODEM_BUSY, f"{owner} has the port open or locked", where=port)


def _is_claimed(descriptor: int) -> bool:
    """Whether TIOCEXCL is set; False on a kernel without this request, where only EBUSY shows it, and not to root."""
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
    """Raises the errors of the kernel and of pyserial as a `Failure` with a modem's code."""
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
            return Failure(Code.MODEM_NO_PORT, "this port does not exist", where=port)
        case errno.ENOTTY | errno.EISDIR | errno.EINVAL | errno.ENOTDIR | errno.ELOOP:
            return Failure(Code.MODEM_NO_PORT, "this is not a serial port", where=port)
        case errno.EACCES | errno.EPERM:
            return Failure(Code.MODEM_DENIED, os.strerror(number), where=port)
        case errno.EBUSY | errno.EAGAIN:
            return Failure(Code.MODEM_BUSY, "another program has claimed the port", where=port)
        case _:
            return Failure(Code.MODEM_GONE, os.strerror(number), where=port)
