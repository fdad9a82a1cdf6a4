"""Pure. One application: a table of states and events, and the fold of a journal's events into where it stands.

The journal is this state: after a restart its events are folded again. A pair that the table does not have is a bug,
or a journal that is damaged, and raises `KeyError`. `docs/states.md` shows the table and is generated from it.

The intent to act (`begun`) is on the disk before a service or a command is touched. Files need none, and undoing needs
none: every file is taken back whatever was begun, and that is harmless where nothing was done.
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
class State(Enum):
    """Where an application stands."""

    IDLE = "idle"
    PREPARED = "prepared"
    """The order is in the journal; what stands on the gateway is being saved."""
    APPLYING = "applying"
    UNCONFIRMED = "unconfirmed"
    """Everything is applied; what was before is kept until the service has answered."""
    UNDOING = "undoing"
    COMMITTED = "committed"
    UNDONE = "undone"


@unique
class Event(Enum):
    """What happened to an application."""

    ORDERED = "ordered"
    SAVED = "saved"
    """What the plan touches is kept."""
    BEGUN = "begun"
    """An action is about to be done."""
    DONE = "done"
    """An action is done."""
    ALL_DONE = "all_done"
    FAILED = "failed"
    """A step could not be done, or could not be undone."""
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"
    """No confirmation came in time."""
    UNDONE_ONE = "undone_one"
    ALL_UNDONE = "all_undone"
    TAKEN = "taken"
    """The outcome was handed over."""
    RESTARTED = "restarted"


@unique
class Task(Enum):
    """What is to be done on entering."""

    SAVE = "save what the plan touches"
    DO_NEXT = "do the next step"
    SAY_APPLIED = "say applied, and wait for the confirmation"
    DROP_SAVED = "remember what is managed now, drop what was saved, say committed"
    UNDO = "undo the last step that is not undone"
    UNDO_ON = "note it, and undo the one before"
    SAY_UNDONE = "say undone"
    FORGET = "forget the order"


@frozen
class Next:
    """The state that an event leads to, and what is to be done there."""

    state: State
    task: Task


TABLE: Mapping[tuple[State, Event], Next] = MappingProxyType(
    {
        (State.IDLE, Event.ORDERED): Next(State.PREPARED, Task.SAVE),
        (State.PREPARED, Event.SAVED): Next(State.APPLYING, Task.DO_NEXT),
        (State.PREPARED, Event.FAILED): Next(State.UNDONE, Task.SAY_UNDONE),
        (State.PREPARED, Event.RESTARTED): Next(State.UNDONE, Task.SAY_UNDONE),
        (State.APPLYING, Event.BEGUN): Next(State.APPLYING, Task.DO_NEXT),
        (State.APPLYING, Event.DONE): Next(State.APPLYING, Task.DO_NEXT),
        (State.APPLYING, Event.ALL_DONE): Next(State.UNCONFIRMED, Task.SAY_APPLIED),
        (State.APPLYING, Event.FAILED): Next(State.UNDOING, Task.UNDO),
        (State.APPLYING, Event.RESTARTED): Next(State.UNDOING, Task.UNDO),
        (State.UNCONFIRMED, Event.CONFIRMED): Next(State.COMMITTED, Task.DROP_SAVED),
        (State.UNCONFIRMED, Event.WITHDRAWN): Next(State.UNDOING, Task.UNDO),
        (State.UNCONFIRMED, Event.RESTARTED): Next(State.UNCONFIRMED, Task.SAY_APPLIED),
        (State.UNDOING, Event.UNDONE_ONE): Next(State.UNDOING, Task.UNDO),
        (State.UNDOING, Event.FAILED): Next(State.UNDOING, Task.UNDO_ON),
        (State.UNDOING, Event.ALL_UNDONE): Next(State.UNDONE, Task.SAY_UNDONE),
        (State.UNDOING, Event.RESTARTED): Next(State.UNDOING, Task.UNDO),
        (State.COMMITTED, Event.TAKEN): Next(State.IDLE, Task.FORGET),
        (State.COMMITTED, Event.RESTARTED): Next(State.COMMITTED, Task.DROP_SAVED),
        (State.UNDONE, Event.TAKEN): Next(State.IDLE, Task.FORGET),
        (State.UNDONE, Event.RESTARTED): Next(State.UNDONE, Task.SAY_UNDONE),
    }
)


@frozen
class Happened:
    """An event, with the number of the step it is about, or with what went wrong."""

    event: Event
    step: int | None = None
    failure: Failure | None = None
    ran: Ran | None = None
    """What the step's command printed and how it ended."""


@frozen
class Progress:
    """Where an application stands, folded from what happened."""

    state: State = State.IDLE
    begun: int = 0
    """Which actions may have been done: those of steps with a number below this."""
    withdrawn: bool = False
    """It is undone though every step was done."""
    cause: Failure | None = None
    """Why it is undone."""
    ran: tuple[Ran, ...] = ()
    """The document's commands that ended, in their order."""

    def after(self, happened: Happened) -> Progress:
        """The same with one more event; raises `KeyError` for an event that cannot occur here."""
        state = TABLE[self.state, happened.event].state
        begun = self.begun
        if happened.event is Event.BEGUN and happened.step is not None:
            begun = max(begun, happened.step + 1)
        ran = (*self.ran, happened.ran) if happened.ran else self.ran
        if self.cause or state not in {State.UNDOING, State.UNDONE}:
            return replace(self, state=state, begun=begun, ran=ran)
        cause = happened.failure or Failure(Code.APPLY_INTERRUPTED, "cut off in the middle")
        return Progress(state, begun, happened.event is Event.WITHDRAWN, cause, ran)


def folded(events: Iterable[Happened]) -> Progress:
    """Where a journal's events lead to."""
    progress = Progress()
    for happened in events:
        progress = progress.after(happened)
    return progress
