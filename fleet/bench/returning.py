"""Story: takes a SIM back to the bench: out of the field's group, without its lock, its record and its report.

The tag `desk_returning` is set first and deleted last, so that a return that was cut off is found, and the next run
finishes it.
"""

from __future__ import annotations

from datetime import UTC, datetime

from agent.host.clock import rfc3339
from fleet import desk_tags
from fleet.bench.locking import unlock_sim
from fleet.platform.api import Api
from fleet.platform.calls import sim_calls
from fleet.platform.sim import Sim

_STAY = frozenset({"kitting_order", desk_tags.STATUS_BEFORE, desk_tags.SPEED_BEFORE, desk_tags.RETURNING})
"""An order of a person, and what `kitting resume` needs."""


def return_sim(
    api: Api,
    sim_id: str,
    group_id: str | None,
    *,
    keep: frozenset[str] = frozenset(),
    also: frozenset[str] = frozenset(),
    name: str = "",
) -> None:
    """Makes a SIM as it was before it was kitted.

    Args:
        api: the API.
        sim_id: the SIM.
        group_id: the group that it moves to; None for a SIM that is in no group and stays so.
        keep: names of tags that stay.
        also: names of further tags that are deleted.
        name: the name that the SIM gets; empty where it keeps its name.
    """
    begun = {desk_tags.RETURNING: rfc3339(datetime.now(UTC)), **({"name": name} if name else {})}
    sim = sim_calls.put_tags(api, sim_id, begun)
    if group_id is not None and sim.group_id != group_id:
        sim_calls.set_group(api, sim_id, group_id)
    if sim.lock is not None:
        unlock_sim(api, sim_id)
    for tag in sorted(_cleared_tags(sim) - keep | also):
        sim_calls.delete_tag(api, sim_id, tag)
    sim_calls.delete_tag(api, sim_id, desk_tags.RETURNING)


def is_returned(sim: Sim) -> bool:
    """Whether the SIM has nothing that a return takes away, apart from its group."""
    return sim.lock is None and not _cleared_tags(sim) and desk_tags.RETURNING not in sim.tags


def _cleared_tags(sim: Sim) -> set[str]:
    return {name for name in sim.tags if name.startswith(("desk_", "kitting_"))} - _STAY
