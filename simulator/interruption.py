"""Edge. The signals that interrupt a story: Ctrl-C (SIGINT), SIGTERM, and SIGHUP where the terminal is closed."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any, Self

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interruption:
    """While it is entered, the first signal raises `KeyboardInterrupt` in the main thread, and later ones are ignored.

    So the clearing up that follows is never interrupted by a second Ctrl-C.
    """

    def __init__(self) -> None:
        self._before: list[Any] = []
        self._holding = False
        self._arrived = False

    def __enter__(self) -> Self:
        self._before = [signal.signal(number, self._interrupt) for number in _SIGNALS]
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        for number, handler in zip(_SIGNALS, self._before, strict=True):
            signal.signal(number, handler)

    @contextmanager
    def held(self) -> Iterator[None]:
        """A signal waits until the end of this block: the process that is started in it has an owner who ends it."""
        self._holding = True
        try:
            yield
        finally:
            self._holding = False
        if self._arrived:
            self.ignore()
            raise KeyboardInterrupt

    @staticmethod
    def ignore() -> None:
        """Signals are ignored from now on, until the end of the `with` block."""
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_IGN)

    def _interrupt(self, _number: int, _frame: FrameType | None) -> None:
        if self._holding:  # (a process that is started now would inherit that the signals are ignored)
            self._arrived = True
            return
        self.ignore()
        raise KeyboardInterrupt
