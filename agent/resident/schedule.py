"""Pure. When the next pass starts, and how long one may last."""

from __future__ import annotations

import hashlib

from agent.host.jitter import Random, backoff
from agent.settings import ScheduleSettings, Settings

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
