"""Pure. Which clock to believe: a Raspberry Pi has none that runs without power, so it may wake up years ago.

Every moment is aware and in UTC. Waiting never uses these clocks, only a monotonic one.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

CLOCK_FLOOR = datetime(2026, 11, 1, tzinfo=UTC)
"""No clock that shows less can be right: this release is younger."""

CONTRADICTION = timedelta(days=1)
"""Two clocks that are further apart than this cannot both be right; a smaller difference is drift."""


def trusted_now(system: datetime, service: datetime | None, floor: datetime) -> datetime | None:
    """The moment it is: by this device's clock, else by the service's; None where neither can be right.

    Args:
        system: what this device's clock shows.
        service: the `Date` of the service's last answer; None where it told none.
        floor: nothing before this can be right.
    """
    served = service if service is not None and service >= floor else None
    if system >= floor and (served is None or abs(system - served) <= CONTRADICTION):
        return system
    return served


def rfc3339(moment: datetime) -> str:
    """`2026-11-23T09:05:00Z`: UTC to the second, as tags and state carry it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
