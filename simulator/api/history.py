"""Pure. The history of each SIM: its sessions and its states, without a limit."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from simulator.soracom import Platform, Sim
from simulator.subscriber_record import reported_imei
from simulator.subscribers import Session

KEPT = 1000
"""Entries of each kind for a SIM; the oldest go first."""


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """An entry of the history."""

    at_ms: int
    shown: Mapping[str, Any]


class History:
    """Watches a platform from now on."""

    def __init__(self, platform: Platform) -> None:
        self._imei: Callable[[Session], str | None] = lambda session: reported_imei(session.imei, platform.switches)
        self._sessions: dict[str, deque[HistoryEntry]] = {}
        self._statuses: dict[str, deque[HistoryEntry]] = {}
        for sim in platform.sims:
            if sim.session:
                self._session("Created", sim, sim.session, sim.session.created_ms)
        platform.watch(self._noticed)

    def sessions(self, imsi: str) -> list[HistoryEntry]:
        """Sessions that began and ended, newest first."""
        return list(reversed(self._sessions.get(imsi, ())))

    def statuses(self, imsi: str) -> list[HistoryEntry]:
        """The changes of status, speed class and group, newest first."""
        return list(reversed(self._statuses.get(imsi, ())))

    def _noticed(self, before: Sim, after: Sim | None) -> None:
        if after is None:
            return
        if before.session != after.session:
            if before.session:
                self._session("Deleted", after, before.session, after.modified_ms)
            if after.session:
                self._session("Created", after, after.session, after.session.created_ms)
        if _state(before) != _state(after):
            _put(self._statuses, after.imsi, HistoryEntry(after.modified_ms, _status_entry(after)))

    def _session(self, event: str, sim: Sim, session: Session, at_ms: int) -> None:
        shown = {
            "event": event,
            "imsi": sim.imsi,
            "simId": sim.sim_id,
            "sessionId": session.session_id,
            "imei": self._imei(session),
            "ueIpAddress": session.address,
            "subscription": sim.subscription,
            "time": at_ms,
            "createdTime": str(session.created_ms),
        }
        _put(self._sessions, sim.imsi, HistoryEntry(at_ms, {name: value for name, value in shown.items() if value}))


def _state(sim: Sim) -> tuple[str, str, str | None]:
    return sim.status, sim.speed_class, sim.group_id


def _status_entry(sim: Sim) -> Mapping[str, Any]:
    shown = {
        "simId": sim.sim_id,
        "imsi": sim.imsi,
        "primaryImsi": sim.imsi,
        "isPrimary": True,
        "status": sim.status,
        "speedClass": sim.speed_class,
        "subscription": sim.subscription,
        "groupId": sim.group_id,
        "applyDateTimeEpochSec": sim.modified_ms // 1000,
    }
    return {name: value for name, value in shown.items() if value is not None}


def _put(kept: dict[str, deque[HistoryEntry]], imsi: str, entry: HistoryEntry) -> None:
    kept.setdefault(imsi, deque(maxlen=KEPT)).append(entry)
