"""Story. One order in the root half, top to bottom.

    settle    what an earlier order left open is ended first
    plan      the document's effects against what is there
    keep      what the plan will replace is kept, before anything is touched
    do        step by step; an action on a unit, and a command, is recorded in the journal before it is done
    wait      for the confirmation: `confirm` keeps everything, `undo` takes everything back

A step that fails takes everything back. `Failure` is raised where the directory cannot be used, or another apply is
under way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from agent.apply.conclusion import conclude, refused_outcome, say
from agent.apply.context import ApplyContext
from agent.apply.execution import begin_plan, carry_out_plan, remembered_in, take_back
from agent.apply.journal import journal as journals
from agent.apply.journal import store as stores
from agent.apply.journal.journal import Journal
from agent.apply.journal.ordered import contents_of
from agent.apply.journal.store import Store
from agent.apply.journal.transaction import ApplyEvent, ApplyState, Happened
from agent.apply.machine.os_errors import JOURNAL, disk_refusals
from agent.apply.planning.allowed_places import check_places
from agent.apply.planning.plan import Plan, make_plan
from agent.apply.planning.questions import questions
from agent.apply.planning.steps import Managed
from agent.apply.settling import opened_store, settle_earlier
from agent.configuration.resolving import from_document, wanted_effects
from agent.configuration.schema_file import userdata_schema
from agent.effects import WantedEffect
from agent.errors import Code, Failure
from agent.handover.files import new_order_id
from agent.handover.order import Apply, Outcome, Result, RollBack, Scrub
from agent.settings import ApplySettings

FindEffects = Callable[[], Sequence[WantedEffect]]
"""Finds the effects of an order; raises `Failure` where the order is refused."""


def preview(order: Apply, context: ApplyContext) -> Plan:
    """What applying the order would do; changes nothing. Raises whatever would refuse the order."""
    effects = effects_of(order, context.policy)
    return _plan(order, effects, context, stores.peek_managed(context.own, context.disk))


def apply_order(order: Apply, context: ApplyContext) -> Outcome:
    """Applies a document: `unconfirmed`, or `committed` where nothing was to be done, or `not_applied`."""
    return apply_effects(order, lambda: effects_of(order, context.policy), context)


def apply_effects(order: Apply, find_effects: FindEffects, context: ApplyContext) -> Outcome:
    """Applies effects, once an earlier order has ended; the outcome is as for `apply_order`."""
    with opened_store(context) as store:
        try:
            settle_earlier(store, context)
            remembered, notes = remembered_in(store)
            plan = _plan(order, find_effects(), context, remembered)
            if not plan.steps:
                if plan.managed != remembered or notes:
                    _remember(plan.managed, store)
                outcome = Outcome(order.order_id, order.digest, Result.COMMITTED, (*notes, *plan.notes))
                return say(replace(outcome, in_force=plan.managed.digest), context)
            journal = begin_plan(order, plan.noting(notes), remembered, store, context)
        except Failure as failure:
            return refused_outcome(order.order_id, order.digest, failure, context)
        return conclude(journal, context, carry_out_plan(plan, journal, context.gateway))


def effects_of(order: Apply, policy: ApplySettings) -> Sequence[WantedEffect]:
    """The effects of the order's document; raises `Failure` where the document is invalid or not allowed here."""
    configuration = from_document(order.document, userdata_schema())
    if configuration.digest != order.digest:
        raise Failure(Code.ORDER_INVALID, "the document is not the one that the order names")
    return wanted_effects(configuration, policy)


def confirm(context: ApplyContext) -> Outcome:
    """Keeps what was applied; raises `order.invalid` where nothing waits for its confirmation."""
    with opened_store(context) as store:
        journal = _waiting(store)
        with disk_refusals(Code.STATE_UNWRITABLE):
            journal.append(Happened(ApplyEvent.CONFIRMED))
        return conclude(journal, context)


def undo(context: ApplyContext, failure: Failure) -> Outcome:
    """Takes back what was applied, because of `failure`; raises `order.invalid` where nothing waits."""
    with opened_store(context) as store:
        journal = _waiting(store)
        with disk_refusals(Code.STATE_UNWRITABLE):
            journal.turn_back(Happened(ApplyEvent.WITHDRAWN, failure=failure))
        return conclude(journal, context, take_back(journal, context.gateway))


def roll_back(order: RollBack, context: ApplyContext) -> Outcome:
    """Goes back to the generation before; `not_applied` with `order.invalid` where there is none."""
    from agent.apply.leading_back import rolled_back

    return _at_once(order, lambda store: rolled_back(order, store, context), context)


def scrub(order: Scrub, context: ApplyContext) -> Outcome:
    """Removes what is managed and sensitive, its kept copies, and the way back to it."""
    from agent.apply.leading_back import scrubbed

    return _at_once(order, lambda store: scrubbed(order, store, context), context)


def what_is_managed(context: ApplyContext) -> Managed:
    """Everything that documents put on the gateway; raises `state.corrupt` where every record of it is damaged."""
    if stores.is_record_lost(context.own, context.disk):
        raise Failure(Code.STATE_CORRUPT, "what documents put on this disk is not known", advice="Take a fresh disk.")
    return stores.peek_managed(context.own, context.disk)


def take_everything_back(context: ApplyContext) -> Outcome:
    """Makes everything that documents put on the gateway what stood there before, and keeps that at once."""
    outcome = apply_effects(Apply(new_order_id(), "", {}, ""), tuple, context)
    return confirm(context) if outcome.result is Result.UNCONFIRMED else outcome


def _at_once(order: RollBack | Scrub, lead_back: Callable[[Store], Outcome], context: ApplyContext) -> Outcome:
    with opened_store(context) as store:
        try:
            settle_earlier(store, context)
        except Failure as failure:
            return refused_outcome(order.order_id, None, failure, context)
        return lead_back(store)


def _plan(order: Apply, effects: Sequence[WantedEffect], context: ApplyContext, remembered: Managed) -> Plan:
    seen = context.gateway.observe(questions(effects, remembered))
    check_places(effects, seen, context.policy)
    plan = make_plan(effects, seen, remembered, f"{order.digest} {order.card}")
    return replace(plan, managed=replace(plan.managed, digest=order.digest or None))


def _remember(managed: Managed, store: Store) -> None:
    """Records what is managed after an order without steps: what the document names may differ all the same."""
    with disk_refusals():
        store.keep(contents_of((), managed))
        store.remember(managed)
        store.drop_unused(managed)


def _waiting(store: Store) -> Journal:
    """The journal of an application that waits for its confirmation."""
    try:
        journal = journals.found(store)
    except ValueError as damage:
        raise Failure(Code.ORDER_INVALID, str(damage), where=JOURNAL) from None
    if journal is None or journal.progress.state is not ApplyState.UNCONFIRMED:
        raise Failure(Code.ORDER_INVALID, "nothing waits for its confirmation")
    return journal
