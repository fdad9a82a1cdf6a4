"""Entry point: the first signal lets a command finish what is under way; a second one ends the process at once."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl-C, a system that shuts down, and a terminal that closes."""


@contextmanager
def ending_by_signal(text: str) -> Iterator[threading.Event]:
    """An event that the first signal sets; `text` tells the person what the command is waiting for."""
    before = {which: signal.getsignal(which) for which in _ENDING}
    ending = threading.Event()

    def restore() -> None:
        for which, handler in before.items():
            signal.signal(which, handler)

    def end(*_: object) -> None:
        restore()
        ending.set()
        with suppress(OSError):  # print() may be at work in this thread already
            os.write(sys.stderr.fileno(), f"kitting: {text}\n".encode())

    for which in _ENDING:
        signal.signal(which, end)
    try:
        yield ending
    finally:
        restore()
