"""Pure. Pauses with full jitter: anything up to the longest, so that a fleet does not act at one moment.

Chance comes in as `random`, a function that gives a number from 0 up to, not including, 1.
"""

from __future__ import annotations

from collections.abc import Callable

Random = Callable[[], float]


def backoff(attempt: int, base_s: float, cap_s: float, random: Random) -> float:
    """Seconds to wait after attempt 0, 1, 2, …: anything up to `base_s`, twice that, four times, … at most `cap_s`."""
    doublings = min(attempt, 32)
    return random() * min(cap_s, base_s * (1 << doublings))
