"""Story. The root half within the process of the pass, where one process does both (`[apply] by = "process"`)."""

from __future__ import annotations

from agent.apply.context import ApplyContext
from agent.apply.serials import accept
from agent.apply.settling import settle
from agent.errors import Code, Failure
from agent.frozen import frozen
from agent.handover import files as handover
from agent.handover.order import Giver, Order, Outcome, configuration_digest
from agent.settings import IdentitySettings


@frozen
class InThisProcess:
    """Carries out orders here, through the same files as the service."""

    context: ApplyContext
    identity: IdentitySettings
    giver: Giver = Giver.NETWORK_HALF
    """Orders of root never pass through the network half's directory, where they could be exchanged."""

    def settle(self, order_id: str | None) -> Outcome | None:
        """The outcome of this order, or of an order that was left open; None where neither has one."""
        outcome = settle(self.context)
        if outcome is None:
            earlier = handover.last_outcome(self.context.own)
            outcome = earlier if earlier and order_id is not None and earlier.order_id == order_id else None
        return self._accepted(outcome) if outcome else None

    def in_force(self) -> str | None:
        """The digest of the configuration in force, by the record of the root half."""
        return handover.digest_in_force(self.context.own)

    def order(self, order: Order) -> Outcome:
        """Places the order, reads it back, and carries out what was read."""
        from agent.apply.conclusion import refused_outcome
        from agent.apply.order_service import carry_out_for_root, carry_out_order

        handover.make_place(self.context.own)
        is_root = self.giver is Giver.ROOT
        if not is_root:
            handover.place_order(self.context.inbox, order)
        try:
            if is_root:
                outcome = carry_out_for_root(order, self.context, self.identity)
            else:
                taken = handover.read_order(self.context.inbox) or order
                outcome = carry_out_order(taken, self.giver, self.context, self.identity)
        except Failure as failure:
            if failure.code in {Code.STATE_UNWRITABLE, Code.PASS_UNDER_WAY}:
                raise
            outcome = refused_outcome(order.order_id, configuration_digest(order), failure, self.context)
        finally:
            if not is_root:
                handover.clear_order(self.context.inbox)
        return self._accepted(outcome)

    def confirm(self) -> Outcome:
        """Keeps what was applied."""
        from agent.apply.applying import confirm

        return self._accepted(confirm(self.context))

    def undo(self, failure: Failure) -> Outcome:
        """Takes back what was applied."""
        from agent.apply.applying import undo

        return undo(self.context, failure)

    def _accepted(self, outcome: Outcome) -> Outcome:
        accept(outcome, self.context.own)
        return outcome
