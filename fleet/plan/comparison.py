"""Story. Compares a plan with the platform, and changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from agent.configuration.schema_file import userdata_schema
from agent.errors import Code, Failure
from fleet.plan.changes import (
    Change,
    ChangeSim,
    GroupChange,
    HandlerChange,
    KeptHandler,
    KeptSim,
    PutParameters,
    TakeOver,
)
from fleet.plan.differences import group_changes, handler_changes, kept_handlers, kept_of, sim_change
from fleet.plan.listed_sims import rows_of_sims
from fleet.plan.naming import with_names
from fleet.plan.plan import ByList, ByOrder, GroupIds, GroupRole, Plan, WantedGroup, WantedSim
from fleet.plan.plan_document import GROUP_LIMIT_BYTES, configuration_size
from fleet.plan.plan_on_platform import groups_of_plan, ids_of, sims_of_plan
from fleet.plan.userdata_fit import Unfit, unfit_sims
from fleet.platform.api import Api
from fleet.platform.calls import event_handler_calls, order_calls
from fleet.platform.calls.order_calls import OrderStage
from fleet.platform.group import Group
from fleet.platform.sim import Sim

_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between a plan and the platform."""

    plan: Plan
    group_ids: GroupIds
    groups: tuple[GroupChange, ...]
    handlers: tuple[HandlerChange, ...]
    sims: tuple[ChangeSim, ...]
    seen: int
    """How many SIMs the plan has."""
    missing: tuple[str, ...]
    """Numbers of SIMs that the plan lists and the operator does not have."""
    unfit: tuple[Unfit, ...]
    """SIMs for which the userdata is not valid."""
    readonly: tuple[tuple[GroupRole, str], ...]
    """The groups that are read-only after the changes: role and name."""
    kept: tuple[KeptSim, ...] = ()
    """SIMs of which something differs from the plan and is left alone."""
    kept_handlers: tuple[KeptHandler, ...] = ()
    takeover: TakeOver | None = None
    """The plan's order, where its SIMs have to be taken over first."""
    packing: TakeOver | None = None
    """The plan's order, where it is not on its way yet: its SIMs cannot be taken over now."""

    @property
    def changes(self) -> tuple[Change, ...]:
        """All changes in their order."""
        takeover = (self.takeover,) if self.takeover else ()
        return (*self.groups, *self.handlers, *takeover, *self.sims)

    @property
    def writes(self) -> int:
        """How many requests the changes take."""
        others = len(self.groups) + len(self.handlers) + (self.takeover is not None)
        return others + sum(change.writes for change in self.sims)


def compare(api: Api, plan: Plan) -> Comparison:
    """Compares a plan with the platform; raises `plan.invalid` where a group would become too large."""
    found = groups_of_plan(api, plan)
    group_ids = ids_of(found)
    for role, group in plan.groups:
        _require_room(group, found[role])
    all_handlers = event_handler_calls.all_handlers(api)
    handlers = tuple(handler_changes(plan, group_ids, all_handlers))
    pairs, missing = _pairs(plan, sims_of_plan(api, plan))
    wanted_groups = [change for role, group in plan.groups for change in group_changes(group, found[role])]
    groups = tuple(_with_reach(change, [sim for _, sim in pairs]) for change in wanted_groups)
    sims = tuple(filter(None, (sim_change(plan, wanted, sim, group_ids) for wanted, sim in pairs)))
    return Comparison(
        plan,
        group_ids,
        groups,
        handlers,
        sims,
        len(pairs),
        missing,
        tuple(unfit_sims(plan, pairs, userdata_schema())),
        tuple((role, group.name) for role, group in plan.groups if _is_readonly(group, found[role])),
        tuple(_kept_sims(plan, (sim for _, sim in pairs), group_ids)),
        tuple(kept_handlers(plan, group_ids, all_handlers)),
        **_order(api, plan),
    )


def require_fit(comparison: Comparison) -> None:
    """Raises `plan.invalid` where the userdata is not valid for every SIM."""
    if comparison.unfit:
        texts = "; ".join(map(str, comparison.unfit[:_MOST_NAMED]))
        count = len({unfit.sim_id for unfit in comparison.unfit})
        raise Failure(Code.PLAN_INVALID, f"the userdata is not valid for {count} SIMs: {texts}")


def _with_reach(change: GroupChange, sims: Sequence[Sim]) -> GroupChange:
    """The change with the number of SIMs that it reaches."""
    if not isinstance(change, PutParameters):
        return change
    return replace(change, reaches=sum(sim.group_id == change.group_id for sim in sims))


def _order(api: Api, plan: Plan) -> Mapping[str, TakeOver]:
    """The members `takeover` or `packing` of a comparison; raises `plan.invalid` for an order that was cancelled."""
    if not isinstance(plan.source, ByOrder):
        return {}
    order_id = plan.source.order_id
    stage = order_calls.order_stage(api, order_id)
    if stage is OrderStage.RECEIVED:
        return {}
    if stage is OrderStage.CANCELLED:
        raise Failure(Code.PLAN_INVALID, "the order was cancelled, or has failed", where=f"order {order_id}")
    order = TakeOver(order_id, len(set(order_calls.sims_of_order(api, order_id))))
    return {"packing" if stage is OrderStage.PACKING else "takeover": order}


def _pairs(plan: Plan, sims: Iterable[Sim]) -> tuple[list[tuple[WantedSim, Sim]], tuple[str, ...]]:
    """Each SIM with what the plan says about it, and the listed numbers that no SIM has."""
    found = list(sims)
    rows = rows_of_sims(plan, found)
    pairs = [(replace(rows.get(sim.sim_id) or WantedSim(sim.sim_id), sim_id=sim.sim_id), sim) for sim in found]
    listed = plan.source.sims if isinstance(plan.source, ByList) else ()
    missing = {row.number for row in listed} - {row.number for row in rows.values()}
    return with_names(plan.names, pairs), tuple(sorted(missing))


def _kept_sims(plan: Plan, sims: Iterable[Sim], group_ids: GroupIds) -> Iterator[KeptSim]:
    for sim in sims:
        for why in kept_of(plan, sim, group_ids):
            yield KeptSim(sim.sim_id, sim.label, why, sim.group_id)


def _is_readonly(wanted: WantedGroup, found: Group | None) -> bool:
    """Whether a group is read-only, by the plan or, where the plan leaves it out, as it is now."""
    if wanted.readonly is not None or found is None:
        return bool(wanted.readonly)
    metadata = found.configuration.get("SoracomAir", {}).get("metadata")
    return isinstance(metadata, dict) and metadata.get("readonly") is True


def _require_room(wanted: WantedGroup, found: Group | None) -> None:
    """Raises `plan.invalid` where the settings that a group has already leave no space for those of the plan."""
    present = found.configuration if found else {}
    names = {*present, *wanted.configuration}
    together = {name: {**present.get(name, {}), **wanted.configuration.get(name, {})} for name in names}
    if (size := configuration_size(together)) > GROUP_LIMIT_BYTES:
        detail = f"with the settings that it has already, it needs {size} bytes; the platform takes {GROUP_LIMIT_BYTES}"
        raise Failure(Code.PLAN_INVALID, detail, where=f"group {wanted.name}")
