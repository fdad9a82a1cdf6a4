"""Pure. Which SIM each row of a plan's list names.

A SIM with several IMSIs, and an eSIM with several profiles, is known by each of its numbers, whichever of them its
session uses now.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from agent.errors import Code, Failure
from fleet.plan.plan import ByList, Plan, WantedSim
from fleet.platform.sim import Sim

_MOST_NAMED = 5


def rows_of_sims(plan: Plan, sims: Iterable[Sim]) -> Mapping[str, WantedSim]:
    """SIM id → the row of the list that names this SIM; empty where the plan has no list.

    Raises `plan.invalid` with the lines where two rows name one SIM, and where one row names two SIMs.
    """
    if not isinstance(plan.source, ByList):
        return {}
    by_number = {number: row for row in plan.source.sims for number in (row.sim_id, row.imsi) if number}
    rows: dict[str, WantedSim] = {}
    wrong: list[str] = []
    for sim in sims:
        found = {by_number[number].number: by_number[number] for number in sim.every_number if number in by_number}
        wrong += _contradictions(sim, list(found.values()))
        if found:
            rows[sim.sim_id] = next(iter(found.values()))
    if wrong:
        raise Failure(Code.PLAN_INVALID, "; ".join(wrong[:_MOST_NAMED]), where="the list of SIMs")
    return rows


def _contradictions(sim: Sim, rows: list[WantedSim]) -> Iterator[str]:
    numbers = sim.every_number
    if len(rows) > 1:
        lines = " and ".join(str(line) for line in sorted(row.line or 0 for row in rows))
        yield f"lines {lines} name one SIM: {sim.label} ({sim.sim_id})"
    for row in rows:
        if others := [number for number in (row.sim_id, row.imsi) if number and number not in numbers]:
            yield f"line {row.line} names two SIMs: {others[0]} is no number of SIM {sim.sim_id}"
