"""Edge: the newest board, asked for in the background while somebody looks, and not while nobody does.

However many browsers look, the platform is asked by one thread, one question after the other; whoever looks gets what
is known at once. A question that fails leaves what was known before, with what went wrong and since when.
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
"""Asks the platform; raises `Failure`, or tells in `problem` why it could not be asked."""
EVERY_S = 5.0
FIRST_ANSWER_S = 3.0
"""How long the first one who looks waits, so that the first page has boxes on it."""


class Watch:
    """Asks `source` again where what is known is older than `every_s`."""

    def __init__(
        self, source: Source, every_s: float = EVERY_S, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._source, self._every_s, self._now = source, every_s, now
        self._lock = threading.Lock()
        self._asking = False
        self._ask_again_at = 0.0
        self._answered = threading.Event()
        self._board: Board | None = None
        self._begun = now()

    def board(self) -> Board:
        """What is known; an empty board where nothing has answered yet."""
        self._ask_where_due()
        if self._board is None:
            self._answered.wait(FIRST_ANSWER_S)
        return self._board or Board("", (), self._begun, "…")

    def _ask_where_due(self) -> None:
        with self._lock:
            if self._asking or time.monotonic() < self._ask_again_at:
                return
            self._asking = True
        threading.Thread(target=self._ask, name="board-source", daemon=True).start()

    def _ask(self) -> None:
        try:
            self._board = self._source()
        except Failure as failure:
            known = self._board or Board("", (), self._begun)
            self._board = replace(known, problem=f"{failure} {failure.advice}")
        finally:
            with self._lock:
                self._asking = False
                self._ask_again_at = time.monotonic() + self._every_s
            self._answered.set()
