"""Pure. What stands between a plan and the platform: changes, each a value, in the order in which they have to be made.

Nothing is changed that is as it should be, so a plan that is in force needs no write at all. A SIM that was shipped
already stays shipped, and a tag that the plan does not name is left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any

from agent.configuration.resolving import Names, resolve
from agent.configuration.schema import Schema
from agent.errors import Failure
from agent.frozen import frozen
from fleet.plan.handler_sentences import SECRET_HEADER
from fleet.plan.plan import PREFIX, ByList, Plan, Wanted, WantedGroup, WantedHandler
from fleet.platform.event_handler import EventHandler
from fleet.platform.group import Group
from fleet.platform.sim import Sim


@frozen
class CreateGroup:
    """A group that is not there."""

    group: WantedGroup

    def __str__(self) -> str:
        return f"+ group {self.group.name}"


@frozen
class PutParameters:
    """Parameters of one namespace of a group."""

    group_id: str
    name: str
    namespace: str
    parameters: Mapping[str, Any]
    before: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        if self.namespace != "SoracomAir":  # credentials may stand there
            return f"~ group {self.name} {self.namespace} {', '.join(self.parameters)}"
        told = [f"{key}: {_short(self.before.get(key))} -> {_short(value)}" for key, value in self.parameters.items()]
        return f"~ group {self.name} {self.namespace} {'; '.join(told)}"


@frozen
class PutHandler:
    """An event handler that is not there, or is another."""

    handler: WantedHandler
    handler_id: str | None
    """Of the one in whose place it comes."""

    def __str__(self) -> str:
        return f"{'~' if self.handler_id else '+'} handler {self.handler.name.removeprefix(PREFIX)}"


@frozen
class DeleteHandler:
    """An event handler that an earlier form of this plan made."""

    handler_id: str
    name: str

    def __str__(self) -> str:
        return f"- handler {self.name.removeprefix(PREFIX)}"


@frozen
class ChangeSim:
    """What one SIM lacks: at most one write for each of its tags, its group and its speed."""

    sim_id: str
    label: str
    tags: Mapping[str, str] = field(default_factory=dict)
    group: str | None = None
    """`before`: the group on the bench."""
    speed_class: str | None = None

    @property
    def writes(self) -> int:
        """Requests that this needs."""
        return bool(self.tags) + bool(self.group) + bool(self.speed_class)

    def __str__(self) -> str:
        told = [f"{name}={value}" for name, value in self.tags.items()]
        told += [f"group -> {self.group}"] if self.group else []
        told += [f"speed -> {self.speed_class}"] if self.speed_class else []
        return f"~ SIM {self.label} {', '.join(told)}"


GroupChange = CreateGroup | PutParameters
HandlerChange = PutHandler | DeleteHandler
Change = GroupChange | HandlerChange | ChangeSim


def group_changes(wanted: WantedGroup, found: Group | None) -> Iterator[GroupChange]:
    """What a group lacks."""
    if found is None:
        yield CreateGroup(wanted)
        return
    for namespace, parameters in wanted.configuration.items():
        before = found.configuration.get(namespace, {})
        differing = {key: value for key, value in parameters.items() if not _covers(before.get(key), value)}
        if differing:
            yield PutParameters(found.group_id, found.name, namespace, differing, before)


def handler_changes(plan: Plan, group_ids: Mapping[str, str], found: Sequence[EventHandler]) -> Iterator[HandlerChange]:
    """Handlers that are missing, other, or left over; `group_ids` holds `before` and `after` as far as they exist."""
    mine = {one.name: one for one in found if one.name.startswith(f"{PREFIX}{plan.name}: ")}
    for wanted in plan.handlers:
        there = mine.pop(wanted.name, None)
        group_id = group_ids.get(wanted.on)
        if there is None:
            yield PutHandler(wanted, None)
        elif group_id is None or not _covers(there.body, body_of(wanted, group_id)):
            yield PutHandler(wanted, there.handler_id)
    for name, left in mine.items():
        yield DeleteHandler(left.handler_id, name)


def body_of(handler: WantedHandler, group_id: str) -> Mapping[str, Any]:
    """A handler as the API takes it."""
    return {"name": handler.name, "status": "active", "targetGroupId": group_id, **handler.body}


def sim_change(plan: Plan, wanted: Wanted, sim: Sim, group_ids: Mapping[str, str]) -> ChangeSim | None:
    """What one SIM lacks; None where it lacks nothing."""
    tags = {name: value for name, value in {**plan.tags, **wanted.tags}.items() if sim.tags.get(name) != value}
    stays = sim.group_id is not None and sim.group_id in group_ids.values()
    speed = plan.speed_class if plan.speed_class not in {None, sim.speed_class} else None
    change = ChangeSim(sim.sim_id, sim.label, tags, None if stays else "before", speed)
    return change if change.writes else None


@frozen
class Unfit:
    """A SIM that the userdata of a group would not do for, with its tags filled in."""

    group: str
    sim: str
    why: str

    def __str__(self) -> str:
        return f"{self.group}, SIM {self.sim}: {self.why}"


def unfit(plan: Plan, sims: Iterable[tuple[Wanted, Sim]], schema: Schema) -> Iterator[Unfit]:
    """For which SIMs the userdata would not do, and why."""
    for group in (plan.before, plan.after):
        if group is None or group.userdata is None:
            continue
        content = group.userdata.encode()
        for wanted, sim in sims:
            try:
                resolve(content, _names(plan, wanted, sim), schema)
            except Failure as failure:
                name = wanted.tags.get("name") or sim.name
                yield Unfit(group.name, f"{name} ({sim.sim_id})" if name else sim.sim_id, str(failure))


def wanted_of(plan: Plan) -> Mapping[str, Wanted]:
    """The list's SIMs by SIM id and by IMSI; nothing where the plan has no list."""
    if not isinstance(plan.which, ByList):
        return {}
    return {number: one for one in plan.which.sims for number in (one.sim_id, one.imsi) if number}


def _names(plan: Plan, wanted: Wanted, sim: Sim) -> Names:
    """What a device of this SIM will know; a modem that nobody has seen yet is any modem."""
    imsi, imei = sim.imsi.digits if sim.imsi else wanted.imsi, wanted.imei.digits if wanted.imei else "490154203237518"
    subscriber = {"imsi": imsi, "sim_id": sim.sim_id, "iccid": sim.sim_id, "msisdn": "0", "subscription": "plan"}
    subscriber |= {"group_id": sim.group_id or "group", "speed_class": sim.speed_class or "s1.standard"}
    modem = {"imei": imei, "imsi": imsi, "iccid": sim.sim_id, "manufacturer": "any", "model": "any", "firmware": "any"}
    tags = {name: value for name, value in {**sim.tags, **plan.tags, **wanted.tags}.items() if value}
    return Names(tags, {name: value for name, value in subscriber.items() if value}, modem)


def _covers(there: object, wanted: object) -> bool:
    """Whether what is there has everything that is wanted; the platform adds members of its own."""
    if isinstance(wanted, dict) and isinstance(there, dict):
        return all(name in there and _covers(there[name], value) for name, value in wanted.items())
    if isinstance(wanted, list) and isinstance(there, list):
        return len(wanted) == len(there) and all(map(_covers, there, wanted))
    return there == wanted


def _short(value: object) -> str:
    text = "nothing" if value is None else str(value).replace("\n", "\\n")
    return "a secret" if SECRET_HEADER in text else text if len(text) <= 40 else f"{text[:37]}..."  # noqa: PLR2004
