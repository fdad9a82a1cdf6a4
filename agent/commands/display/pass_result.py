"""Pure. The result of a pass: `provision`, and the outcome of `rollback`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from agent.handover.order import Outcome
from agent.provision.pass_result import PassResult
from agent.provision.tags import short
from agent.reasons import reason_text

if TYPE_CHECKING:
    from agent.commands.display.failure import Values


def pass_values(result: PassResult) -> Values:
    """All of `provision --json`."""
    from agent.commands.display.failure import failure_values
    from agent.commands.display.identity import equipment_values, subscriber_values, verdict_values

    return {
        "state": result.remembered.state.value,
        "event": result.event.value,
        "configuration": result.resolved and short(result.resolved.configuration.digest),
        "subscriber": result.subscriber and subscriber_values(result.subscriber),
        "equipment": result.equipment and equipment_values(result.equipment),
        "binding": result.verdict and verdict_values(result.verdict),
        "outcome": result.outcome and outcome_values(result.outcome),
        "failure": result.failure and failure_values(result.failure),
        "notices": [failure_values(notice) for notice in result.notices],
        "tags": dict(result.tags),
    }


def pass_lines(result: PassResult) -> Iterator[str]:
    """The end of a pass for people."""
    yield f"{'done' if not result.failure else 'ended':<9} {result.remembered.state.value}"
    for failure in filter(None, (result.failure, *result.notices)):
        yield f"{'':<9} {failure}"
        yield f"{'':<9} → {failure.advice}"


def outcome_values(outcome: Outcome) -> Values:
    """The outcome of an order."""
    return {
        "result": outcome.result.value,
        "recorded": outcome.recorded,
        "changes": [
            {"what": change.what, "where": change.where, "because": reason_text(change.because)}
            for change in outcome.changes
        ],
        "ran": [
            {
                "command": ran.command,
                "code": ran.code,
                "seconds": ran.seconds,
                "tail": ran.tail,
                "because": reason_text(ran.because),
            }
            for ran in outcome.ran
        ],
    }
