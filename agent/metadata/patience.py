"""Pure. When a question is asked again within one pass.

Chance comes in as `random`, a function that gives a number from 0 up to, not including, 1; time as `clock` and `sleep`,
in seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from agent.errors import Code, Failure, Kind
from agent.host.jitter import Random, backoff

T = TypeVar("T")

ASK_BASE_S = 1.0
ASK_CAP_S = 15.0
"""Longest pause between two questions of one pass: at most a few hundred bytes a minute, and soon there again."""
ASK_LEAST_S = 0.5
"""With less time than this left, no further question is worth its bytes."""
_FINAL = frozenset({Code.METADATA_DISABLED})
"""Silence of a kind that only a person at the desk ends; asking again in this pass costs bytes for nothing."""


class AskLater(Failure):
    """A failure whose answer said when to ask again (`Retry-After`, RFC 9110, 10.2.3)."""

    def __init__(self, code: Code, detail: str, *, after_s: float, where: str = "") -> None:
        super().__init__(code, detail, where=where)
        self.after_s = after_s


def patiently(
    ask: Callable[[], T],
    patience_s: float,
    clock: Callable[[], float],
    sleep: Callable[[float], None],
    random: Random,
) -> T:
    """What `ask` returns, asked again for `patience_s` seconds as long as there is no answer that counts.

    Asked again after failures of `Kind.NO_ANSWER` that can pass; any other is raised at once. A service that says when
    to come back is not asked before; where that is past the patience, its failure is raised without waiting for it.
    Pauses never take more than half of what is left, so that the end of the patience is used as well.
    """
    until = clock() + patience_s
    attempt = 0
    while True:
        try:
            return ask()
        except Failure as failure:
            told_s = failure.after_s if isinstance(failure, AskLater) else 0.0
            left_s = until - clock() - told_s
            if left_s < ASK_LEAST_S or failure.code.kind is not Kind.NO_ANSWER or failure.code in _FINAL:
                raise
        sleep(told_s + min(backoff(attempt, ASK_BASE_S, ASK_CAP_S, random), left_s / 2))
        attempt += 1
