"""Story: the privileged half, where it runs in the same process as the network half.

The order still goes through its file, and the outcome is said in its own, so that nothing but the written contract
passes between the two.
"""

from __future__ import annotations

from dataclasses import dataclass

from agent import applying, handover
from agent.applying import Room
from agent.errors import Failure
from agent.order import Order, Outcome


@dataclass(frozen=True, slots=True)
class InThisProcess:
    """Hands over to the stories of `applying`, by the files of the state directory."""

    room: Room

    def settle(self) -> Outcome | None:
        """What became of an order that was left open; None where none was."""
        return applying.settle(self.room)

    def order(self, order: Order) -> Outcome:
        """Applies what the order file says."""
        handover.place_order(self.room.state, order)
        return applying.apply_order(handover.take_order(self.room.state), self.room)

    def confirm(self) -> Outcome:
        """Keeps what was applied."""
        return applying.confirm(self.room)

    def undo(self, failure: Failure) -> Outcome:
        """Takes back what was applied."""
        return applying.undo(self.room, failure)
