"""Edge. Pauses before a limit of the platform is used up, so that other programs of the operator are not refused.

The platform counts requests by the minute and by kind, and tells with each answer how many are left. Its kinds are not
published; here the first part of the path is a kind. Several requests may be under way, so that a pause can begin a few
requests late.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from fleet.platform.responses import MOST_PAUSE_S, Allowance

LEFT_FOR_OTHERS = 0.25
"""The share of each limit that the desk does not use."""


class Pace:
    """When the next request of each kind may be sent; may be used by several threads."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._not_before: dict[str, float] = {}

    def note(self, path: str, allowance: Allowance | None) -> None:
        """Remembers what an answer says about its kind of request."""
        if allowance is None or allowance.remaining > allowance.limit * LEFT_FOR_OTHERS:
            return
        with self._lock:
            self._not_before[_kind(path)] = self._now() + min(MOST_PAUSE_S, allowance.refresh_s)

    def keep(self, path: str, sleep: Callable[[float], None]) -> None:
        """Sleeps until a request to this path leaves the share of the other programs."""
        kind = _kind(path)
        with self._lock:
            not_before = self._not_before.get(kind, 0.0)
        if (pause_s := not_before - self._now()) > 0:
            sleep(pause_s)
        with self._lock:
            if self._not_before.get(kind) == not_before:
                del self._not_before[kind]


def _kind(path: str) -> str:
    return path.split("/", 2)[1]
