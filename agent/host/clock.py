"""Pure. Which clock can be trusted. A Raspberry Pi has no clock that runs without power, so it may start years ago.

Every moment has a time zone, UTC. These clocks are never used for waiting; a monotonic clock is.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

CLOCK_FLOOR = datetime(2026, 11, 1, tzinfo=UTC)
"""A clock that shows an earlier moment is wrong, since this release is younger."""

CONTRADICTION = timedelta(days=1)
"""With a larger difference than this, one of two clocks is wrong; a smaller difference is drift."""


def trusted_now(system: datetime, service: datetime | None, floor: datetime) -> datetime | None:
    """The present moment by this device's clock, else by the service's; None where neither can be right.

    Args:
        system: the time of this device's clock.
        service: the `Date` of the service's last answer; None without one.
        floor: the earliest moment that can be right.
    """
    served = service if service is not None and service >= floor else None
    if system >= floor and (served is None or abs(system - served) <= CONTRADICTION):
        return system
    return served


def moment_of(text: str) -> datetime:
    """The moment that `rfc3339` wrote; raises `ValueError` for another text."""
    return datetime.fromisoformat(text).astimezone(UTC)


def rfc3339(moment: datetime) -> str:
    """`2026-11-23T09:05:00Z`: UTC to the second, the form in tags and in the state file."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
