"""Pure. The index that `/query/sims` searches: the SIMs as they were some time ago.

On the platform the index is up to 15 seconds late. Here it is up to date, unless `lag_ms = 15_000` delays it by the
platform's clock, or `lags = True` stops it until it is False again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence

from simulator.soracom import Platform, Sim

LEAST_LENGTH = 2
"""Characters of a value that is searched for."""
_MANY = {"name", "group", "group_id", "sim_id", "imsi", "msisdn", "iccid", "serial_number", "tag"}
FIELDS = frozenset(_MANY | {"bundles", "status", "subscription", "module_type"})


class SearchIndex:
    """SIMs as the search knows them."""

    def __init__(self, platform: Platform) -> None:
        self.lag_ms = 0
        self.lags = False
        self._platform = platform
        self._sims: dict[str, Sim] = {}
        self._coming: deque[Sim] = deque()
        platform.watch(self._noticed)

    def sims(self) -> list[Sim]:
        """All that it knows, in the order in which they came."""
        if not self.lags:
            self._catch_up()
        return list(self._sims.values())

    def _noticed(self, _before: Sim, after: Sim | None) -> None:
        if after is not None:
            self._coming.append(after)

    def _catch_up(self) -> None:
        now = self._platform.now_ms() if self.lag_ms else 0
        while self._coming and (not self.lag_ms or self._coming[0].modified_ms + self.lag_ms <= now):
            sim = self._coming.popleft()
            if sim.imsi in self._sims:
                self._sims[sim.imsi] = sim
        while (imsi := self._platform.imsi_at(len(self._sims))) is not None:
            self._sims[imsi] = self._platform.sim(imsi)


def fits(sim: Sim, group_name: str, wanted: Mapping[str, Sequence[str]], *, every: bool) -> bool:
    """Whether a SIM is meant: each field has one of its words as a part (`every`: all fields; else any of them)."""
    if not wanted:
        return True
    texts = _texts(sim, group_name)
    found = (any(word in text.lower() for word in words for text in texts[name]) for name, words in wanted.items())
    return all(found) if every else any(found)


def _texts(sim: Sim, group_name: str) -> Mapping[str, Sequence[str]]:
    return {
        "name": [sim.tags["name"]],
        "group": [group_name],
        "group_id": [sim.group_id or ""],
        "sim_id": [sim.sim_id],
        "imsi": [sim.imsi],
        "msisdn": [f"42{sim.imsi[-13:]:0>13}"],
        "iccid": [sim.iccid],
        "serial_number": [sim.iccid],
        "tag": list(sim.tags.values()),
        "bundles": [],
        "status": [sim.status],
        "subscription": [sim.subscription],
        "module_type": [sim.module_type or ""],
    }
