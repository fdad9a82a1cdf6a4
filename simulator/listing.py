"""Pure. Which SIMs there are, in the order in which they came, and which of them are in a group.

A page costs what is on it, however many SIMs there are; places stay for ever, so that a page can follow a SIM that
has left the group since.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence

from simulator.subscribers import Sim


class Listing:
    """An index over SIMs. Not locked: the platform does that."""

    def __init__(self) -> None:
        self._imsis: list[str] = []
        self._places: dict[str, int] = {}
        self._of_sim_id: dict[str, str] = {}
        self._groups: dict[str, list[int]] = {}

    def add(self, sim: Sim) -> None:
        """Adds a value behind all others."""
        self._places[sim.imsi] = len(self._imsis)
        self._imsis.append(sim.imsi)
        self._of_sim_id[sim.sim_id] = sim.imsi
        self._enter(sim.imsi, sim.group_id)

    def move(self, imsi: str, before: str | None, after: str | None) -> None:
        """A SIM is in another group than it was."""
        if before is not None:
            places = self._groups[before]
            del places[bisect_left(places, self._places[imsi])]
        self._enter(imsi, after)

    def imsi_of(self, sim_id: str) -> str | None:
        """IMSI of a SIM id."""
        return self._of_sim_id.get(sim_id)

    def place_of(self, imsi: str) -> int | None:
        """How many came before it."""
        return self._places.get(imsi)

    def imsi_at(self, place: int) -> str | None:
        """The SIM before which so many came."""
        return self._imsis[place] if 0 <= place < len(self._imsis) else None

    def in_group(self, group_id: str) -> list[str]:
        """IMSIs of all in a group."""
        return [self._imsis[place] for place in self._groups.get(group_id, ())]

    def page(self, limit: int, after: str | None = None, group_id: str | None = None) -> tuple[list[str], bool]:
        """IMSIs that follow one (None: from the first), of all or of a group; and whether there are more."""
        places: Sequence[int] = range(len(self._imsis)) if group_id is None else self._groups.get(group_id, [])
        begin = 0 if after is None else bisect_right(places, self._places[after])
        return [self._imsis[place] for place in places[begin : begin + limit]], begin + limit < len(places)

    def _enter(self, imsi: str, group_id: str | None) -> None:
        if group_id is not None:
            insort(self._groups.setdefault(group_id, []), self._places[imsi])
