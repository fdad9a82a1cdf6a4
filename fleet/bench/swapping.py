"""Story: one part of a box is exchanged: the device, and the SIM stays; or the SIM, and the device stays.

Both can be cut off anywhere, and the same command with the old SIM's id finishes them. The platform cannot delete the
tag `name`: the name of a replaced SIM gets an end instead.
"""

from __future__ import annotations

from agent.errors import Code, Failure
from fleet import desk_tags
from fleet.bench.returning import return_sim
from fleet.platform.api import Api
from fleet.platform.calls import sim_calls
from fleet.platform.sim import Sim

_OF_OTHERS = ("desk_", "kitting_", "soracom", "DSN")
"""Starts of tags that do not move to another SIM: the desk's, the device's and the platform's."""
_REPLACED = " (replaced)"
"""The end of a replaced SIM's name."""
_OF_THE_SHIPMENT = frozenset({desk_tags.SHIPPED_AT, desk_tags.SHIPPED_BY, desk_tags.FORCED})


def forget_device(api: Api, sim: Sim) -> None:
    """The SIM can be locked to another device; it stays in its group, and its shipment stays recorded."""
    return_sim(api, sim.sim_id, sim.group_id, keep=_OF_THE_SHIPMENT)


def move_to_sim(api: Api, old: Sim, new: Sim, before: str) -> None:
    """Gives a new SIM the tags and the group of an old one, and takes the old one back without these tags.

    Raises `usage` where the new SIM is in use.
    """
    if new.sim_id == old.sim_id:
        raise Failure(
            Code.USAGE,
            "the old SIM and the new one are the same; name the old one by its SIM id",
            where=f"SIM {new.label}",
        )
    if new.lock is not None or desk_tags.LOCKED_IMEI in new.tags:
        raise Failure(Code.USAGE, "the new SIM is locked to a device; take it back first", where=f"SIM {new.label}")
    moving = {name: value for name, value in old.tags.items() if not name.startswith(_OF_OTHERS)}
    is_moved = desk_tags.RETURNING in old.tags and old.name.endswith(_REPLACED)
    if not is_moved:
        if moving:
            sim_calls.put_tags(api, new.sim_id, moving)
        if old.group_id and new.group_id != old.group_id:
            sim_calls.set_group(api, new.sim_id, old.group_id)
    name = old.name if is_moved else f"{old.label}{_REPLACED}"
    return_sim(api, old.sim_id, before, also=frozenset(moving) - {"name"}, name=name)
