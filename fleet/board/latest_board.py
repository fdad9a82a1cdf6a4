"""Edge. The latest board, read from the platform in the background while browsers request the page.

One thread asks the platform, however many browsers there are, and only while there are requests. A request returns what
is known at once. Where the platform does not answer, the board before is kept, with the problem.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from agent.errors import Failure
from fleet.board.view import Board

Source = Callable[[], Board]
"""Asks the platform; raises `Failure`."""
EVERY_S = 5.0
FIRST_ANSWER_S = 3.0
"""How long the first request waits, so that its page has SIMs on it."""


class LatestBoard:
    """Asks `source` again where the board is older than `every_s`."""

    def __init__(
        self, source: Source, every_s: float = EVERY_S, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._source, self._every_s, self._now = source, every_s, now
        self._lock = threading.Lock()
        self._asking = False
        self._ask_again_at = 0.0
        self._answered = threading.Event()
        self._board: Board | None = None
        self._started = now()

    def board(self) -> Board:
        """The latest board; an empty board where the platform has not answered yet."""
        self._ask_if_due()
        if self._board is None:
            self._answered.wait(FIRST_ANSWER_S)
        return self._board or Board("", (), self._started, "…")

    def _ask_if_due(self) -> None:
        with self._lock:
            if self._asking or time.monotonic() < self._ask_again_at:
                return
            self._asking = True
        threading.Thread(target=self._ask, name="board-source", daemon=True).start()

    def _ask(self) -> None:
        try:
            self._board = self._source()
        except Failure as failure:
            before = self._board or Board("", (), self._started)
            self._board = replace(before, problem=f"{failure} {failure.advice}")
        finally:
            with self._lock:
                self._asking = False
                self._ask_again_at = time.monotonic() + self._every_s
            self._answered.set()
