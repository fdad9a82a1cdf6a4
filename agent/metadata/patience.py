"""Pure. When a question is asked again within one pass.

Chance comes in as `random`, a function that gives a number from 0 up to, not including, 1; time as `clock` and `sleep`,
in seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from agent.errors import Code, Failure, FailureKind
from agent.host.jitter import Random, backoff

T = TypeVar("T")

ASK_BASE_S = 1.0
ASK_CAP_S = 15.0
"""Longest pause between two questions of one pass: at most a few hundred bytes a minute, and soon there again."""
ASK_LEAST_S = 0.5
"""With less time left than this, the service is not asked again."""
_FINAL = frozenset({Code.METADATA_DISABLED})
"""Failures that only a change at the desk ends; asking again in this pass would only cost bytes."""


class AskLater(Failure):
    """A failure with the time after which to ask again (`Retry-After`, RFC 9110, 10.2.3)."""

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
    """Calls `ask` for up to `patience_s` seconds until it returns a value, and returns it.

    `ask` is called again after a temporary failure of `FailureKind.NO_ANSWER`; any other failure is raised at once. It
    is not called before the time of a `Retry-After`; where that time is later than the patience, the failure
    is raised at once.
    A pause takes at most half of the time that is left, so that the end of the patience is used as well.
    """
    until = clock() + patience_s
    attempt = 0
    while True:
        try:
            return ask()
        except Failure as failure:
            announced_s = failure.after_s if isinstance(failure, AskLater) else 0.0
            left_s = until - clock() - announced_s
            if left_s < ASK_LEAST_S or failure.code.kind is not FailureKind.NO_ANSWER or failure.code in _FINAL:
                raise
        sleep(announced_s + min(backoff(attempt, ASK_BASE_S, ASK_CAP_S, random), left_s / 2))
        attempt += 1
