"""Story. Makes the changes between a plan and the platform.

The process may end anywhere: the next comparison sees the changes that were made, and they are not made again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from agent.errors import Failure
from fleet.plan.changes import (
    Change,
    ChangeSim,
    CreateGroup,
    DeleteHandler,
    HandlerChange,
    PutHandler,
    PutParameters,
    TakeOver,
    UseGroup,
)
from fleet.plan.comparison import Comparison, compare, require_fit
from fleet.plan.differences import doubled_handlers, group_changes, handler_body
from fleet.plan.plan import GroupIds, GroupRole, Plan
from fleet.platform.api import Api
from fleet.platform.batch_jobs import Pause, carry_out, group_task
from fleet.platform.calls import event_handler_calls, group_calls, order_calls, sim_calls
from fleet.platform.parallel import in_parallel

BATCH_FROM = 200
"""From so many SIMs that change their group, a batch job takes fewer requests than one request for each SIM."""
Note = Callable[[Change, Failure | None], None]
"""Receives each change when it is made, or with the failure for which it could not be made."""


def make_changes(
    api: Api, comparison: Comparison, note: Note, *, batch_from: int = BATCH_FROM, pause: Pause = time.sleep
) -> int:
    """Makes all changes and returns how many SIMs failed; raises `Failure` where the other changes are pointless."""
    group_ids = _change_groups(api, comparison, note)
    _change_handlers(api, comparison, group_ids, note)
    order = comparison.takeover
    sims = _taken_over(api, comparison.plan, order, group_ids, note) if order else comparison.sims
    if sum(change.group is not None for change in sims) >= batch_from:
        return _move_by_job(api, comparison.plan, sims, group_ids, note, pause)
    return _change_each(api, sims, group_ids, note)


def _change_groups(api: Api, comparison: Comparison, note: Note) -> GroupIds:
    """Creates and changes the groups; returns the ids of all groups of the plan."""
    group_ids = comparison.group_ids
    for change in comparison.groups:
        if isinstance(change, CreateGroup):
            is_before = change.group == comparison.plan.before
            group_id = _created_group(api, change, note)
            group_ids = replace(group_ids, **{"before" if is_before else "after": group_id})
        else:
            _put_parameters(api, change, note)
    return group_ids


def _created_group(api: Api, change: CreateGroup, note: Note) -> str:
    """The id of the new group. Two desks that create it at the same moment both use the older one of the two."""
    wanted = change.group
    created = group_calls.create_group(api, wanted.name, wanted.configuration)
    same = [group for group in group_calls.all_groups(api) if group.name == wanted.name]
    first = min((created, *same), key=lambda group: (group.created_ms, group.group_id))
    if first.group_id == created.group_id:
        note(change, None)
        return created.group_id
    group_calls.delete_group(api, created.group_id)
    note(UseGroup(wanted.name, first.group_id), None)
    for differing in group_changes(wanted, first):
        if isinstance(differing, PutParameters):
            _put_parameters(api, differing, note)
    return first.group_id


def _put_parameters(api: Api, change: PutParameters, note: Note) -> None:
    group_calls.put_configuration(api, change.group_id, change.namespace, change.parameters)
    note(change, None)


def _change_handlers(api: Api, comparison: Comparison, group_ids: GroupIds, note: Note) -> None:
    """Makes the changes; of handlers that another desk created at the same moment, one of each name stays."""
    changes = list(comparison.handlers)
    for change in changes:
        _change_handler(api, change, group_ids)
        note(change, None)
    if any(isinstance(change, PutHandler) and change.handler_id is None for change in changes):
        for double in doubled_handlers(comparison.plan, event_handler_calls.all_handlers(api)):
            _change_handler(api, double, group_ids)
            note(double, None)


def _change_handler(api: Api, change: HandlerChange, group_ids: GroupIds) -> None:
    if isinstance(change, DeleteHandler):
        event_handler_calls.delete_handler(api, change.handler_id)
        return
    body = handler_body(change.handler, _id_of(group_ids, change.handler.role))
    if change.handler_id:
        event_handler_calls.update_handler(api, change.handler_id, body)
    else:
        event_handler_calls.create_handler(api, body)


def _taken_over(api: Api, plan: Plan, order: TakeOver, group_ids: GroupIds, note: Note) -> tuple[ChangeSim, ...]:
    """Takes the order's SIMs over with the plan's settings; returns what each SIM differs in afterwards."""
    if plan.subscription:
        settings = {"groupId": _id_of(group_ids, GroupRole.BEFORE), "tags": dict(plan.tags)}
        settings |= {"speedClass": plan.speed_class} if plan.speed_class else {}
        order_calls.set_initial_settings(api, order.order_id, {plan.subscription: settings})
    order_calls.register_order(api, order.order_id)
    note(order, None)
    after_takeover = compare(api, plan)
    require_fit(after_takeover)
    return after_takeover.sims


def _change_each(api: Api, sims: Sequence[ChangeSim], group_ids: GroupIds, note: Note) -> int:
    """Changes the SIMs one by one, several at the same time; returns how many failed."""
    failed = 0
    for change, result in in_parallel(api.at_once, lambda change: _change_sim(api, change, group_ids), sims):
        failure = result if isinstance(result, Failure) else None
        failed += failure is not None
        note(change, failure)
    return failed


def _move_by_job(api: Api, plan: Plan, sims: Sequence[ChangeSim], group_ids: GroupIds, note: Note, pause: Pause) -> int:
    """Sets tags and speed classes one by one, then moves the SIMs by a job; a SIM whose tags failed is not moved."""
    failures: dict[str, Failure] = {}

    def note_failure(change: Change, failure: Failure | None) -> None:
        if failure and isinstance(change, ChangeSim):
            failures[change.sim_id] = failure
        note(change, failure)

    _change_each(
        api, [replace(one, group=None) for one in sims if one.tags or one.speed_class], group_ids, note_failure
    )
    moving = [(one, one.group) for one in sims if one.group and one.sim_id not in failures]
    tasks = [group_task(change.sim_id, _id_of(group_ids, role)) for change, role in moving]
    not_moved = carry_out(api, f"{plan.name}: group", tasks, pause)
    by_sim = {task.sim_id: task.failure for task in not_moved}
    for change, _ in moving:
        note(replace(change, tags={}, speed_class=None), by_sim.get(change.sim_id))
    return len(failures) + len(not_moved)


def _change_sim(api: Api, change: ChangeSim, group_ids: GroupIds) -> None:
    """Moves the SIM last: its device may start at once, and then finds its tags."""
    if change.tags:
        sim_calls.put_tags(api, change.sim_id, change.tags)
    if change.speed_class:
        sim_calls.set_speed_class(api, change.sim_id, change.speed_class)
    if change.group:
        sim_calls.set_group(api, change.sim_id, _id_of(group_ids, change.group))


def _id_of(group_ids: GroupIds, role: GroupRole) -> str:
    """The id of a group that exists by now, since groups are created first."""
    group_id = group_ids.of(role)
    if group_id is None:
        raise LookupError(f"the plan has no group {role.value}")
    return group_id
