"""Edge: the privileged half within this process, where there is one process for both (`[apply] by = "agent"`)."""

from __future__ import annotations

from agent.apply import applying
from agent.apply.applying import Room
from agent.apply.authorship import accept
from agent.apply.service import carry_out, refused
from agent.errors import Code, Failure
from agent.frozen import frozen
from agent.handover import files as handover
from agent.handover.order import Order, Outcome, digest_of
from agent.settings import IdentitySettings


@frozen
class InThisProcess:
    """Hands over to the stories of the privileged half, by the same files."""

    room: Room
    identity: IdentitySettings

    def settle(self, order_id: str | None) -> Outcome | None:
        """What became of this order, or of one that was left open; None where nothing is known of any."""
        outcome = applying.settle(self.room)
        if outcome is None:
            said = handover.said(self.room.own)
            outcome = said if said and order_id is not None and said.order_id == order_id else None
        return self._accepted(outcome) if outcome else None

    def order(self, order: Order) -> Outcome:
        """Carries out what the order file says."""
        handover.make_place(self.room.own)
        handover.place_order(self.room.inbox, order)
        try:
            outcome = carry_out(handover.read_order(self.room.inbox) or order, self.room, self.identity)
        except Failure as failure:
            if failure.code in {Code.STATE_UNWRITABLE, Code.PASS_UNDER_WAY}:
                raise
            outcome = refused(order.order_id, digest_of(order), failure, self.room)
        finally:
            handover.clear_order(self.room.inbox)
        return self._accepted(outcome)

    def confirm(self) -> Outcome:
        """Keeps what was applied."""
        return self._accepted(applying.confirm(self.room))

    def undo(self, failure: Failure) -> Outcome:
        """Takes back what was applied."""
        return applying.undo(self.room, failure)

    def _accepted(self, outcome: Outcome) -> Outcome:
        accept(outcome, self.room.own)
        return outcome
