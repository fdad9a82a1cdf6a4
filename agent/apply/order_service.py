"""Story. The root half as a process of its own: processes the order in the network half's directory.

    settle    what a power cut left open is ended first
    take      the order is read, and its author and this device's settings must allow it
    do        it is applied, or rolled back, or scrubbed
    wait      for the network half's confirmation that the service still answers; without one everything is undone

An order is removed after its outcome is written. An order that was cut off is processed after the restart, and an
order that has its outcome already is not processed twice.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from agent.apply import applying
from agent.apply.authorship import authorised
from agent.apply.conclusion import refused_outcome
from agent.apply.context import ApplyContext
from agent.apply.serials import accept
from agent.apply.settling import settle
from agent.errors import Code, Failure, failure_from
from agent.frozen import frozen
from agent.handover import files as handover
from agent.handover.order import (
    Apply,
    Confirmation,
    Decision,
    Giver,
    Order,
    Outcome,
    Result,
    RollBack,
    Scrub,
    configuration_digest,
)
from agent.host import locks
from agent.settings import IdentitySettings, Instruction

GRACE_S = 60.0
"""The time beyond `confirm_within` that the network half has to begin asking, and to write the confirmation."""
BOOT_S = 300.0
"""The time beyond `confirm_within` after a restart, when modem and network come up first."""
STUCK_S = 20.0
"""How long an order that cannot be removed holds the service: systemd starts it again as soon as it ends."""
_LOOK_S = 0.1
"""Seconds between two checks for the confirmation."""
_SIGN_TRIES = 100
_SIGN_PAUSE_S = 0.01
ROOT_LOCK = "root.lock"
"""File in the root half's directory that no other user may open: one process of the root half works at a time."""


@frozen
class ServiceContext:
    """What the service works with."""

    context: ApplyContext
    identity: IdentitySettings
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


def serve(service: ServiceContext) -> Outcome | None:
    """Ends what is open and processes the order; the last outcome, or None where there was nothing to do."""
    with _locked(service.context.own):
        outcome = _confirmed(settle(service.context), service, BOOT_S)
        return _confirmed(_processed(service), service, GRACE_S) or outcome


def recover(service: ServiceContext) -> Outcome | None:
    """Early at boot: ends what was cut off; an order that waits for its confirmation goes on waiting."""
    with _locked(service.context.own):
        outcome = settle(service.context)
        accept(outcome, service.context.own)
        return outcome


def carry_out_for_root(order: Order, context: ApplyContext, identity: IdentitySettings) -> Outcome:
    """Carries out an order of root at once; raises `pass.under_way` where the service is at work."""
    with _locked(context.own):
        return carry_out_order(order, Giver.ROOT, context, identity)


def take_everything_back_for_root(context: ApplyContext) -> Outcome:
    """Takes back everything that documents put on the gateway; raises `pass.under_way` where the service is at work."""
    with _locked(context.own):
        return applying.take_everything_back(context)


def carry_out_order(order: Order, giver: Giver, context: ApplyContext, identity: IdentitySettings) -> Outcome:
    """Carries out an order if its author and this device's settings allow it; raises `Failure` otherwise."""
    order = authorised(order, giver, context.policy, context.own)
    match order:
        case Apply():
            return applying.apply_order(order, context)
        case RollBack():
            return applying.roll_back(order, context)
        case Scrub():
            if giver is not Giver.ROOT and Instruction.SCRUB not in identity.orders:
                raise Failure(Code.IDENTITY_ORDER_REFUSED, "scrub is not in [identity] orders")
            return applying.scrub(order, context)


def _processed(service: ServiceContext) -> Outcome | None:
    """The outcome of the pending order; None where there is no order."""
    context = service.context
    try:
        order = handover.read_order(context.inbox)
    except Failure as failure:
        outcome = refused_outcome(None, None, failure, context)
    else:
        if order is None:
            return None
        outcome = _earlier_outcome(order, context) or _carried_out(order, service)
    if not handover.clear_order(context.inbox):
        service.sleep(STUCK_S)
    return outcome


def _earlier_outcome(order: Order, context: ApplyContext) -> Outcome | None:
    """The outcome of this order that was written before a power cut."""
    outcome = handover.read_outcome(context.own)
    return outcome if outcome and outcome.order_id == order.order_id else None


def _carried_out(order: Order, service: ServiceContext) -> Outcome:
    handover.clear_confirmation(service.context.inbox)
    try:
        return carry_out_order(order, Giver.NETWORK_HALF, service.context, service.identity)
    except Failure as failure:
        return refused_outcome(order.order_id, configuration_digest(order), failure, service.context)


def _confirmed(outcome: Outcome | None, service: ServiceContext, grace_s: float) -> Outcome | None:
    """The outcome once nothing waits for a confirmation any more."""
    context = service.context
    if outcome is not None and outcome.result is Result.UNCONFIRMED:
        refusal = _refusal(outcome, service, context.policy.confirm_within + grace_s)
        handover.clear_confirmation(context.inbox)
        outcome = applying.undo(context, refusal) if refusal else applying.confirm(context)
    accept(outcome or handover.last_outcome(context.own), context.own)  # a power cut may have come after the last one
    return outcome


def _refusal(outcome: Outcome, service: ServiceContext, limit_s: float) -> Failure | None:
    """Waits for the confirmation of an order: why it has to be undone, or None where it is kept.

    An order that is not confirmed in time has to be undone.
    """
    inbox = service.context.inbox
    until = service.clock() + limit_s
    while service.clock() < until:
        try:
            confirmation = handover.read_confirmation(inbox)
        except Failure:
            handover.clear_confirmation(inbox)
            confirmation = None
        if confirmation and confirmation.order_id == outcome.order_id:
            return _reason(confirmation)
        service.sleep(_LOOK_S)
    return Failure(Code.APPLY_UNCONFIRMED, f"no confirmation came within {limit_s:g} s")


def _reason(confirmation: Confirmation) -> Failure | None:
    match confirmation.decision:
        case Decision.KEEP:
            return None
        case Decision.UNDO:
            return confirmation.failure or Failure(Code.APPLY_UNCONFIRMED, "no reason was given")


@contextmanager
def _locked(own: Path) -> Iterator[None]:
    """Holds the root half's own lock while it works, and shows the network half that an outcome will come."""
    handover.make_place(own)
    place = own / ROOT_LOCK
    with ExitStack() as stack:
        try:
            stack.enter_context(locks.held(place))
            _show_work(own / handover.SERVICE_LOCK, stack)
        except BlockingIOError:
            raise Failure(Code.PASS_UNDER_WAY, "another apply is under way", where=str(place)) from None
        except OSError as error:
            raise failure_from(error, Code.STATE_UNWRITABLE, own) from None
        yield


def _show_work(sign: Path, stack: ExitStack) -> None:
    """Holds the lock that the network half looks at, which takes it for a moment to look.

    Whoever may open the file can also keep its lock: then the root half works without the sign.
    """
    for _ in range(_SIGN_TRIES):
        try:
            os.fchmod(stack.enter_context(locks.held(sign, 0o644)), 0o644)
        except BlockingIOError:
            time.sleep(_SIGN_PAUSE_S)
        else:
            return
