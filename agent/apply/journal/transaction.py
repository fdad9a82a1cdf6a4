"""Pure. One application: a table of states and events, and the fold of a journal's events into the present state.

After a restart the events of the journal are folded again. A pair that is not in the table is a bug, or the journal is
damaged: it raises `KeyError`. `docs/states.md` shows the table and is generated from it.

`begun` is on the disk before a unit or a command is touched, since only actions that may have been done are undone.
Files need no such event: every file is put back, and putting back what is there already changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from enum import Enum, unique
from types import MappingProxyType

from agent.errors import Code, Failure
from agent.frozen import frozen
from agent.handover.order import Ran


@unique
class ApplyState(Enum):
    """Where an application stands."""

    IDLE = "idle"
    """No order is open."""
    PREPARED = "prepared"
    """The order is in the journal, and what the plan will replace is being kept."""
    APPLYING = "applying"
    """The steps of the plan are being done."""
    UNCONFIRMED = "unconfirmed"
    """Every step is done. What was there before is kept until the network half has confirmed the order."""
    UNDOING = "undoing"
    """What was there before is being put back."""
    COMMITTED = "committed"
    """The order is confirmed, and what was there before is not needed any more."""
    UNDONE = "undone"
    """The gateway is as it was before the order."""


@unique
class ApplyEvent(Enum):
    """What happened to an application."""

    ORDERED = "ordered"
    SAVED = "saved"
    """What the plan will replace is kept."""
    BEGUN = "begun"
    """An action is about to be done."""
    DONE = "done"
    """An action is done."""
    ALL_DONE = "all_done"
    FAILED = "failed"
    """A step could not be done, or could not be undone."""
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"
    """The network half decided to undo the order, or did not confirm it in time."""
    ALL_UNDONE = "all_undone"
    RESTARTED = "restarted"
    """A process found the journal of an earlier process."""


TABLE: Mapping[tuple[ApplyState, ApplyEvent], ApplyState] = MappingProxyType(
    {
        (ApplyState.IDLE, ApplyEvent.ORDERED): ApplyState.PREPARED,
        (ApplyState.PREPARED, ApplyEvent.SAVED): ApplyState.APPLYING,
        (ApplyState.PREPARED, ApplyEvent.FAILED): ApplyState.UNDONE,
        (ApplyState.PREPARED, ApplyEvent.RESTARTED): ApplyState.UNDONE,
        (ApplyState.APPLYING, ApplyEvent.BEGUN): ApplyState.APPLYING,
        (ApplyState.APPLYING, ApplyEvent.DONE): ApplyState.APPLYING,
        (ApplyState.APPLYING, ApplyEvent.ALL_DONE): ApplyState.UNCONFIRMED,
        (ApplyState.APPLYING, ApplyEvent.FAILED): ApplyState.UNDOING,
        (ApplyState.APPLYING, ApplyEvent.RESTARTED): ApplyState.UNDOING,
        (ApplyState.UNCONFIRMED, ApplyEvent.CONFIRMED): ApplyState.COMMITTED,
        (ApplyState.UNCONFIRMED, ApplyEvent.WITHDRAWN): ApplyState.UNDOING,
        (ApplyState.UNCONFIRMED, ApplyEvent.RESTARTED): ApplyState.UNCONFIRMED,
        (ApplyState.UNDOING, ApplyEvent.FAILED): ApplyState.UNDOING,
        (ApplyState.UNDOING, ApplyEvent.ALL_UNDONE): ApplyState.UNDONE,
        (ApplyState.UNDOING, ApplyEvent.RESTARTED): ApplyState.UNDOING,
        (ApplyState.COMMITTED, ApplyEvent.RESTARTED): ApplyState.COMMITTED,
        (ApplyState.UNDONE, ApplyEvent.RESTARTED): ApplyState.UNDONE,
    }
)
"""ApplyState and event → the next state."""


@frozen
class Happened:
    """An event, with the number of the step that it is about, or with what went wrong."""

    event: ApplyEvent
    step: int | None = None
    failure: Failure | None = None
    ran: Ran | None = None
    """How the step's command ended, and what it printed."""


@frozen
class ApplyProgress:
    """Where an application stands, folded from its events."""

    state: ApplyState = ApplyState.IDLE
    begun: int = 0
    """Only actions of steps with a lower number may have been done."""
    withdrawn: bool = False
    """The order is undone although every step was done."""
    cause: Failure | None = None
    """Why the order is undone."""
    ran: tuple[Ran, ...] = ()
    """The document's commands that ended, in their order."""

    def after(self, happened: Happened) -> ApplyProgress:
        """The progress with one more event; raises `KeyError` for an event that cannot occur in this state."""
        state = TABLE[self.state, happened.event]
        begun = self.begun
        if happened.event is ApplyEvent.BEGUN and happened.step is not None:
            begun = max(begun, happened.step + 1)
        ran = (*self.ran, happened.ran) if happened.ran else self.ran
        if self.cause or state not in {ApplyState.UNDOING, ApplyState.UNDONE}:
            return replace(self, state=state, begun=begun, ran=ran)
        cause = happened.failure or Failure(Code.APPLY_INTERRUPTED, "cut off in the middle")
        return ApplyProgress(state, begun, happened.event is ApplyEvent.WITHDRAWN, cause, ran)


def folded(events: Iterable[Happened]) -> ApplyProgress:
    """The progress after all events of a journal."""
    progress = ApplyProgress()
    for happened in events:
        progress = progress.after(happened)
    return progress
