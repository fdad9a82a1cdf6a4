"""Edge. A modem on a pseudo-terminal, under a path that stays.

    with ModemOnPty(Modem(load_model()), link=directory / "modem") as modem:
        … serial.Serial(str(modem.path))

Programs may open and close it as often as they like. Unplugging ends the terminal and takes the link away; a program
that has it open sees what it would see of a stick that was pulled out.
"""

from __future__ import annotations

import os
import select
import sys
import tempfile
import termios
import time
import tty
from collections.abc import Iterable
from contextlib import suppress
from fcntl import ioctl
from heapq import heappop, heappush
from itertools import count
from pathlib import Path
from threading import Lock, Thread
from types import TracebackType
from typing import Self

from simulator.modem import Modem
from simulator.modem_events import Event, Sent, Unplugged

_READ_BYTES = 4096
_MURMUR_S = 1.0
_MOST_UNREAD_BYTES = 2048
"""Half of what a terminal keeps for its reader."""
_MOST_BACKLOG_BYTES = 65536
_RETRY_S = 0.005
_SPEEDS = {getattr(termios, f"B{rate}"): rate for rate in (9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600)}


class ModemOnPty:
    """A modem on a pseudo-terminal, at a path of its own or at `link`, where only an earlier link may be."""

    def __init__(self, modem: Modem, link: Path | str | None = None) -> None:
        self.modem = modem
        self._own = None if link else tempfile.TemporaryDirectory(prefix="modem-")
        self.path = Path(link) if link else Path(self._own.name if self._own else "") / "modem"
        self._terminal: _Terminal | None = None

    def plug_in(self) -> Self:
        """A fresh terminal at the same path; the modem starts as after power-on."""
        self.unplug()
        self._terminal = _Terminal(self.modem, self.path)
        self._terminal.start()
        return self

    def unplug(self) -> None:
        """The terminal ends, now."""
        if self._terminal is not None:
            self._terminal.end()
            self._terminal = None

    def say(self, data: bytes) -> None:
        """Sends an unsolicited report."""
        if self._terminal is not None:
            self._terminal.say([Sent(data)])

    def receive(self, text: str, *, ucs2: bool = False) -> None:
        """A short message arrives at the modem."""
        self.say(self.modem.message(text, ucs2=ucs2))

    def __enter__(self) -> Self:
        return self.plug_in()

    def __exit__(self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        self.unplug()
        if self._own is not None:
            self._own.cleanup()


class _Terminal:
    """A thread that reads what programs write, asks the modem, and sends each answer when it is due."""

    def __init__(self, modem: Modem, path: Path) -> None:
        self._modem = modem
        self._path = path
        self._due: list[tuple[float, int, bool, Event]] = []
        self._backlog = b""
        self._order = count()
        self._guard = Lock()
        self._master, self._slave = os.openpty()
        self._wake_read, self._wake_write = os.pipe()
        tty.setraw(self._slave, termios.TCSANOW)
        os.set_blocking(self._master, False)
        self.alive = True
        self._thread = Thread(target=self._live, name=f"modem {path.name}")

    def start(self) -> None:
        """Links the path to the terminal and lets the modem speak."""
        try:
            self._remove_left_over_link()
            self._path.symlink_to(os.ttyname(self._slave))
        except OSError:
            self._close_descriptors()
            raise
        self._plan(self._modem.power_on(), asked=False)
        self._thread.start()

    def _remove_left_over_link(self) -> None:
        if self._path.is_symlink() and self._path.readlink().parts[:3] == ("/", "dev", "pts"):
            self._path.unlink()

    def say(self, events: Iterable[Event]) -> None:
        """Sends events as if the modem had caused them now."""
        self._plan(events, asked=False)
        self._wake()

    def end(self) -> None:
        """Waits until nothing of it is left."""
        self.alive = False
        self._wake()
        self._thread.join()
        os.close(self._wake_write)
        os.close(self._wake_read)

    def _live(self) -> None:
        murmured = time.monotonic()
        while self.alive:
            if time.monotonic() - murmured >= _MURMUR_S:
                murmured = time.monotonic()
                self._plan([Sent(self._modem.murmur())], asked=False)
            ready = select.select([self._master, self._wake_read], [], [], self._pause_s())[0]
            if self._wake_read in ready:
                os.read(self._wake_read, _READ_BYTES)
            if self._master in ready:
                self._modem.line_speed = _SPEEDS.get(termios.tcgetattr(self._master)[5])
                self._plan(self._modem.feed(os.read(self._master, _READ_BYTES)), asked=True)
            self._send_due()
        self._path.unlink(missing_ok=True)
        os.close(self._master)
        os.close(self._slave)

    def _plan(self, events: Iterable[Event], *, asked: bool) -> None:
        now = time.monotonic()
        with self._guard:
            for event in events:
                heappush(self._due, (now + event.after_s, next(self._order), asked, event))

    def _pause_s(self) -> float:
        if self._backlog:
            return _RETRY_S
        with self._guard:
            next_s = self._due[0][0] - time.monotonic() if self._due else _MURMUR_S
        return min(max(next_s, 0.0), _MURMUR_S)

    def _send_due(self) -> None:
        while self.alive:
            self._write()
            with self._guard:
                if not self._due or self._due[0][0] > time.monotonic():
                    return
                _, _, asked, event = heappop(self._due)
            if isinstance(event, Unplugged):
                self.alive = False
            elif asked or self._has_reader():
                self._backlog = (self._backlog + event.data)[:_MOST_BACKLOG_BYTES]

    def _write(self) -> None:
        with suppress(BlockingIOError):
            self._backlog = self._backlog[os.write(self._master, self._backlog) :]

    def _has_reader(self) -> bool:
        """Whether a program reads; otherwise unsolicited reports are lost as on a real port, and answers wait."""
        unread = int.from_bytes(ioctl(self._slave, termios.FIONREAD, b"\0" * 4), sys.byteorder)
        return unread <= _MOST_UNREAD_BYTES

    def _wake(self) -> None:
        os.write(self._wake_write, b"!")

    def _close_descriptors(self) -> None:
        for descriptor in (self._master, self._slave, self._wake_read, self._wake_write):
            os.close(descriptor)
