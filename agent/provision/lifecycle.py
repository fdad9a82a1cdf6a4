"""Pure. What the device is, from one pass to the next: a table of states and events.

The state is what the tag `kitting_state` says (`new` has no tag). A pair that the table does not have is a bug and
raises `KeyError`. `docs/states.md` shows the table and is generated from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, unique
from types import MappingProxyType


@unique
class State(Enum):
    """What the device is."""

    NEW = "new"
    APPLYING = "applying"
    PROVISIONED = "provisioned"
    FAILED = "failed"
    ROLLED_BACK = "rolled_back"
    BLOCKED = "blocked"


@unique
class Event(Enum):
    """What a pass found, or what became of an order."""

    NO_ANSWER = "no_answer"
    """The service was silent, switched off, or not SORACOM's: silence never changes the device."""
    NO_USERDATA = "no_userdata"
    """The service answers, and nobody has written a configuration."""
    REFUSED = "refused"
    """SIM and device do not belong together."""
    REJECTED = "rejected"
    """The document is wrong."""
    STILL_BAD = "still_bad"
    """The document that failed or was undone is still the one that is wanted."""
    UNCHANGED = "unchanged"
    """The document in force is the one that is wanted."""
    ORDERED = "ordered"
    """A configuration went to the privileged half."""
    CONFIRMED = "confirmed"
    """Applied, and the service answered afterwards."""
    NOT_APPLIED = "not_applied"
    """A step failed; everything was undone."""
    UNDONE = "undone"
    """Applied and taken back."""
    WITHDRAWN = "withdrawn"
    """Somebody at the device went back to the generation before."""


_STAY = None

_TABLE: Mapping[Event, Mapping[State, State | None]] = MappingProxyType(
    {
        Event.NO_ANSWER: dict.fromkeys(State, _STAY),
        Event.NO_USERDATA: {
            State.NEW: State.FAILED,
            State.PROVISIONED: _STAY,
            State.FAILED: _STAY,
            State.ROLLED_BACK: _STAY,
            State.BLOCKED: State.FAILED,
        },
        Event.REFUSED: dict.fromkeys(set(State) - {State.APPLYING}, State.BLOCKED),
        Event.REJECTED: dict.fromkeys(set(State) - {State.APPLYING}, State.FAILED),
        Event.STILL_BAD: {State.FAILED: _STAY, State.ROLLED_BACK: _STAY, State.BLOCKED: State.FAILED},
        Event.UNCHANGED: dict.fromkeys(
            (State.PROVISIONED, State.FAILED, State.ROLLED_BACK, State.BLOCKED), State.PROVISIONED
        ),
        Event.ORDERED: dict.fromkeys(set(State) - {State.APPLYING}, State.APPLYING),
        Event.CONFIRMED: {State.APPLYING: State.PROVISIONED},
        Event.NOT_APPLIED: {State.APPLYING: State.FAILED},
        Event.UNDONE: {State.APPLYING: State.ROLLED_BACK},
        Event.WITHDRAWN: dict.fromkeys(set(State) - {State.APPLYING}, State.ROLLED_BACK),
    }
)


def next_state(state: State, event: Event) -> State:
    """The state after `event`; raises `KeyError` for a pair that cannot occur."""
    return _TABLE[event][state] or state


def declared() -> frozenset[tuple[State, Event]]:
    """Every pair that can occur."""
    return frozenset((state, event) for event, row in _TABLE.items() for state in row)
