"""Story. Plans that lead back are carried out and kept at once; nothing confirms them."""

from __future__ import annotations

from collections.abc import Callable

from agent.apply.conclusion import conclude, keep_unasked, refused_outcome
from agent.apply.context import ApplyContext
from agent.apply.execution import begin_plan, carry_out_plan, remembered_in
from agent.apply.journal.store import Store
from agent.apply.planning.plan import Plan
from agent.apply.planning.steps import Managed
from agent.apply.planning.way_back import plan_back, plan_scrub, questions_back, questions_scrub
from agent.errors import Code, Failure
from agent.handover.order import Outcome, RollBack, Scrub

MakePlan = Callable[[Store, Managed, ApplyContext], Plan]


def rolled_back(order: RollBack, store: Store, context: ApplyContext) -> Outcome:
    """Goes back to the generation before the present one."""
    return _led_back(order, _plan_back, store, context)


def scrubbed(order: Scrub, store: Store, context: ApplyContext) -> Outcome:
    """Removes what is managed and sensitive, its kept copies, and the way back to it."""
    return _led_back(order, _plan_scrub, store, context)


def _led_back(order: RollBack | Scrub, make: MakePlan, store: Store, context: ApplyContext) -> Outcome:
    try:
        remembered, notes = remembered_in(store)
        plan = make(store, remembered, context).noting(notes)
        journal = begin_plan(order, plan, remembered, store, context)
    except Failure as failure:
        return refused_outcome(order.order_id, None, failure, context)
    undone = carry_out_plan(plan, journal, context.gateway)
    keep_unasked(journal)
    return conclude(journal, context, undone)


def _plan_back(store: Store, _: Managed, context: ApplyContext) -> Plan:
    previous = store.read_previous()
    if previous is None:
        raise Failure(Code.ORDER_INVALID, "there is no generation before this one to go back to")
    return plan_back(previous, context.gateway.observe(questions_back(previous)))


def _plan_scrub(_: Store, remembered: Managed, context: ApplyContext) -> Plan:
    return plan_scrub(remembered, context.gateway.observe(questions_scrub(remembered)))
