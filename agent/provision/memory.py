"""Pure. What the device remembers after an event, and which attempt is not made again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from agent import __version__
from agent.configuration.resolving import Configuration
from agent.errors import Code, Kind
from agent.handover.order import Outcome, Result
from agent.host.clock import rfc3339
from agent.provision.lifecycle import Event, next_state
from agent.provision.pass_context import Pass
from agent.provision.state_file import Remembered
from agent.settings import Settings

MOST_INTERRUPTIONS = 3
"""An apply of one configuration that is cut off so often is given up: it may be what cuts the device off."""

EVENTS: Mapping[Kind, Event] = {
    Kind.NO_ANSWER: Event.NO_ANSWER,
    Kind.NO_USERDATA: Event.NO_USERDATA,
    Kind.REFUSED: Event.REFUSED,
    Kind.REJECTED: Event.REJECTED,
    Kind.NOT_APPLIED: Event.NO_ANSWER,
}
"""What a failure means for the device that is no outcome of an order.

Where the privileged half does not answer, its outcome is not known: the device stays as it is, and the next pass asks.
"""


def attempt_of(userdata: bytes, configuration: Configuration, settings: Settings) -> str:
    """What is not tried again after it failed: this text, filled in like this, under this policy. A digest, hex."""
    policy = repr((settings.apply, settings.identity))
    parts = [hashlib.sha256(userdata).hexdigest(), configuration.digest, policy]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def event_of(outcome: Outcome) -> Event:
    """What became of an order, as an event of the device."""
    if outcome.result is Result.COMMITTED:
        return Event.CONFIRMED
    cut_off = outcome.failure is not None and outcome.failure.code is Code.APPLY_INTERRUPTED
    return Event.UNDONE if cut_off or outcome.result is Result.UNDONE else Event.NOT_APPLIED


def remembered_after(this: Pass, event: Event, now: datetime | None) -> Remembered:
    """The device's memory after an event; `now` is None where no clock can be trusted."""
    before = this.remembered
    after = replace(
        _after_attempt(this, event),
        state=next_state(before.state, event),
        ended_at=rfc3339(now) if now else None,
        agent_version=__version__,
    )
    same = (after.state, after.in_force) == (before.state, before.in_force)
    return after if same else replace(after, changed_at=after.ended_at)


def _after_attempt(this: Pass, event: Event) -> Remembered:
    """What was tried and how it went: the configuration in force, the one that is given up, what stood in the way."""
    before = replace(this.remembered, order_id=None)
    failed = replace(before, failure=this.failure, failures_in_a_row=before.failures_in_a_row + 1)
    match event:
        case Event.ORDERED:
            return replace(before, failure=None, order_id=this.order.order_id if this.order else None)
        case Event.STILL_BAD:
            return replace(before, failures_in_a_row=0)
        case Event.UNCHANGED | Event.CONFIRMED:
            in_force = _in_force(this)
            calm = replace(before, given_up=None, interruptions=0, failure=None, failures_in_a_row=0)
            return replace(calm, in_force=in_force)
        case Event.NOT_APPLIED | Event.UNDONE:
            return _after_undoing(failed)
        case Event.NO_ANSWER | Event.NO_USERDATA | Event.REFUSED | Event.REJECTED:
            return replace(failed, order_id=this.remembered.order_id if event is Event.NO_ANSWER else None)
        case Event.WITHDRAWN:
            return replace(failed, given_up=before.attempt, in_force=None, failures_in_a_row=0)


def _after_undoing(failed: Remembered) -> Remembered:
    """A document that failed is given up; one that was cut off gets more tries; the disk is not its fault."""
    match failed.failure and failed.failure.code:
        case Code.APPLY_NO_SPACE | Code.APPLY_UNSETTLED | Code.APPLY_NOT_TAKEN:
            return failed
        case Code.APPLY_INTERRUPTED if failed.interruptions + 1 < MOST_INTERRUPTIONS:
            return replace(failed, interruptions=failed.interruptions + 1)
    return replace(failed, given_up=failed.attempt, interruptions=0)


def _in_force(this: Pass) -> str | None:
    """The configuration in force after a pass that ended well; None after an order that applied none."""
    if this.configuration:
        return this.configuration.digest
    return this.outcome.digest if this.outcome else this.remembered.in_force
