"""Story: the privileged half as a process of its own: what lies in the network half's directory comes to its end.

    settle    what a power cut left open first
    take      the order, and whether its author may
    do        apply, or roll back, or scrub
    wait      for the network half's word whether the service still answers; no word means that it does not

An order is removed once its outcome is said, so that one that is cut off is dealt with after the restart, and one that
was dealt with is not done twice.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from agent import SERVICE_LOCK
from agent.apply import applying
from agent.apply.applying import Room
from agent.apply.authorship import accept, authorised
from agent.errors import Code, Failure
from agent.frozen import frozen
from agent.handover import files as handover
from agent.handover.order import Apply, Confirmation, Decision, Order, Outcome, Result, RollBack, Scrub, digest_of
from agent.settings import IdentitySettings, Instruction

GRACE_S = 60.0
"""What the network half has beyond `confirm_within`: to begin asking, and to say what came of it."""
BOOT_S = 300.0
"""The same after a restart, when modem and network come up first."""
_LOOK_S = 0.1
_LOCK_TRIES = 100


@frozen
class Bench:
    """What the service works with."""

    room: Room
    identity: IdentitySettings
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


def serve(bench: Bench) -> Outcome | None:
    """Deals with everything that is there; the last outcome, or None where there was nothing to do."""
    with _at_work(bench.room.own):
        outcome = _ended(applying.settle(bench.room), bench, BOOT_S)
        return _ended(_taken(bench), bench, GRACE_S) or outcome


def recover(bench: Bench) -> Outcome | None:
    """After a restart: what was half done is finished or taken back; what waits for its confirmation waits on."""
    with _at_work(bench.room.own):
        return applying.settle(bench.room)


def carry_out(order: Order, room: Room, identity: IdentitySettings) -> Outcome:
    """Does what an order says, as far as its author and this device's settings allow; raises `Failure` otherwise."""
    match order:
        case Apply():
            return applying.apply_order(authorised(order, room.policy, room.own), room)
        case RollBack():
            return applying.roll_back(order, room)
        case Scrub():
            if Instruction.SCRUB not in identity.orders:
                raise Failure(Code.IDENTITY_ORDER_REFUSED, "scrub is not in [identity] orders")
            return applying.scrub(order, room)


def refused(order_id: str | None, digest: str | None, failure: Failure, room: Room) -> Outcome:
    """Nothing was done; and said so."""
    outcome = Outcome(order_id, digest, Result.NOT_APPLIED, failure=failure)
    applying.say(outcome, room)
    return outcome


def _taken(bench: Bench) -> Outcome | None:
    """What became of the order that lies there; None where none does."""
    room = bench.room
    try:
        order = handover.read_order(room.inbox)
    except Failure as failure:
        outcome = refused(None, None, failure, room)
    else:
        if order is None:
            return None
        outcome = _dealt_with(order, room) or _carried_out(order, bench)
    handover.clear_order(room.inbox)
    return outcome


def _dealt_with(order: Order, room: Room) -> Outcome | None:
    """What was said of this very order before a power cut."""
    outcome = handover.read_outcome(room.own)
    return outcome if outcome and outcome.order_id == order.order_id else None


def _carried_out(order: Order, bench: Bench) -> Outcome:
    handover.clear_confirmation(bench.room.inbox)
    try:
        return carry_out(order, bench.room, bench.identity)
    except Failure as failure:
        return refused(order.order_id, digest_of(order), failure, bench.room)


def _ended(outcome: Outcome | None, bench: Bench, grace_s: float) -> Outcome | None:
    if outcome is not None and outcome.result is Result.UNCONFIRMED:
        refusal = _refusal(outcome, bench, bench.room.policy.confirm_within + grace_s)
        handover.clear_confirmation(bench.room.inbox)
        outcome = applying.undo(bench.room, refusal) if refusal else applying.confirm(bench.room)
    if outcome is not None:
        accept(outcome, bench.room.own)
    return outcome


def _refusal(outcome: Outcome, bench: Bench, limit_s: float) -> Failure | None:
    """Waits for the confirmation of an order: why it has to be undone, or None where it is kept.

    An order that is not confirmed in time has to be undone.
    """
    until = bench.clock() + limit_s
    while bench.clock() < until:
        try:
            confirmation = handover.read_confirmation(bench.room.inbox)
        except Failure:
            handover.clear_confirmation(bench.room.inbox)
            confirmation = None
        if confirmation and confirmation.order_id == outcome.order_id:
            return _reason(confirmation)
        bench.sleep(_LOOK_S)
    return Failure(Code.APPLY_UNCONFIRMED, f"no confirmation came within {limit_s:g} s")


def _reason(confirmation: Confirmation) -> Failure | None:
    match confirmation.decision:
        case Decision.KEEP:
            return None
        case Decision.UNDO:
            return confirmation.failure or Failure(Code.APPLY_UNCONFIRMED, "no reason was given")


@contextmanager
def _at_work(own: Path) -> Iterator[None]:
    """Held as long as this process is at work: who waits for an outcome can see whether one will come."""
    handover.make_place(own)
    try:
        lock = os.open(own / SERVICE_LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
    except OSError as error:
        raise Failure(Code.STATE_UNWRITABLE, error.strerror or str(error), where=str(own)) from None
    try:
        os.fchmod(lock, 0o644)
        if not _locked(lock):
            raise Failure(Code.PASS_UNDER_WAY, "another apply is under way", where=str(own / SERVICE_LOCK))
        yield
    finally:
        os.close(lock)


def _locked(lock: int) -> bool:
    """Who looks whether anybody is at work has the lock for a moment, so that one look is not enough."""
    for _ in range(_LOCK_TRIES):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_LOOK_S / 10)
        else:
            return True
    return False
