"""Pure. The outcome of an order: how it ended, what changed, and which commands ran, without secrets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from agent.apply.journal.ordered import Ordered, Purpose
from agent.apply.journal.transaction import ApplyProgress, ApplyState
from agent.apply.planning.diff import without_secrets
from agent.apply.planning.steps import ActionStep, Step
from agent.effects import PowerState
from agent.errors import Code, Failure
from agent.handover.order import Change, Outcome, Ran, Result
from agent.reasons import reason_text


def outcome_of(ordered: Ordered, progress: ApplyProgress, notes: tuple[Change, ...]) -> Outcome:
    """The outcome in this state; `notes` are the steps that could not be done or undone."""
    match progress.state:
        case ApplyState.UNCONFIRMED:
            return _applied(ordered, progress, notes, Result.UNCONFIRMED)
        case ApplyState.COMMITTED:
            return _applied(ordered, progress, notes, Result.COMMITTED)
        case ApplyState.UNDONE:
            return _not_kept(ordered, progress, notes, progress.cause)
        case ApplyState.IDLE | ApplyState.PREPARED | ApplyState.APPLYING | ApplyState.UNDOING:
            why = f"{notes[0].where}: {reason_text(notes[0].because)}" if notes else "the disk refuses the journal"
            failure = Failure(Code.APPLY_UNSETTLED, f"{why}; it began with: {progress.cause}")
            return _not_kept(ordered, progress, notes, failure)


def _applied(ordered: Ordered, progress: ApplyProgress, notes: tuple[Change, ...], result: Result) -> Outcome:
    changes = (*(_change(step, ordered) for step in ordered.steps), *ordered.notes, *notes)
    return Outcome(ordered.order_id, ordered.digest, result, changes, ordered.recorded, None, progress.ran)


def _not_kept(ordered: Ordered, progress: ApplyProgress, notes: tuple[Change, ...], failure: Failure | None) -> Outcome:
    """Only actions that were begun are named: of files nothing is left, and of an action there may be."""
    acted = tuple(_change(step, ordered) for step in ordered.steps[: progress.begun] if isinstance(step, ActionStep))
    result = Result.UNDONE if progress.withdrawn else Result.NOT_APPLIED
    return Outcome(ordered.order_id, ordered.digest, result, (*acted, *notes), ordered.recorded, failure, progress.ran)


def _change(step: Step, ordered: Ordered) -> Change:
    recorded = "recorded: " if ordered.recorded and isinstance(step, ActionStep) else ""
    return Change(f"{recorded}{step.what}", step.where, step.because)


def noting(outcome: Outcome, notes: Iterable[Change]) -> Outcome:
    """The outcome with further notes."""
    return replace(outcome, changes=(*outcome.changes, *notes))


def powers(ordered: Ordered) -> bool:
    """Whether the gateway is to be restarted or switched off in the end."""
    return any(isinstance(step, ActionStep) and isinstance(step.action, PowerState) for step in ordered.steps)


def without(ran: Ran, step: Step, secrets: frozenset[str]) -> Ran:
    """The command without secrets; of a sensitive command nothing is shown."""
    if isinstance(step, ActionStep) and step.sensitive:
        return replace(ran, command="(sensitive)", tail="")
    return replace(ran, command=without_secrets(ran.command, secrets), tail=without_secrets(ran.tail, secrets))


def failure_without_secrets(failure: Failure, secrets: frozenset[str]) -> Failure:
    """The failure without secrets that a command printed."""
    return Failure(
        failure.code, without_secrets(failure.detail, secrets), where=without_secrets(failure.where, secrets)
    )


def is_cut_off_scrub(ordered: Ordered, progress: ApplyProgress) -> bool:
    """Whether this order is a scrub that a restart interrupted: its secrets are back, and it is done once more."""
    was_cut_off = progress.cause is not None and progress.cause.code is Code.APPLY_INTERRUPTED
    return ordered.purpose is Purpose.SCRUB and was_cut_off
