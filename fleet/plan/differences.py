"""Pure. The differences between a plan and the platform, as changes in the order in which they have to be made.

Settings that are as the plan says cause no change, so that an unchanged plan causes no write. What the plan does not
name stays as it is: a tag, and a parameter of a group, also inside of another parameter. A shipped SIM and a SIM in a
group of no plan or of another one stay in their group. A speed class that `kitting throttle` or the
plan's own event handler has set stays, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fleet import desk_tags
from fleet.plan.changes import (
    ChangeSim,
    CreateGroup,
    DeleteHandler,
    GroupChange,
    HandlerChange,
    Kept,
    KeptHandler,
    PutHandler,
    PutParameters,
)
from fleet.plan.plan import HANDLER_PREFIX, GroupIds, GroupRole, Plan, WantedGroup, WantedHandler, WantedSim
from fleet.platform.event_handler import EventHandler
from fleet.platform.group import Group
from fleet.platform.sim import Sim


def group_changes(wanted: WantedGroup, found: Group | None) -> Iterator[GroupChange]:
    """What makes a group as the plan wants it; `found` is None for a group that does not exist."""
    if found is None:
        yield CreateGroup(wanted)
        return
    for namespace, parameters in wanted.configuration.items():
        before = found.configuration.get(namespace, {})
        differing = {
            key: _merged(before.get(key), value)
            for key, value in parameters.items()
            if not _covers(before.get(key), value)
        }
        if differing:
            yield PutParameters(found.group_id, found.name, namespace, differing, before)


def handler_changes(plan: Plan, group_ids: GroupIds, found: Sequence[EventHandler]) -> Iterator[HandlerChange]:
    """What makes the plan's event handlers as the plan wants them; handlers of other names are left alone."""
    own = _own_handlers(plan, found)
    kept = {one.name for one in kept_handlers(plan, group_ids, found)}
    for wanted in plan.handlers:
        existing = own.pop(wanted.name, None)
        group_id = group_ids.of(wanted.role)
        if existing is None and wanted.name not in kept:
            yield PutHandler(wanted, None)
        elif existing and (group_id is None or not _covers(existing.body, handler_body(wanted, group_id))):
            yield PutHandler(wanted, existing.handler_id)
    for name, unwanted in own.items():
        yield DeleteHandler(unwanted.handler_id, name)
    yield from doubled_handlers(plan, found)


def doubled_handlers(plan: Plan, found: Sequence[EventHandler]) -> Iterator[DeleteHandler]:
    """The handlers of which the plan has another one of the same name; every desk keeps the same one."""
    kept = {handler.handler_id for handler in _own_handlers(plan, found).values()}
    for handler in found:
        name = plan.own_handler_name(handler.name)
        if name and handler.handler_id not in kept:
            yield DeleteHandler(handler.handler_id, name, is_double=True)


def kept_handlers(plan: Plan, group_ids: GroupIds, found: Sequence[EventHandler]) -> Iterator[KeptHandler]:
    """The plan's handlers that a handler of another plan does already, for the same group."""
    own = _own_handlers(plan, found)
    others = [one for one in found if one.name.startswith(HANDLER_PREFIX) and not plan.own_handler_name(one.name)]
    for wanted in plan.handlers:
        group_id = group_ids.of(wanted.role)
        for other in others:
            if wanted.name in own or group_id is None:
                continue
            if _covers(other.body, {**handler_body(wanted, group_id), "name": other.name}):
                yield KeptHandler(wanted.name, other.name)
                break


def _own_handlers(plan: Plan, found: Sequence[EventHandler]) -> dict[str, EventHandler]:
    """The plan's handlers by the name that they have now; of several of one name, the one with the least id."""
    own: dict[str, EventHandler] = {}
    for handler in sorted(found, key=lambda one: (not one.name.startswith(plan.handler_prefix), one.handler_id)):
        if name := plan.own_handler_name(handler.name):
            own.setdefault(name, handler)
    return own


def handler_body(handler: WantedHandler, group_id: str) -> Mapping[str, Any]:
    """An event handler in the form that the API takes."""
    return {"name": handler.name, "status": "active", "targetGroupId": group_id, **handler.body}


def sim_change(plan: Plan, wanted: WantedSim, sim: Sim, group_ids: GroupIds) -> ChangeSim | None:
    """What makes one SIM as the plan wants it; None where it is so already."""
    tags = {name: value for name, value in {**plan.tags, **wanted.tags}.items() if sim.tags.get(name) != value}
    stays = _is_in_plan(sim, group_ids) or _group_keeper(plan, sim, group_ids) is not None
    speed_class = None if _speed_keeper(plan, sim, group_ids) else _differing_speed(plan, sim)
    change = ChangeSim(sim.sim_id, sim.label, tags, None if stays else GroupRole.BEFORE, speed_class)
    return change if change.writes else None


def kept_of(plan: Plan, sim: Sim, group_ids: GroupIds) -> Iterator[Kept]:
    """What of a SIM differs from the plan and is left alone."""
    if _differing_speed(plan, sim) is not None and (keeper := _speed_keeper(plan, sim, group_ids)):
        yield keeper
    if keeper := _group_keeper(plan, sim, group_ids):
        yield keeper


def _is_in_plan(sim: Sim, group_ids: GroupIds) -> bool:
    """Whether a SIM is in one of the plan's groups."""
    return sim.group_id is not None and sim.group_id in {group_ids.before, group_ids.after}


def _group_keeper(plan: Plan, sim: Sim, group_ids: GroupIds) -> Kept | None:
    """Why a SIM that is in neither group of the plan stays where it is; None for any other SIM."""
    if _is_in_plan(sim, group_ids):
        return None
    if desk_tags.SHIPPED_AT in sim.tags:
        return Kept.SHIPPED
    return Kept.IN_OTHER_GROUP if sim.group_id is not None and not plan.from_any_group else None


def _speed_keeper(plan: Plan, sim: Sim, group_ids: GroupIds) -> Kept | None:
    if desk_tags.SPEED_BEFORE in sim.tags:
        return Kept.THROTTLED
    handlers = [one for one in plan.handlers if sim.group_id and sim.group_id == group_ids.of(one.role)]
    is_by_handler = sim.speed_class in {speed for handler in handlers for speed in _speed_classes(handler)}
    return Kept.SLOWED_BY_HANDLER if is_by_handler else None


def _speed_classes(handler: WantedHandler) -> Iterator[str]:
    """The speed classes that an event handler sets."""
    for action in handler.body["actionConfigList"]:
        properties = action.get("properties")
        speed_class = properties.get("speedClass") if isinstance(properties, dict) else None
        if isinstance(speed_class, str):
            yield speed_class


def _differing_speed(plan: Plan, sim: Sim) -> str | None:
    return plan.speed_class if plan.speed_class != sim.speed_class else None


def _covers(found: object, wanted: object) -> bool:
    """Whether a JSON value has everything that is wanted; the platform adds members of its own."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        return all(name in found and _covers(found[name], value) for name, value in wanted.items())
    if isinstance(wanted, list) and isinstance(found, list):
        return len(wanted) == len(found) and all(map(_covers, found, wanted))
    return found == wanted


def _merged(found: object, wanted: object) -> object:
    """A JSON value with everything that is wanted, and with the other members that it has already."""
    if not (isinstance(wanted, dict) and isinstance(found, dict)):
        return wanted
    return {**found, **{name: _merged(found.get(name), value) for name, value in wanted.items()}}
