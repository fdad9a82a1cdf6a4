"""Pure. What is said of an application: how it ended, what changed, which commands ran, without what nobody may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from agent.apply.journal.records import Ordered
from agent.apply.journal.transaction import Progress, State
from agent.apply.planning.diff import masked
from agent.apply.planning.steps import ActionStep, Step
from agent.apply.planning.way_back import SCRUB
from agent.effects import PowerState
from agent.errors import Code, Failure
from agent.handover.order import Change, Outcome, Ran, Result


def outcome_of(ordered: Ordered, progress: Progress, notes: tuple[Change, ...]) -> Outcome:
    """Where an application stands, with what could not be done or undone."""
    failure: Failure | None = None
    match progress.state:
        case State.UNCONFIRMED | State.COMMITTED:
            result = Result.UNCONFIRMED if progress.state is State.UNCONFIRMED else Result.COMMITTED
            changes = (*(_change(step, ordered) for step in ordered.steps), *ordered.notes, *notes)
            return Outcome(ordered.order_id, ordered.digest, result, changes, ordered.recorded, None, progress.ran)
        case State.UNDONE:
            failure = progress.cause
        case State.IDLE | State.PREPARED | State.APPLYING | State.UNDOING:
            why = notes[0].because if notes else "the disk refuses the journal"
            failure = Failure(Code.APPLY_UNSETTLED, f"{why}; it began with: {progress.cause}")
    acted = tuple(_change(step, ordered) for step in ordered.steps[: progress.begun] if isinstance(step, ActionStep))
    result = Result.UNDONE if progress.withdrawn else Result.NOT_APPLIED
    changes = (*acted, *notes)
    return Outcome(ordered.order_id, ordered.digest, result, changes, ordered.recorded, failure, progress.ran)


def _change(step: Step, ordered: Ordered) -> Change:
    recorded = "recorded: " if ordered.recorded and isinstance(step, ActionStep) else ""
    return Change(f"{recorded}{step.what}", step.where, step.because)


def noting(outcome: Outcome, notes: Iterable[Change]) -> Outcome:
    """The same with more that is worth saying."""
    return replace(outcome, changes=(*outcome.changes, *notes))


def powers(ordered: Ordered) -> bool:
    """Whether the gateway is to be restarted or switched off in the end."""
    return any(isinstance(step, ActionStep) and isinstance(step.action, PowerState) for step in ordered.steps)


def without(ran: Ran, step: Step, secrets: frozenset[str]) -> Ran:
    """The same without what nobody is to see."""
    if isinstance(step, ActionStep) and step.sensitive:
        return replace(ran, command="(sensitive)", tail="")
    return replace(ran, command=masked(ran.command, secrets), tail=masked(ran.tail, secrets))


def shown(failure: Failure, secrets: frozenset[str]) -> Failure:
    """The same without what a command printed of a sensitive file."""
    return Failure(failure.code, masked(failure.detail, secrets), where=masked(failure.where, secrets))


def is_cut_off_scrub(ordered: Ordered, progress: Progress) -> bool:
    """Whether secrets came back only since a scrub was interrupted: then it is done once more, whoever asked for it."""
    was_cut_off = progress.cause is not None and progress.cause.code is Code.APPLY_INTERRUPTED
    return ordered.is_way_back and was_cut_off and any(step.because == SCRUB for step in ordered.steps)
