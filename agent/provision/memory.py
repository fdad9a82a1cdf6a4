"""Pure. What the device remembers after an event, and which attempt to apply is not repeated."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from enum import Enum, unique

from agent import __version__
from agent.configuration.resolving import Configuration
from agent.errors import Code, Failure, FailureKind
from agent.frozen import frozen
from agent.handover.order import Outcome, Result
from agent.host.clock import rfc3339
from agent.provision.lifecycle import Event, next_state
from agent.provision.remembered import Remembered
from agent.settings import Settings

MAX_INTERRUPTIONS = 3
"""A configuration that is cut off or not confirmed so often in a row is given up: it may be the cause."""


@unique
class FailureOrigin(Enum):
    """The origin of the failure of an apply."""

    DOCUMENT = "document"
    """The document asks for something that this gateway refuses, and would refuse again."""
    WORLD = "world"
    """The disk, the memory, the load, or the other half of the device: the document may be right."""
    EITHER = "either"
    """The gateway was cut off, or did not reach the service afterwards."""


EVENTS: Mapping[FailureKind, Event] = {
    FailureKind.NO_ANSWER: Event.NO_ANSWER,
    FailureKind.NO_USERDATA: Event.NO_USERDATA,
    FailureKind.REFUSED: Event.REFUSED,
    FailureKind.REJECTED: Event.REJECTED,
    FailureKind.NOT_APPLIED: Event.NO_ANSWER,
    FailureKind.NOTICE: Event.NO_ANSWER,
}
"""The event of a pass that a failure ended.

A notice ends a pass only where the modem was not read and the document needs it: the device stays as it is. So it does
where the root half does not answer: the outcome is not known, and the next pass asks for it. A kind that is not here
ends the process.
"""


@frozen
class Occurred:
    """An event, with what it brings."""

    event: Event
    failure: Failure | None = None
    """Why the wanted configuration is not in force."""
    in_force: str | None = None
    """Of `unchanged`, `confirmed` and `withdrawn`: the digest of the configuration in force, if any."""
    order_id: str | None = None
    """Of `ordered`: the order."""
    witness: str | None = None
    """Of `ordered`: the IMEI that was read in this pass; None where none was."""
    attempt: str | None = None
    """Of `ordered` and `unchanged`: the attempt to apply what the userdata asks for (`attempt_of`)."""


def occurred_by(outcome: Outcome) -> Occurred:
    """The event of the device that the outcome of an order is."""
    if outcome.result is Result.COMMITTED:
        return Occurred(Event.CONFIRMED, outcome.failure, outcome.digest)
    was_interrupted = outcome.failure is not None and outcome.failure.code is Code.APPLY_INTERRUPTED
    is_undone = was_interrupted or outcome.result is Result.UNDONE
    return Occurred(Event.UNDONE if is_undone else Event.NOT_APPLIED, outcome.failure)


def led_back_by(outcome: Outcome) -> Occurred:
    """The event that a way back is, which a person ordered at the device and the root half has gone."""
    return Occurred(Event.WITHDRAWN, Failure(Code.APPLY_ROLLED_BACK, "by hand"), outcome.in_force)


def attempt_of(userdata: bytes, configuration: Configuration, settings: Settings) -> str:
    """The name of an attempt to apply: text, filled-in document and policy together. A digest, hex."""
    policy = repr((settings.apply, settings.identity))
    parts = [hashlib.sha256(userdata).hexdigest(), configuration.digest, policy]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def remembered_after(before: Remembered, occurred: Occurred, now: datetime | None) -> Remembered:
    """What the device remembers after an event; `now` is None where no clock can be trusted."""
    after = replace(
        _after_attempt(before, occurred),
        state=next_state(before.state, occurred.event),
        ended_at=rfc3339(now) if now else None,
        agent_version=__version__,
    )
    is_same = (after.state, after.in_force) == (before.state, before.in_force)
    return after if is_same else replace(after, changed_at=after.ended_at)


def _after_attempt(before: Remembered, occurred: Occurred) -> Remembered:
    """What is remembered of the attempt: the configuration in force, the attempt that is given up, the failure."""
    ended = replace(before, order_id=None, witness=None)
    failed = replace(ended, failure=occurred.failure, failures_in_a_row=before.failures_in_a_row + 1)
    match occurred.event:
        case Event.ORDERED:
            order, attempt = occurred.order_id, occurred.attempt
            return replace(ended, failure=None, order_id=order, attempt=attempt, witness=occurred.witness)
        case Event.STILL_GIVEN_UP:
            return replace(ended, failures_in_a_row=0)
        case Event.UNCHANGED | Event.CONFIRMED:
            attempt = occurred.attempt or before.attempt
            well = replace(ended, attempt=attempt, given_up=None, interruptions=0, failure=None, failures_in_a_row=0)
            return replace(well, in_force=occurred.in_force)
        case Event.NOT_APPLIED | Event.UNDONE:
            return _after_undoing(failed)
        case Event.NO_ANSWER | Event.NO_USERDATA | Event.REFUSED | Event.REJECTED:
            is_open = occurred.event is Event.NO_ANSWER
            return replace(failed, order_id=before.order_id, witness=before.witness) if is_open else failed
        case Event.WITHDRAWN:
            return replace(failed, given_up=before.attempt, in_force=occurred.in_force, failures_in_a_row=0)


def _after_undoing(failed: Remembered) -> Remembered:
    """Gives up what the document did wrong; a fault of the world is tried again by the next pass, after a pause.

    A cut in the middle, and a service that is not reached afterwards, have either cause: they count.
    """
    match _origin_of(failed.failure):
        case FailureOrigin.WORLD:
            return failed
        case FailureOrigin.EITHER:
            attempts = min(failed.interruptions + 1, MAX_INTERRUPTIONS)
            numbered = replace(failed, failure=_numbered(failed.failure, attempts))
            return replace(numbered, interruptions=attempts) if attempts < MAX_INTERRUPTIONS else _given_up(numbered)
        case FailureOrigin.DOCUMENT:
            return _given_up(failed)


def _given_up(failed: Remembered) -> Remembered:
    return replace(failed, given_up=failed.attempt, interruptions=0)


def _origin_of(failure: Failure | None) -> FailureOrigin:
    if failure is None or failure.code is Code.APPLY_FAILED or failure.code.kind is FailureKind.REJECTED:
        return FailureOrigin.DOCUMENT
    return FailureOrigin.EITHER if failure.code.kind is FailureKind.UNDONE else FailureOrigin.WORLD


def _numbered(failure: Failure | None, attempts: int) -> Failure | None:
    """The failure with the number of attempts so far, and whether another one follows."""
    after = "tried again" if attempts < MAX_INTERRUPTIONS else "not tried again"
    count = f"attempt {attempts} of {MAX_INTERRUPTIONS}, {after}"
    return failure and Failure(failure.code, f"{count}: {failure.detail}", where=failure.where)
