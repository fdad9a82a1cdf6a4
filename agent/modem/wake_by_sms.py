"""Entry point. Waits at the modem for the message that starts a pass; the resident starts it between passes.

    python3 -P -m agent.modem.wake_by_sms [--config FILE]

Exit code 0: the message arrived. Exit code 75: no modem can be listened to, or a signal ended the process. No message
is stored or deleted, and the modem's setting for the delivery of messages is restored at the end. Where ModemManager
manages the modem, its list of messages is read once a minute; only messages that arrived since the start count.
"""

from __future__ import annotations

import argparse
import os
import select
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agent.errors import Failure
from agent.host.end_of_process import leave
from agent.modem.commands import DELIVERY_QUESTION, DELIVERY_TO_US, TEXT_MODE
from agent.modem.dialogue import ExchangeRecord, Final
from agent.modem.known_ports import known_ports
from agent.modem.limits import Limits
from agent.modem.managed import ModemManager
from agent.modem.serial_line import SerialLine, opened_line
from agent.modem.short_messages import Incoming, is_wake, restoring
from agent.settings import Settings, load

WOKEN, CANNOT = os.EX_OK, os.EX_TEMPFAIL
LOOK_S = 60.0
"""Pause between two readings of ModemManager's list."""


def listen(settings: Settings, ending: int, limits: Limits = Limits(), system: Path = Path("/")) -> int:  # noqa: B008
    """Waits until the message arrives or `ending` can be read; returns the exit code."""
    try:
        manager = ModemManager(limits, system)
        if manager.modems():
            return _listen_to_manager(manager, ending)
        port = _port(settings)
        if port is None:
            return CANNOT
        exchanges: list[ExchangeRecord] = []
        with opened_line(port, settings.modem.baudrate, limits, exchanges.append) as line:
            return _listen_to_line(line, exchanges, ending)
    except Failure:
        return CANNOT


def _listen_to_line(line: SerialLine, exchanges: list[ExchangeRecord], ending: int) -> int:
    line.wake()
    with _delivered_here(line) as works:
        incoming = Incoming()
        data = exchanges[-1].received  # a message may directly follow the answer
        while works:
            if any(map(is_wake, incoming.feed(data))):
                return WOKEN
            if ending in line.wait_beside(ending):
                return CANNOT
            data = line.take()
    return CANNOT


@contextmanager
def _delivered_here(line: SerialLine) -> Iterator[bool]:
    """Makes the modem deliver messages as text; restores its setting afterwards. Gives whether the modem can do it."""
    before = restoring(line.ask(DELIVERY_QUESTION, lambda answer: bool(answer.lines)).lines)
    works = all(line.ask(command, lambda _: True).final is Final.OK for command in (TEXT_MODE, DELIVERY_TO_US))
    try:
        yield works
    finally:
        if before:
            line.ask(before, lambda _: True)


def _listen_to_manager(manager: ModemManager, ending: int) -> int:
    known = set(manager.messages())
    while not select.select([ending], [], [], LOOK_S)[0]:
        for path in set(manager.messages()) - known:
            known.add(path)
            if is_wake(manager.text_of(path)):
                return WOKEN
    return CANNOT


def _port(settings: Settings) -> str | None:
    """The port of the settings, or the port that answered the last time; None without either."""
    if settings.modem.port != "auto":
        return settings.modem.port
    return next(iter(known_ports(settings.paths.state)), None)


def main(argv: list[str] | None = None) -> int:
    """Waits for the message at the modem that the settings name; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python3 -m agent.modem.wake_by_sms", epilog="started by kitting-agent run")
    parser.add_argument("--config", type=Path)
    settings = load(parser.parse_args(argv).config)
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    return listen(settings, reading)


if __name__ == "__main__":
    try:
        leave(main(sys.argv[1:]))
    except Failure:
        leave(CANNOT)
