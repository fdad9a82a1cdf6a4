"""Story. Ends an application: writes its outcome, records what is managed, and removes the journal.

The outcome is written before the journal is removed: after a power cut in between it is only written once more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from agent.apply.context import ApplyContext
from agent.apply.journal import store as stores
from agent.apply.journal.journal import Journal
from agent.apply.journal.ordered import Ordered
from agent.apply.journal.outcomes import noting, outcome_of, powers
from agent.apply.journal.transaction import ApplyEvent, ApplyState, Happened
from agent.apply.machine.os_errors import disk_refusals
from agent.apply.planning.steps import ActionStep
from agent.effects import ActivateConnections, PowerState
from agent.errors import Code, Failure
from agent.handover import files as handover
from agent.handover.order import Change, Outcome, Result
from agent.reasons import Cause, NotDone


def conclude(journal: Journal, context: ApplyContext, notes: tuple[Change, ...] = ()) -> Outcome:
    """Writes the state of the application as an outcome; removes the journal of an application that has ended."""
    state = journal.progress.state
    managed = journal.ordered.managed if state is ApplyState.COMMITTED else journal.ordered.came_from
    outcome = replace(outcome_of(journal.ordered, journal.progress, notes), in_force=managed.digest)
    if state is ApplyState.COMMITTED:
        with disk_refusals(Code.STATE_UNWRITABLE):
            journal.store.remember_previous(journal.ordered)
            journal.store.remember(journal.ordered.managed)
        outcome = noting(outcome, _finish(journal.ordered, context, ActivateConnections))
    if state in {ApplyState.COMMITTED, ApplyState.UNDONE}:
        outcome = noting(outcome, _start_own_units(context))
    say(outcome, context)
    if state in {ApplyState.COMMITTED, ApplyState.UNDONE}:
        with disk_refusals(Code.STATE_UNWRITABLE):
            journal.store.drop_unused(journal.store.read_managed()[0])
            journal.forget()
    if state is not ApplyState.COMMITTED or not powers(journal.ordered):
        return outcome
    # The journal is gone by now: a gateway that is cut off here, or whose disk is full, must not restart for ever.
    return say(noting(outcome, _finish(journal.ordered, context, PowerState)), context)


def keep_unasked(journal: Journal) -> None:
    """Confirms an order that leads back, since nothing else confirms it."""
    if journal.progress.state is ApplyState.UNCONFIRMED:
        with disk_refusals(Code.STATE_UNWRITABLE):
            journal.append(Happened(ApplyEvent.CONFIRMED))


def say(outcome: Outcome, context: ApplyContext) -> Outcome:
    """Writes an outcome where the network half reads it."""
    handover.place_outcome(context.own, outcome, context.inbox.stat().st_gid)
    return outcome


def refused_outcome(order_id: str | None, digest: str | None, failure: Failure, context: ApplyContext) -> Outcome:
    """Writes the outcome of an order of which nothing was applied, with the reason."""
    outcome = Outcome(order_id, digest, Result.NOT_APPLIED, failure=failure, in_force=_recorded_digest(context))
    return say(outcome, context)


def _recorded_digest(context: ApplyContext) -> str | None:
    try:
        return stores.peek_managed(context.own, context.disk).digest
    except Failure:
        return None


def _start_own_units(context: ApplyContext) -> Iterator[Change]:
    """Starts the agent's own units that the apply has left stopped: without them no later order is carried out."""
    try:
        for unit, failure in context.actor.start_own_units():
            done = NotDone(failure.code, failure.detail) if failure else Cause.OWN_UNIT_STOPPED
            yield Change("not started" if failure else "started", unit, done)
    except Failure as failure:
        yield Change("not done", failure.where, NotDone(failure.code, failure.detail))


def _finish(ordered: Ordered, context: ApplyContext, kind: type[ActivateConnections | PowerState]) -> Iterator[Change]:
    """Does the actions that wait until everything is kept; a failure here takes nothing back."""
    for step in ordered.steps:
        if isinstance(step, ActionStep) and isinstance(step.action, kind):
            try:
                context.actor.finish(step.action)
            except Failure as failure:
                yield Change("not done", failure.where, NotDone(failure.code, failure.detail))
