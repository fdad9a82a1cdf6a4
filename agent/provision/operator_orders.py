"""Story. The operator order: a tag of the SIM, which is carried out once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from agent.errors import Code, Failure
from agent.handover.files import new_order_id
from agent.handover.order import Scrub
from agent.identity import Subscriber
from agent.provision.edges import Edges, PassStage
from agent.provision.identity_policy import OperatorOrder, meeting, operator_order
from agent.provision.pass_result import Followed, Stopped
from agent.provision.remembered import Remembered
from agent.settings import Instruction, Settings

_REFUSED = frozenset(
    {Code.USERDATA_UNSIGNED, Code.USERDATA_BAD_SIGNATURE, Code.USERDATA_OLDER, Code.IDENTITY_ORDER_REFUSED}
)
"""Refusals of an order without the right author: the pass goes on, so that a tag cannot stop a device."""


OrderFollower = Callable[[Settings, Edges, Remembered, Subscriber], Followed | Stopped]


def follow_order(
    settings: Settings, edges: Edges, remembered: Remembered, subscriber: Subscriber
) -> Followed | Stopped:
    """Carries out a new operator order; ends the pass where the operator holds the device."""
    return _followed(settings, edges, remembered, subscriber, _carry_out)


def expected_order(
    settings: Settings, edges: Edges, remembered: Remembered, subscriber: Subscriber
) -> Followed | Stopped:
    """What `follow_order` would return; nothing is taken back, and an order to do so ends the pass."""
    return _followed(settings, edges, remembered, subscriber, _foresee)


def _followed(
    settings: Settings,
    edges: Edges,
    remembered: Remembered,
    subscriber: Subscriber,
    carry_out: Callable[[Edges, Remembered, OperatorOrder], Followed | Stopped],
) -> Followed | Stopped:
    remembered = meeting(remembered, subscriber)
    found = operator_order(subscriber, remembered, settings.identity)
    match found:
        case None:
            followed: Followed | Stopped = Followed(remembered)
        case Failure():
            edges.show(PassStage.NOTICE, str(found))
            followed = Followed(remembered, notices=(found,))
        case OperatorOrder():
            edges.show(PassStage.ORDER, f"the operator orders: {found.text}")
            followed = carry_out(edges, remembered, found)
    if isinstance(followed, Stopped) or not followed.remembered.held:
        return followed
    return Stopped(Failure(Code.IDENTITY_HELD, f"since the order {followed.remembered.last_order!r}"), followed)


def _foresee(edges: Edges, remembered: Remembered, order: OperatorOrder) -> Followed | Stopped:
    if order.instruction is not Instruction.SCRUB:
        return _carry_out(edges, remembered, order)
    return Followed(replace(remembered, last_order=order.text, held=True))


def _carry_out(edges: Edges, remembered: Remembered, order: OperatorOrder) -> Followed | Stopped:
    done = replace(remembered, last_order=order.text)
    match order.instruction:
        case Instruction.HOLD:
            return Followed(replace(done, held=True))
        case Instruction.RELEASE:
            return Followed(replace(done, held=False, given_up=None), released=True)
        case Instruction.SCRUB:
            outcome = edges.root_half.order(Scrub(new_order_id(), _signed_instruction(edges)))
            for change in outcome.changes:
                edges.show(PassStage.ORDER, f"{change.what} {change.where}")
            if outcome.failure and outcome.failure.code in _REFUSED:
                edges.show(PassStage.NOTICE, str(outcome.failure))
                return Followed(remembered, notices=(outcome.failure,))
            if outcome.failure:
                return Stopped(outcome.failure, Followed(remembered, outcome=outcome))
            return Followed(replace(done, held=True, in_force=None), outcome=outcome)


def _signed_instruction(edges: Edges) -> bytes:
    """The userdata, in which a device that accepts only signed documents looks for the instruction; perhaps none."""
    try:
        return edges.service.userdata()
    except Failure:
        return b""
