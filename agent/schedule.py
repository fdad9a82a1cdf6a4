"""Pure. When to ask again: within a pass, and from one pass to the next.

Chance comes in as `random`, a function that gives a number from 0 up to, not including, 1; time as `clock` and `sleep`,
in seconds. Pauses have "full jitter": anything between nothing and the longest, so that a fleet that lost its service
at one moment does not come back at one moment.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TypeVar

from agent.errors import Code, Failure, Kind
from agent.settings import ScheduleSettings, Settings

T = TypeVar("T")
Random = Callable[[], float]

ASK_BASE_S = 1.0
ASK_CAP_S = 15.0
"""Longest pause between two questions of one pass: at most a few hundred bytes a minute, and soon there again."""
ASK_LEAST_S = 0.5
"""With less time than this left, no further question is worth its bytes."""

PASS_BASE_S = 60.0
"""Longest pause after the first pass that failed; twice as long after each further one, up to the interval."""
BENCH_FAILURES = 8
"""So many failures in a row are somebody mending something; after more of them the budget counts as well."""
PASS_LEAST_S = 5.0
"""A pass is never followed by the next at once: chance may say zero."""

APPLY_LIMIT_S = 3600.0
"""What a pass may spend on applying: commands have limits of their own, and a document has room for few of them."""
MODEM_LIMIT_S = 60.0
QUESTIONS = 8
"""Requests that a pass makes at most beside those that `patience` covers: each may take one whole timeout."""

_FINAL = frozenset({Code.METADATA_DISABLED})
"""Silence of a kind that only a person at the desk ends; asking again in this pass costs bytes for nothing."""


class AskLater(Failure):
    """A failure whose answer said when to ask again (`Retry-After`, RFC 9110, 10.2.3)."""

    def __init__(self, code: Code, detail: str, *, after_s: float, where: str = "") -> None:
        super().__init__(code, detail, where=where)
        self.after_s = after_s


def backoff(attempt: int, base_s: float, cap_s: float, random: Random) -> float:
    """Seconds to wait after attempt 0, 1, 2, …: anything up to `base_s`, twice that, four times, … at most `cap_s`."""
    doublings = min(attempt, 32)
    return random() * min(cap_s, base_s * (1 << doublings))


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


def fraction(card: str | None) -> float:
    """From 0 up to, not including, 1: the same for a SIM at every boot, and spread evenly over a fleet."""
    return int.from_bytes(hashlib.sha256((card or "").encode()).digest()[:8]) / 2**64


def first_pass_s(settings: ScheduleSettings, card: str | None) -> float:
    """Seconds between a boot and the first pass of a device that is what it should be.

    After a power cut that hits a whole site its gateways come back at one moment; each waits for a part of the jitter
    that its SIM decides, so that they neither ask together nor change their order from boot to boot.
    """
    return settings.jitter * fraction(card)


def next_pass_s(
    settings: ScheduleSettings, failures_in_a_row: int, card: str | None, affordable_s: float, random: Random
) -> float:
    """Seconds until the next pass.

    After a pass that ended well the interval, or what the budget allows, and this SIM's part of the jitter; after the
    n-th failure in a row a random part of one minute, two, four, …, never longer than the interval: whoever mends
    something at the bench sees it soon, and a fleet in the field does not hammer. A budget that is used up makes the
    pauses after a failure longer too, up to the interval.
    """
    if failures_in_a_row <= 0:
        return max(settings.interval, affordable_s) + settings.jitter * fraction(card)
    pause_s = backoff(failures_in_a_row - 1, PASS_BASE_S, settings.interval, random)
    least_s = min(affordable_s, settings.interval) if failures_in_a_row > BENCH_FAILURES else PASS_LEAST_S
    return min(settings.interval, max(PASS_LEAST_S, pause_s, least_s))


def pass_limit_s(settings: Settings) -> float:
    """Seconds within which every pass has ended by itself; whoever watches it may stop it then."""
    metadata = settings.metadata
    asking_s = metadata.patience + QUESTIONS * metadata.timeout
    return asking_s + MODEM_LIMIT_S + APPLY_LIMIT_S + settings.apply.confirm_within
