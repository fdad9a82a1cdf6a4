"""Pure. Names by a pattern, such as `gw-{n:03}`, for the SIMs of a plan that have none.

A SIM that has a name keeps it. The others get the numbers from 1 on that no SIM of the plan has, in the order of their
SIM ids: so a second run, and a second desk, gives the same names.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count

from fleet.plan.plan import WantedSim
from fleet.platform.sim import Sim

_NAME = "name"


def with_names(pattern: str | None, pairs: Sequence[tuple[WantedSim, Sim]]) -> list[tuple[WantedSim, Sim]]:
    """The SIMs with the names that the pattern gives them; `pattern` fits the plan's schema."""
    if pattern is None:
        return list(pairs)
    nameless = sorted(sim.sim_id for wanted, sim in pairs if not (wanted.tags.get(_NAME) or sim.name))
    taken = {name for wanted, sim in pairs for name in (wanted.tags.get(_NAME), sim.name) if name}
    names = dict(zip(nameless, _free_names(pattern, taken), strict=False))
    return [(_named(wanted, names.get(sim.sim_id)), sim) for wanted, sim in pairs]


def _free_names(pattern: str, taken: set[str]) -> Iterator[str]:
    return (name for number in count(1) if (name := pattern.format(n=number)) not in taken)


def _named(wanted: WantedSim, name: str | None) -> WantedSim:
    return replace(wanted, tags={**wanted.tags, _NAME: name}) if name else wanted
