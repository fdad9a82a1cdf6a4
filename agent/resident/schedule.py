"""Pure. When the next pass starts, and how long one may last."""

from __future__ import annotations

import hashlib

from agent.host.jitter import Random, backoff
from agent.resident.pace import pause_without_failure_s
from agent.settings import ScheduleSettings, Settings

PASS_BASE_S = 60.0
"""Longest pause after the first failed pass; it doubles with each further failure, up to the interval."""
BENCH_FAILURES = 8
"""Up to so many failures in a row, a person is assumed to work on the gateway, and the budget does not count."""
PASS_LEAST_S = 5.0
"""Shortest pause after a failed pass, since the random part may be zero."""

APPLY_LIMIT_S = 3600.0
"""Limit of one apply. Each command has its own limit, and a document has room for few commands."""
MODEM_LIMIT_S = 60.0
QUESTIONS = 8
"""Most requests of a pass that `patience` does not cover; each may take one whole timeout."""


def fraction(card: str | None) -> float:
    """A number from 0 up to, not including, 1: constant for a SIM, and spread evenly over a fleet."""
    return int.from_bytes(hashlib.sha256((card or "").encode()).digest()[:8]) / 2**64


def first_pass_s(settings: ScheduleSettings, card: str | None) -> float:
    """Seconds between a boot and the first pass of a provisioned device.

    After a power cut of a whole site, all its gateways boot at one moment. Each waits for a part of the jitter that
    depends on its SIM, so that they do not ask at one moment, and keep their order from boot to boot.
    """
    return settings.jitter * fraction(card)


def next_pass_s(
    settings: ScheduleSettings, failures_in_a_row: int, card: str | None, affordable_s: float, random: Random
) -> float:
    """Seconds until the next pass.

    After a pass without a failure: the interval, or the longer pause that the budget allows, plus this SIM's part of
    the jitter. After the n-th failure in a row: a random part of one minute, two, four, …, at most the interval. A
    technician who corrects something at the bench sees the effect soon, and a fleet does not flood the service. After
    more than `BENCH_FAILURES` failures a used-up budget makes these pauses longer, up to the interval.
    """
    if failures_in_a_row <= 0:
        return pause_without_failure_s(settings.interval, affordable_s, settings.jitter * fraction(card))
    pause_s = backoff(failures_in_a_row - 1, PASS_BASE_S, settings.interval, random)
    least_s = min(affordable_s, settings.interval) if failures_in_a_row > BENCH_FAILURES else PASS_LEAST_S
    return min(settings.interval, max(PASS_LEAST_S, pause_s, least_s))


def pass_limit_s(settings: Settings) -> float:
    """Seconds within which every pass ends by itself; the resident stops a pass that takes longer."""
    metadata = settings.metadata
    asking_s = metadata.patience + QUESTIONS * metadata.timeout
    return asking_s + MODEM_LIMIT_S + APPLY_LIMIT_S + settings.apply.confirm_within
