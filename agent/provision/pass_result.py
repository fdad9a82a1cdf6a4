"""Pure. The values that the steps of a pass return, and the result of the pass, which is put together from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from datetime import datetime
from typing import TypeVar

from agent.configuration.resolving import Configuration, Names
from agent.errors import Failure
from agent.frozen import frozen
from agent.handover.order import Outcome
from agent.identity import Equipment, Subscriber
from agent.provision.binding import Verdict
from agent.provision.lifecycle import Event
from agent.provision.memory import Occurred
from agent.provision.remembered import Remembered


@frozen
class QuietPoll:
    """Poll: nothing has changed."""

    remembered: Remembered


@frozen
class Identified:
    """Identify: the SIM and the modem."""

    subscriber: Subscriber
    equipment: Equipment


@frozen
class ModemRead:
    """Identify: the modem alone; the SIM is not known."""

    equipment: Equipment


@frozen
class Bound:
    """Bind: the verdict on SIM and modem."""

    verdict: Verdict
    notices: tuple[Failure, ...] = ()


@frozen
class Followed:
    """Operator order: what is remembered once it is carried out."""

    remembered: Remembered
    released: bool = False
    """The operator ordered in this pass to go on with SIM and modem as they are."""
    outcome: Outcome | None = None
    """The outcome of a scrub."""
    notices: tuple[Failure, ...] = ()


@frozen
class Continued:
    """Continue: what is remembered of SIM and modem."""

    remembered: Remembered
    doubt: Failure | None = None
    """Why nothing new may be applied; a configuration that is in force stays in force."""


@frozen
class Resolved:
    """Resolve: the configuration that the userdata means for this SIM."""

    userdata: bytes
    """The text as it was received."""
    names: Names
    """The values that its `{{ }}` were filled with."""
    configuration: Configuration
    attempt: str
    """The name of the attempt to apply it (`memory.attempt_of`)."""


@frozen
class Reported:
    """Report: the tags that were sent."""

    tags: Mapping[str, str] = field(default_factory=dict)
    notices: tuple[Failure, ...] = ()


@frozen
class Reached:
    """Confirm: whether the service still answers."""

    applied_at: datetime | None
    """When the configuration was applied; None where no clock can be trusted."""
    reported: Reported
    """The report that was sent as proof."""
    failure: Failure | None = None
    """Why the service cannot be reached."""


@frozen
class Saved:
    """Remember: what was saved after an event."""

    remembered: Remembered
    occurred: Occurred


StepValue = (
    Remembered
    | QuietPoll
    | Identified
    | ModemRead
    | Bound
    | Followed
    | Continued
    | Resolved
    | Outcome
    | Reached
    | Reported
    | Saved
)


@frozen
class Stopped:
    """A step that ends the pass."""

    failure: Failure
    found: StepValue
    """What the step found nevertheless."""


@frozen
class PassResult:
    """What one pass found and did."""

    remembered: Remembered
    event: Event = Event.NO_ANSWER
    failure: Failure | None = None
    """Why the pass did not end with the wanted configuration in force."""
    subscriber: Subscriber | None = None
    equipment: Equipment | None = None
    verdict: Verdict | None = None
    resolved: Resolved | None = None
    outcome: Outcome | None = None
    """The outcome of the last order of this pass, or of one that was left open."""
    applied_at: datetime | None = None
    """When a configuration was applied; the report names this moment, whenever it is sent."""
    notices: tuple[Failure, ...] = ()
    """Faults that did not stop the pass, each once."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """The tags that were sent."""
    is_quiet: bool = False
    """Whether this was a poll that found nothing to do."""


def with_value(result: PassResult, value: StepValue) -> PassResult:  # noqa: C901, PLR0911 (a case for each value)
    """The result of a pass once a step has returned this value."""
    match value:
        case Remembered():
            return replace(result, remembered=value)
        case Continued():
            return replace(result, remembered=value.remembered)
        case QuietPoll():
            return replace(result, remembered=value.remembered, is_quiet=True)
        case Identified():
            return replace(result, subscriber=value.subscriber, equipment=value.equipment)
        case ModemRead():
            return replace(result, subscriber=None, equipment=value.equipment)
        case Bound():
            return with_notices(replace(result, verdict=value.verdict), value.notices)
        case Followed():
            followed = replace(result, remembered=value.remembered, outcome=value.outcome or result.outcome)
            return with_notices(followed, value.notices)
        case Resolved():
            return replace(result, resolved=value)
        case Outcome():
            return replace(result, outcome=value)
        case Reached():
            return replace(with_value(result, value.reported), applied_at=value.applied_at)
        case Reported():
            return with_notices(replace(result, tags={**result.tags, **value.tags}), value.notices)
        case Saved():
            occurred = value.occurred
            return replace(result, remembered=value.remembered, event=occurred.event, failure=occurred.failure)


def with_notices(result: PassResult, notices: tuple[Failure, ...]) -> PassResult:
    """The result with these notices; a notice that it has already is not repeated."""
    return replace(result, notices=added(result.notices, notices))


def added(notices: tuple[Failure, ...], more: tuple[Failure, ...]) -> tuple[Failure, ...]:
    """The notices and those of `more` that are new."""
    return (*notices, *(notice for notice in more if notice not in notices))


S = TypeVar("S", bound=StepValue)


class PassLog:
    """The result of a pass as far as the pass has come.

    This is the only object of a pass that changes. A step that fails raises its `Failure` past the local variables of
    the story, but the report, the memory and the person need what the earlier steps found. The story therefore adds the
    value of each step here as soon as it exists. Steps take and return values; they never see the log.
    """

    def __init__(self, remembered: Remembered, notices: tuple[Failure, ...] = ()) -> None:
        self.so_far = PassResult(remembered, notices=notices)

    def add(self, value: S | Stopped) -> S:
        """Adds the value of a step and returns it; raises the failure of a step that ends the pass."""
        if isinstance(value, Stopped):
            self.so_far = with_value(self.so_far, value.found)
            raise value.failure
        self.so_far = with_value(self.so_far, value)
        return value
