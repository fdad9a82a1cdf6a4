"""Story: the privileged half, as the network half asks it where it is a service of its own.

The order goes through its file and the outcome is said in its own, so that nothing but the written contract passes
between the two. `privileged_here` is the same in one process.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path

from agent import SERVICE_LOCK
from agent.errors import Code, Failure
from agent.frozen import frozen
from agent.handover import files as handover
from agent.handover.order import Confirmation, Decision, Order, Outcome, Result

TAKEN_WITHIN_S = 60.0
"""For the service to begin, and to go on after an interruption; a slow board needs some seconds."""
APPLIED_WITHIN_S = 3600.0
_LOOK_LEAST_S, _LOOK_MOST_S, _LOOK_GROWTH = 0.02, 0.5, 1.5


@frozen
class ByService:
    """Hands over to kitting-apply.service, which systemd starts when an order lies there.

    Methods raise `apply.not_taken` where it does not begin, or ends without a word.
    """

    inbox: Path
    own: Path
    """The service's directory; only read."""
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def settle(self, order_id: str | None) -> Outcome | None:
        """What became of this order, or of one that was left open; None where nothing is known of any."""
        self._wait_until(lambda: not self._is_busy())
        outcome = handover.said(self.own)
        if outcome is None or outcome.result is Result.UNCONFIRMED:
            return outcome
        return outcome if order_id is not None and outcome.order_id == order_id else None

    def order(self, order: Order) -> Outcome:
        """Lays the order down and waits for what becomes of it."""
        handover.place_order(self.inbox, order)
        return self._once(lambda outcome: outcome.order_id == order.order_id, or_unread=True)

    def confirm(self) -> Outcome:
        """Says that what was applied is to be kept, and waits until it is."""
        return self._answered(Decision.KEEP, None)

    def undo(self, failure: Failure) -> Outcome:
        """Says that what was applied is to be taken back, and waits until it is."""
        return self._answered(Decision.UNDO, failure)

    def _answered(self, decision: Decision, failure: Failure | None) -> Outcome:
        waiting = handover.said(self.own)
        if waiting is None or waiting.order_id is None or waiting.result is not Result.UNCONFIRMED:
            raise Failure(Code.APPLY_NOT_TAKEN, "nothing waits for its confirmation", where=str(self.own))
        handover.place_confirmation(self.inbox, Confirmation(waiting.order_id, decision, failure))
        return self._once(lambda outcome: outcome.result is not Result.UNCONFIRMED)

    def _once(self, is_it: Callable[[Outcome], bool], *, or_unread: bool = False) -> Outcome:
        """The outcome, as soon as it is the one that is waited for.

        With `or_unread` also the outcome of an order that could not be read: the root half removes an order after it
        wrote the outcome, so an outcome that is read once the order is gone is about this order.
        """
        found: list[Outcome] = []

        def look() -> bool:
            is_taken = not handover.order_lies_there(self.inbox)
            outcome = handover.said(self.own)
            if outcome and (is_it(outcome) or (or_unread and is_taken and outcome.order_id is None)):
                found.append(outcome)
            return bool(found)

        self._wait_until(look)
        return found[0]

    def _wait_until(self, done: Callable[[], bool]) -> None:
        began = last_seen = self.clock()
        pause_s = _LOOK_LEAST_S
        while not done():
            now = self.clock()
            last_seen = now if self._is_at_work() else last_seen
            if now - last_seen > TAKEN_WITHIN_S or now - began > APPLIED_WITHIN_S:
                handover.clear_order(self.inbox)
                raise Failure(Code.APPLY_NOT_TAKEN, f"no answer within {now - began:.0f} s", where=str(self.own))
            self.sleep(pause_s)
            pause_s = min(_LOOK_MOST_S, pause_s * _LOOK_GROWTH)

    def _is_busy(self) -> bool:
        """Whether an outcome is still to come that nobody has to say a word for."""
        if handover.order_lies_there(self.inbox):
            return True
        outcome = handover.said(self.own)
        return self._is_at_work() and not (outcome and outcome.result is Result.UNCONFIRMED)

    def _is_at_work(self) -> bool:
        try:
            lock = os.open(self.own / SERVICE_LOCK, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        except OSError:
            return False
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(lock)
        return False
