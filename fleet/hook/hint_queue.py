"""Story. SIMs of hints, checked by threads: each SIM by one thread at a time, and again where it is not ready."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable

from fleet.hook.locking_by_hint import HintResult, LockOutcome

MOST_WAITING = 10_000
"""SIMs that may wait; further hints are refused, since `kitting lock --all-ready` finds their SIMs."""
PAUSES_S = (5.0, 10.0, 20.0, 30.0, 60.0, 60.0, 120.0, 180.0, 300.0)
"""Seconds between two checks of a SIM whose device is not provisioned yet."""
_LOOK_S = 0.2
_ENDED = "the hook has ended; this finds the SIM: kitting lock --all-ready"


class HintQueue:
    """Takes hints and calls `lock` for each SIM in threads of its own, until `ending` is set."""

    def __init__(
        self,
        lock: Callable[[str], HintResult],
        note: Callable[[HintResult], None],
        ending: threading.Event,
        *,
        pauses_s: tuple[float, ...] = PAUSES_S,
        workers: int = 4,
    ) -> None:
        self._lock, self._note, self._pauses_s = lock, note, pauses_s
        self._waiting: queue.PriorityQueue[tuple[float, int, str, int]] = queue.PriorityQueue()
        """When it is due, a number that keeps the order of arrival, the SIM id, and how often it was looked at."""
        self._known: set[str] = set()
        self._guard = threading.Lock()
        self._number = 0
        self._ending = ending
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(workers)]
        for thread in self._threads:
            thread.start()

    def hint(self, sim_id: str) -> bool:
        """Takes a hint; False where too many SIMs wait. A hint for a SIM that waits already changes nothing."""
        with self._guard:
            if sim_id in self._known:
                return True
            if len(self._known) >= MOST_WAITING:
                return False
            self._known.add(sim_id)
        self._put(sim_id, 0, 0.0)
        return True

    def stop(self) -> None:
        """Ends after the locks that are being proven now are proven or removed, and notes each SIM that waits."""
        self._ending.set()
        for thread in self._threads:
            thread.join()
        while not self._waiting.empty():
            sim_id = self._waiting.get()[2]
            self._note(HintResult(sim_id, LockOutcome.NOT_YET, _ENDED))

    def _put(self, sim_id: str, looks: int, pause_s: float) -> None:
        with self._guard:
            self._number += 1
            number = self._number
        self._waiting.put((time.monotonic() + pause_s, number, sim_id, looks))

    def _work(self) -> None:
        while not self._ending.is_set():
            try:
                due, number, sim_id, looks = self._waiting.get(timeout=_LOOK_S)
            except queue.Empty:
                continue
            if (early_s := due - time.monotonic()) > 0:
                self._waiting.put((due, number, sim_id, looks))
                self._ending.wait(min(early_s, _LOOK_S))
                continue
            self._look(sim_id, looks)

    def _look(self, sim_id: str, looks: int) -> None:
        result = self._lock(sim_id)
        self._note(result)
        if result.outcome is LockOutcome.NOT_YET and looks < len(self._pauses_s):
            self._put(sim_id, looks + 1, self._pauses_s[looks])
            return
        with self._guard:
            self._known.discard(sim_id)
