"""Story. Carries out a plan, or takes it back; the journal records each step that acts on something else than files.

A step that fails takes everything back. Afterwards the state of the journal is the result.
"""

from __future__ import annotations

from collections.abc import Mapping

from agent.apply.context import ApplyContext
from agent.apply.journal import journal as journals
from agent.apply.journal.journal import Journal
from agent.apply.journal.ordered import Ordered, Purpose, contents_of, larges_of, left_by
from agent.apply.journal.outcomes import failure_without_secrets, without
from agent.apply.journal.store import Store
from agent.apply.journal.transaction import ApplyEvent, ApplyState, Happened
from agent.apply.machine.actor import CommandFailed
from agent.apply.machine.gateway import Gateway
from agent.apply.machine.os_errors import disk_refusals
from agent.apply.planning.actions import undo_steps
from agent.apply.planning.diff import secrets_of
from agent.apply.planning.nodes import Kept
from agent.apply.planning.plan import Plan
from agent.apply.planning.steps import ActionStep, FileStep, Managed
from agent.errors import Code, Failure
from agent.handover.order import Apply, Change, Order, Ran, RollBack, Scrub, configuration_digest
from agent.reasons import Cause, NotDone

_PURPOSES: Mapping[type[Order], Purpose] = {
    Apply: Purpose.APPLY,
    RollBack: Purpose.ROLL_BACK,
    Scrub: Purpose.SCRUB,
}

Notes = tuple[Change, ...]
"""The steps that could not be done or undone, each with its reason."""


def remembered_in(store: Store) -> tuple[Managed, Notes]:
    """What is managed; damaged copies of it are set aside, and noted."""
    managed, damaged = store.read_managed()
    with disk_refusals(Code.STATE_UNWRITABLE):
        for name in damaged:
            store.set_aside(name)
    reason = NotDone(Code.STATE_CORRUPT, "the record is damaged")
    return managed, tuple(Change("set aside", name, reason) for name in damaged)


def begin_plan(order: Order, plan: Plan, came_from: Managed, store: Store, context: ApplyContext) -> Journal:
    """Opens the journal of an order; raises `Failure`, and then nothing was touched."""
    is_recorded = context.actor.recorded and any(isinstance(step, ActionStep) for step in plan.steps)
    ordered = Ordered(
        order.order_id,
        configuration_digest(order),
        is_recorded,
        plan.steps,
        plan.notes,
        plan.managed,
        came_from,
        _PURPOSES[type(order)],
        left_by(plan.steps),
    )
    with disk_refusals():
        context.gateway.check_space(plan.steps, contents_of(plan.steps, plan.managed), store.at)
        return journals.begun(store, ordered)


def carry_out_plan(plan: Plan, journal: Journal, gateway: Gateway) -> Notes:
    """Does every step of the plan, or takes back what was done."""
    secrets = secrets_of(plan.steps, plan.hidden)
    try:
        with disk_refusals():
            _keep(plan, journal, gateway)
            journal.append(Happened(ApplyEvent.SAVED))
            notes = _do_steps(plan, journal, gateway, secrets)
            journal.append(Happened(ApplyEvent.ALL_DONE))
    except CommandFailed as failed:
        step = plan.steps[journal.progress.begun - 1]
        return _turn_back(
            journal, failure_without_secrets(failed.failure, secrets), gateway, without(failed.ran, step, secrets)
        )
    except Failure as failure:
        return _turn_back(journal, failure_without_secrets(failure, secrets), gateway)
    return notes


def take_back(journal: Journal, gateway: Gateway) -> Notes:
    """Undoes what was done. Goes on where something cannot be undone; a file that cannot keeps the journal open."""
    notes: list[Change] = []
    is_stuck = False
    for step in undo_steps(journal.ordered.steps, journal.progress.begun):
        try:
            notes += _undo(step, gateway)
        except Failure as failure:
            journal.append_if_possible(Happened(ApplyEvent.FAILED, failure=failure))
            notes.append(_note("not undone", failure))
            is_stuck = is_stuck or not isinstance(step, ActionStep)
    if not is_stuck:
        journal.append_if_possible(Happened(ApplyEvent.ALL_UNDONE))
    return tuple(notes)


def _keep(plan: Plan, journal: Journal, gateway: Gateway) -> None:
    """Keeps what the plan will replace, before anything is touched."""
    journal.store.keep(contents_of(plan.steps, plan.managed))
    for path, large in larges_of(plan.steps):
        if not journal.store.has_kept(large.sha256):
            gateway.keep(path, large, journal.store.kept_at)


def _do_steps(plan: Plan, journal: Journal, gateway: Gateway, secrets: frozenset[str]) -> Notes:
    """Does the steps in order; files that follow each other are written together, and need no event of their own."""
    notes: list[Change] = []
    files: list[FileStep] = []
    for number, step in enumerate(plan.steps):
        if isinstance(step, FileStep):
            files.append(step)
            continue
        gateway.write(files)
        files = []
        journal.append(Happened(ApplyEvent.BEGUN, number))
        ran, failed = _act(step, gateway)
        notes += failed
        journal.append(Happened(ApplyEvent.DONE, number, ran=ran and without(ran, step, secrets)))
    gateway.write(files)
    return tuple(notes)


def _act(step: ActionStep, gateway: Gateway) -> tuple[Ran | None, Notes]:
    """Does an action. On the way back a failure is only noted: it must not bring back what has to be removed."""
    try:
        return gateway.do(step), ()
    except Failure as failure:
        if step.is_way_back:
            return None, (_note("not done", failure),)
        raise


def _turn_back(journal: Journal, failure: Failure, gateway: Gateway, ran: Ran | None = None) -> Notes:
    try:
        journal.turn_back(Happened(ApplyEvent.FAILED, failure=failure, ran=ran))
    except OSError:
        return ()  # After a restart the disk shows which event it holds; until then nothing is half put back.
    return take_back(journal, gateway) if journal.progress.state is ApplyState.UNDOING else ()


def _undo(step: tuple[str, Kept] | ActionStep, gateway: Gateway) -> Notes:
    if isinstance(step, ActionStep):
        gateway.actor.redo(step.action)
        return ()
    path, before = step
    return () if gateway.put_back(path, before) else (Change("left", path, Cause.NOT_EMPTY),)


def _note(what: str, failure: Failure) -> Change:
    return Change(what, failure.where, NotDone(failure.code, failure.detail))
