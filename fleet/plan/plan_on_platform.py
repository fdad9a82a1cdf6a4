"""Story. The groups and the SIMs of a plan as they are on the platform now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

from agent.errors import Code, Failure
from fleet.plan.listed_sims import rows_of_sims
from fleet.plan.plan import ByList, ByOrder, ByTag, GroupIds, GroupRole, Plan, WantedGroup, WantedSim
from fleet.platform.api import Api
from fleet.platform.calls import group_calls, order_calls, sim_calls
from fleet.platform.group import Group
from fleet.platform.parallel import in_parallel
from fleet.platform.sim import Sim

SIMS_FOR_A_PAGE = 10
"""For so many wanted SIMs one page of all SIMs is read, before the SIMs that are still missing are requested by id."""


def groups_of_plan(api: Api, plan: Plan) -> Mapping[GroupRole, Group | None]:
    """The groups of a plan, None for one that does not exist; raises `plan.invalid` where a name is ambiguous."""
    by_id = {group.group_id: group for group in group_calls.all_groups(api)}
    return {role: _found(group, by_id) for role, group in plan.groups}


def ids_of(groups: Mapping[GroupRole, Group | None]) -> GroupIds:
    """The ids of the groups that exist."""
    before, after = groups.get(GroupRole.BEFORE), groups.get(GroupRole.AFTER)
    return GroupIds(before.group_id if before else None, after.group_id if after else None)


def sims_of_plan(api: Api, plan: Plan) -> Iterator[Sim]:
    """The SIMs that a plan means. The platform's search index is not used: it shows changes late."""
    match plan.source:
        case ByOrder(order_id):
            yield from _by_id(api, set(order_calls.sims_of_order(api, order_id)))
        case ByTag(name, value):
            yield from (sim for sim in sim_calls.all_sims(api) if sim.tags.get(name) == value)
        case ByList(sims):
            yield from _by_list(api, sims)


def is_sim_of_plan(api: Api, plan: Plan, sim: Sim) -> bool:
    """Whether a plan means this SIM."""
    match plan.source:
        case ByOrder(order_id):
            return any(sim_id in sim.every_number for sim_id in order_calls.sims_of_order(api, order_id))
        case ByTag(name, value):
            return sim.tags.get(name) == value
        case ByList():
            return bool(rows_of_sims(plan, (sim,)))


def _by_list(api: Api, wanted: tuple[WantedSim, ...]) -> Iterator[Sim]:
    sim_ids = {sim.sim_id for sim in wanted if sim.sim_id}
    imsis = {sim.imsi for sim in wanted if not sim.sim_id}
    if not imsis:
        yield from _by_id(api, sim_ids)
        return
    for sim in sim_calls.all_sims(api):
        if sim.sim_id in sim_ids or not sim.every_number.isdisjoint(imsis):
            yield sim


def _by_id(api: Api, sim_ids: set[str]) -> Iterator[Sim]:
    """The SIMs with these ids; an id that the operator does not have is left out.

    The number of all SIMs is not known before. The pages read are at most a tenth of what requests by id would cost, so
    that a plan of most SIMs costs its pages, and a plan of few SIMs among very many costs little more than its own.
    """
    missing = set(sim_ids)
    pages = islice(sim_calls.sim_pages(api), len(sim_ids) // SIMS_FOR_A_PAGE)
    is_last = False
    while missing and not is_last and (page := next(pages, None)):
        is_last = page.is_last
        for sim in page.sims:
            if found := missing & sim.every_number:
                missing -= found
                yield sim
    if not is_last:
        yield from _one_by_one(api, missing)


def _one_by_one(api: Api, sim_ids: set[str]) -> Iterator[Sim]:
    for sim_id, found in in_parallel(api.at_once, lambda one: sim_calls.one_sim(api, one), sorted(sim_ids)):
        if isinstance(found, Sim):
            yield found
        elif found.code is not Code.PLATFORM_NO_SUCH:
            raise Failure(found.code, found.detail, where=f"SIM {sim_id}")


def _found(wanted: WantedGroup, groups: Mapping[str, Group]) -> Group | None:
    """The group with the plan's id, else with its name; raises where several groups have that name."""
    if wanted.group_id:
        if wanted.group_id not in groups:
            raise Failure(Code.PLAN_INVALID, f"there is no group with the id {wanted.group_id}")
        return groups[wanted.group_id]
    named = [group for group in groups.values() if group.name == wanted.name]
    if len(named) > 1:
        ids = ", ".join(group.group_id for group in named)
        detail = f"{len(named)} groups have the name {wanted.name!r}; write the id of one into the plan: {ids}"
        raise Failure(Code.PLAN_INVALID, detail)
    return named[0] if named else None
