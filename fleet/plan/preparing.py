"""Story: from a plan to SIMs that are ready for the bench: look, compare, ask, change, write down.

It may be cut off anywhere: what was done is seen at the next look, and not done again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from agent.errors import Code, Failure
from agent.frozen import frozen
from agent.host.program_files import userdata_schema
from fleet.plan.differences import (
    Change,
    ChangeSim,
    CreateGroup,
    DeleteHandler,
    PutHandler,
    PutParameters,
    Unfit,
    body_of,
    group_changes,
    handler_changes,
    sim_change,
    unfit,
    wanted_of,
)
from fleet.plan.plan import GROUP_LIMIT_BYTES, ByList, ByOrder, ByTag, Plan, Wanted, WantedGroup, configuration_size
from fleet.platform.api import Api
from fleet.platform.batch_jobs import Pause, carry_out, group_task
from fleet.platform.calls import event_handler_calls, group_calls, order_calls, sim_calls
from fleet.platform.group import Group
from fleet.platform.parallel import in_parallel
from fleet.platform.sim import Sim

ONE_BY_ONE = 20
"""Up to so many SIMs are asked for by their ids; for more, pages of all SIMs cost less."""
BATCH_FROM = 200
"""From so many SIMs that change their group on, jobs of the platform cost less than a request for each."""
Note = Callable[[Change, Failure | None], None]
"""Is told what was done, or why not, as it happens."""


@frozen
class Looked:
    """The platform beside the plan."""

    plan: Plan
    group_ids: Mapping[str, str]
    """`before` and `after`, as far as they exist."""
    groups: tuple[CreateGroup | PutParameters, ...]
    handlers: tuple[PutHandler | DeleteHandler, ...]
    sims: tuple[ChangeSim, ...]
    seen: int
    """SIMs of the plan."""
    missing: tuple[str, ...]
    """SIMs that the plan names and the operator does not have."""
    unfit: tuple[Unfit, ...]
    """SIMs that the userdata would not do for."""
    register: str | None = None
    """An order that is to be taken over first."""

    @property
    def changes(self) -> tuple[Change, ...]:
        """All of them, in their order."""
        return (*self.groups, *self.handlers, *self.sims)

    @property
    def writes(self) -> int:
        """Requests that the changes need."""
        others = len(self.groups) + len(self.handlers) + (self.register is not None)
        return others + sum(change.writes for change in self.sims)


def look(api: Api, plan: Plan) -> Looked:
    """What stands between the plan and the platform; changes nothing."""
    found = find_groups(plan, group_calls.all_groups(api))
    group_ids = {on: group.group_id for on, group in found.items() if group}
    for on, group in _groups(plan):
        _refuse_too_large(group, found[on])
    changes = tuple(change for on, group in _groups(plan) for change in group_changes(group, found[on]))
    handlers = tuple(handler_changes(plan, group_ids, event_handler_calls.all_handlers(api)))
    pairs, missing = _pairs(plan, sims_of(api, plan))
    sims = tuple(filter(None, (sim_change(plan, wanted, sim, group_ids) for wanted, sim in pairs)))
    register = plan.which.order_id if isinstance(plan.which, ByOrder) else None
    if register and order_calls.is_received(api, register):
        register = None
    wrong = tuple(unfit(plan, pairs, userdata_schema()))
    return Looked(plan, group_ids, changes, handlers, sims, len(pairs), missing, wrong, register)


def find_groups(plan: Plan, groups: Iterable[Group]) -> Mapping[str, Group | None]:
    """The groups `before` and `after` of a plan; None where there is none of that name. Raises `plan.invalid`."""
    by_id = {group.group_id: group for group in groups}
    return {on: _found(group, by_id) for on, group in _groups(plan)}


def make(api: Api, looked: Looked, note: Note, *, batch_from: int = BATCH_FROM, pause: Pause = time.sleep) -> int:
    """Makes the changes; how many could not be made. Raises a `Failure` that makes the rest pointless."""
    group_ids = dict(looked.group_ids)
    for change in looked.groups:
        if isinstance(change, CreateGroup):
            made = group_calls.create_group(api, change.group.name, change.group.configuration)
            group_ids |= {on: made.group_id for on, group in _groups(looked.plan) if group == change.group}
        else:
            group_calls.put_configuration(api, change.group_id, change.namespace, change.parameters)
        note(change, None)
    for handler in looked.handlers:
        _put_handler(api, handler, group_ids)
        note(handler, None)
    sims = _taken_over(api, looked, group_ids) if looked.register else looked.sims
    if sum(one.group is not None for one in sims) >= batch_from:
        return _by_batch(api, looked.plan, sims, group_ids, note, pause)
    return _one_by_one(api, sims, group_ids, note)


def _one_by_one(api: Api, sims: Sequence[ChangeSim], group_ids: Mapping[str, str], note: Note) -> int:
    failed = 0
    for sim, outcome in in_parallel(api.at_once, lambda change: _change_sim(api, change, group_ids), sims):
        failure = outcome if isinstance(outcome, Failure) else None
        failed += failure is not None
        note(sim, failure)
    return failed


def _by_batch(
    api: Api, plan: Plan, sims: Sequence[ChangeSim], group_ids: Mapping[str, str], note: Note, pause: Pause
) -> int:
    """Tags and speeds one by one, then the groups as jobs; what failed before is not moved."""
    failures: dict[str, Failure] = {}
    alone = [replace(one, group=None) for one in sims if one.tags or one.speed_class]
    for sim, outcome in in_parallel(api.at_once, lambda change: _change_sim(api, change, group_ids), alone):
        failures |= {sim.sim_id: outcome} if isinstance(outcome, Failure) else {}
        note(sim, failures.get(sim.sim_id))
    moving = [replace(one, tags={}, speed_class=None) for one in sims if one.group and one.sim_id not in failures]
    not_moved = carry_out(
        api, f"{plan.name}: group", [group_task(one.sim_id, group_ids[one.group or ""]) for one in moving], pause
    )
    by_sim = {one.sim_id: one.failure for one in not_moved}
    for sim in moving:
        note(sim, by_sim.get(sim.sim_id))
    return len(failures) + len(not_moved)


def _taken_over(api: Api, looked: Looked, group_ids: Mapping[str, str]) -> tuple[ChangeSim, ...]:
    """The order's SIMs become the operator's, as far as possible as they are to be; what each lacks then."""
    plan, order_id = looked.plan, looked.register or ""
    if plan.subscription:
        settings = {"groupId": group_ids["before"], "tags": dict(plan.tags)}
        settings |= {"speedClass": plan.speed_class} if plan.speed_class else {}
        order_calls.set_initial_settings(api, order_id, {plan.subscription: settings})
    order_calls.register_order(api, order_id)
    again = look(api, plan)
    refuse_unfit(again)
    return again.sims


def refuse_unfit(looked: Looked) -> None:
    """Raises `plan.invalid` where the userdata would not do for every SIM."""
    if looked.unfit:
        told = "; ".join(map(str, looked.unfit[:5]))
        count = len({one.sim for one in looked.unfit})
        raise Failure(Code.PLAN_INVALID, f"the userdata does not fit {count} SIMs: {told}")


def sims_of(api: Api, plan: Plan) -> Iterator[Sim]:
    """The SIMs that a plan means, as they are now; never from the search index, which lags behind writes."""
    match plan.which:
        case ByOrder(order_id):
            yield from _by_id(api, set(order_calls.sims_of_order(api, order_id)))
        case ByTag(name, value):
            yield from (sim for sim in sim_calls.all_sims(api) if sim.tags.get(name) == value)
        case ByList(sims):
            known = {one.sim_id for one in sims}
            if "" not in known:
                yield from _by_id(api, known)
                return
            imsis = {one.imsi for one in sims if not one.sim_id}
            for sim in sim_calls.all_sims(api):
                if sim.sim_id in known or (sim.imsi and sim.imsi.digits in imsis):
                    yield sim


def _by_id(api: Api, sim_ids: set[str]) -> Iterator[Sim]:
    if len(sim_ids) <= ONE_BY_ONE:
        for sim_id, found in in_parallel(api.at_once, lambda one: sim_calls.one_sim(api, one), sorted(sim_ids)):
            if isinstance(found, Sim):
                yield found
            elif found.code is not Code.PLATFORM_NO_SUCH:
                raise _of_sim(found, sim_id)
        return
    left = set(sim_ids)
    for sim in sim_calls.all_sims(api):
        if sim.sim_id in left:
            left.discard(sim.sim_id)
            yield sim
        if not left:
            return


def _of_sim(failure: Failure, sim_id: str) -> Failure:
    """The same, of a SIM."""
    return Failure(failure.code, failure.detail, where=f"SIM {sim_id}")


def _pairs(plan: Plan, sims: Iterable[Sim]) -> tuple[list[tuple[Wanted, Sim]], tuple[str, ...]]:
    """Each SIM beside what the plan says of it, and what the plan names that is not there."""
    listed = wanted_of(plan)
    pairs = []
    left = {one.sim_id or one.imsi for one in listed.values()}
    for sim in sims:
        imsi = sim.imsi.digits if sim.imsi else ""
        wanted = listed.get(sim.sim_id) or listed.get(imsi) or Wanted(sim.sim_id)
        left -= {sim.sim_id, imsi}
        pairs.append((replace(wanted, sim_id=sim.sim_id), sim))
    return pairs, tuple(sorted(left))


def _groups(plan: Plan) -> Iterator[tuple[str, WantedGroup]]:
    yield "before", plan.before
    if plan.after:
        yield "after", plan.after


def _found(wanted: WantedGroup, groups: Mapping[str, Group]) -> Group | None:
    """The group of that id, or of that name; raises where the name alone does not tell which."""
    if wanted.group_id:
        if wanted.group_id not in groups:
            raise Failure(Code.PLAN_INVALID, f"there is no group {wanted.group_id}")
        return groups[wanted.group_id]
    named = [group for group in groups.values() if group.name == wanted.name]
    if len(named) > 1:
        ids = ", ".join(group.group_id for group in named)
        raise Failure(Code.PLAN_INVALID, f"{len(named)} groups are named {wanted.name!r}; say which by id: {ids}")
    return named[0] if named else None


def _refuse_too_large(wanted: WantedGroup, found: Group | None) -> None:
    """What the group holds already counts towards the platform's limit as well."""
    held = found.configuration if found else {}
    names = {*held, *wanted.configuration}
    both = {name: {**held.get(name, {}), **wanted.configuration.get(name, {})} for name in names}
    if (size := configuration_size(both)) > GROUP_LIMIT_BYTES:
        told = (
            f"group {wanted.name}: with what it holds already {size} bytes, and the platform takes {GROUP_LIMIT_BYTES}"
        )
        raise Failure(Code.PLAN_INVALID, told)


def _put_handler(api: Api, change: PutHandler | DeleteHandler, group_ids: Mapping[str, str]) -> None:
    if isinstance(change, DeleteHandler):
        event_handler_calls.delete_handler(api, change.handler_id)
        return
    body = body_of(change.handler, group_ids[change.handler.on])
    if change.handler_id:
        event_handler_calls.update_handler(api, change.handler_id, body)
    else:
        event_handler_calls.create_handler(api, body)


def _change_sim(api: Api, change: ChangeSim, group_ids: Mapping[str, str]) -> None:
    """The group last: who is in it may be switched on at once, and should find its tags."""
    if change.tags:
        sim_calls.put_tags(api, change.sim_id, change.tags)
    if change.speed_class:
        sim_calls.set_speed_class(api, change.sim_id, change.speed_class)
    if change.group:
        sim_calls.set_group(api, change.sim_id, group_ids[change.group])
