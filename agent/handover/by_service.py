"""Story. The network half's way to a root half that runs as a service of its own.

The order goes to the service as a file and the outcome comes back as a file: only the written contract passes between
the two. `agent.apply.in_process` is the root half in the same process.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from agent.errors import Code, Failure
from agent.frozen import frozen
from agent.handover import files as handover
from agent.handover.order import Confirmation, Decision, Order, Outcome, Result
from agent.host.locks import is_held

TAKEN_WITHIN_S = 60.0
"""Seconds that the service has to start, or to start again after an interruption. A slow board needs some of them."""
APPLIED_WITHIN_S = 3600.0
_LOOK_LEAST_S, _LOOK_MOST_S, _LOOK_GROWTH = 0.02, 0.5, 1.5

T = TypeVar("T")


@frozen
class ByService:
    """The root half in kitting-apply.service, which systemd starts when there is an order.

    Every method raises `apply.not_taken` where the service does not start, or ends without an outcome.
    """

    inbox: Path
    """The network half's directory, where orders are placed."""
    own: Path
    """The root half's directory, which is only read."""
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def settle(self, order_id: str | None) -> Outcome | None:
        """The outcome of this order, or of another that waits for its confirmation; None where there is neither."""
        self._wait_for(lambda: not self._is_busy())
        outcome = handover.last_outcome(self.own)
        if outcome is None or outcome.result is Result.UNCONFIRMED:
            return outcome
        return outcome if order_id is not None and outcome.order_id == order_id else None

    def in_force(self) -> str | None:
        """The digest of the configuration in force, by the record of the root half."""
        return handover.digest_in_force(self.own)

    def order(self, order: Order) -> Outcome:
        """Places the order and waits for its outcome.

        An outcome without an id is that of an order that could not be read. It is about this order if the order is
        gone: the root half writes the outcome first and removes the order then.
        """
        handover.place_order(self.inbox, order)

        def outcome_of_order() -> Outcome | None:
            is_removed = not handover.has_order(self.inbox)
            outcome = handover.last_outcome(self.own)
            if outcome is None or (outcome.order_id is None and not is_removed):
                return None
            return outcome if outcome.order_id in {order.order_id, None} else None

        return self._wait_for(outcome_of_order)

    def confirm(self) -> Outcome:
        """Keeps the applied configuration, and waits until it is kept."""
        return self._decide(Decision.KEEP, None)

    def undo(self, failure: Failure) -> Outcome:
        """Takes the applied configuration back, and waits until it is undone."""
        return self._decide(Decision.UNDO, failure)

    def _decide(self, decision: Decision, failure: Failure | None) -> Outcome:
        waiting = handover.last_outcome(self.own)
        if waiting is None or waiting.order_id is None or waiting.result is not Result.UNCONFIRMED:
            raise Failure(Code.APPLY_NOT_TAKEN, "no order waits for its confirmation", where=str(self.own))
        handover.place_confirmation(self.inbox, Confirmation(waiting.order_id, decision, failure))

        def final_outcome() -> Outcome | None:
            outcome = handover.last_outcome(self.own)
            return outcome if outcome and outcome.result is not Result.UNCONFIRMED else None

        return self._wait_for(final_outcome)

    def _wait_for(self, look: Callable[[], T | None]) -> T:
        """The first value that `look` finds; looks more and more seldom while the service is at work."""
        began = last_seen = self.clock()
        pause_s = _LOOK_LEAST_S
        while not (found := look()):
            now = self.clock()
            last_seen = now if self._is_at_work() else last_seen
            is_absent = now - last_seen > TAKEN_WITHIN_S
            if is_absent or now - began > APPLIED_WITHIN_S:
                handover.clear_order(self.inbox)
                limit_s = TAKEN_WITHIN_S if is_absent else APPLIED_WITHIN_S
                raise Failure(Code.APPLY_NOT_TAKEN, f"no outcome within {limit_s:.0f} s", where=str(self.own))
            self.sleep(pause_s)
            pause_s = min(_LOOK_MOST_S, pause_s * _LOOK_GROWTH)
        return found

    def _is_busy(self) -> bool:
        """Whether an outcome will come without a confirmation."""
        if handover.has_order(self.inbox):
            return True
        outcome = handover.last_outcome(self.own)
        return self._is_at_work() and not (outcome and outcome.result is Result.UNCONFIRMED)

    def _is_at_work(self) -> bool:
        return is_held(self.own / handover.SERVICE_LOCK)
