"""Pure. The state of the device, from one pass to the next: a table of states and events.

The state is the value of the tag `kitting_state` (`new` has no tag). A pair that the table does not have is a bug and
raises `KeyError`. `docs/states.md` shows the table and is generated from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, unique
from types import MappingProxyType


@unique
class State(Enum):
    """The state of the device."""

    NEW = "new"
    APPLYING = "applying"
    PROVISIONED = "provisioned"
    FAILED = "failed"
    ROLLED_BACK = "rolled_back"
    BLOCKED = "blocked"


@unique
class Event(Enum):
    """The result of a pass, or of an order."""

    NO_ANSWER = "no_answer"
    """The service did not answer, is switched off, or is not SORACOM's: this never changes the device."""
    NO_USERDATA = "no_userdata"
    """The service answers, and there is no userdata."""
    REFUSED = "refused"
    """SIM and device do not belong together, or the operator holds the device."""
    REJECTED = "rejected"
    """The document is wrong."""
    STILL_GIVEN_UP = "still_given_up"
    """The wanted configuration is the one that failed or was undone."""
    UNCHANGED = "unchanged"
    """The wanted configuration is in force; of a device that lost its memory, by the record of the root half."""
    ORDERED = "ordered"
    """The root half was ordered to apply a configuration."""
    CONFIRMED = "confirmed"
    """Applied, and the service answered afterwards."""
    NOT_APPLIED = "not_applied"
    """A step failed; everything was undone."""
    UNDONE = "undone"
    """Applied, and undone."""
    WITHDRAWN = "withdrawn"
    """A person at the device went back to the generation before."""


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
        Event.STILL_GIVEN_UP: {State.FAILED: _STAY, State.ROLLED_BACK: _STAY, State.BLOCKED: State.FAILED},
        Event.UNCHANGED: dict.fromkeys(set(State) - {State.APPLYING}, State.PROVISIONED),
        Event.ORDERED: dict.fromkeys(set(State) - {State.APPLYING}, State.APPLYING),
        Event.CONFIRMED: {State.APPLYING: State.PROVISIONED},
        Event.NOT_APPLIED: {State.APPLYING: State.FAILED},
        Event.UNDONE: {State.APPLYING: State.ROLLED_BACK},
        Event.WITHDRAWN: dict.fromkeys(State, State.ROLLED_BACK),
    }
)


def next_state(state: State, event: Event) -> State:
    """The state after `event`; raises `KeyError` for a pair that cannot occur."""
    return _TABLE[event][state] or state


def declared() -> frozenset[tuple[State, Event]]:
    """Every pair that can occur."""
    return frozenset((state, event) for event, row in _TABLE.items() for state in row)
