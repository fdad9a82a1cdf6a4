"""Story. Confirm: an applied configuration is kept if modem and service still answer, and is taken back otherwise."""

from __future__ import annotations

from agent.errors import Code, Failure
from agent.handover.order import Outcome
from agent.provision.edges import Edges, PassStage, ProofRequest
from agent.provision.pass_result import PassResult, Reached, Reported
from agent.provision.proof import why_no_witness
from agent.provision.remember import now
from agent.provision.report import report_of_applied, reported_as_proof
from agent.reasons import reason_text
from agent.settings import Settings

MAX_OUTPUT_SHOWN = 200
"""Characters of a command's output that are shown while a pass goes on; `--json` has all that was kept."""


def show_changes(edges: Edges, outcome: Outcome) -> None:
    """Shows what an order changed, and the commands that failed."""
    for change in outcome.changes:
        edges.show(PassStage.APPLY, f"{change.what} {change.where} ({reason_text(change.because)})")
    for ran in outcome.ran:
        if ran.code != 0:
            output = ran.tail[-MAX_OUTPUT_SHOWN:]
            edges.show(PassStage.NOTICE, f"{reason_text(ran.because)}: {ran.command}: exit code {ran.code}: {output}")


def reach_service(settings: Settings, edges: Edges, so_far: PassResult) -> Reached:
    """Whether the modem still answers, and whether a process that starts now reaches the service."""
    applied_at = now(edges) if so_far.subscriber else None
    within_s = settings.apply.confirm_within
    if failure := why_no_witness(edges.read_equipment, so_far.remembered.witness, within_s):
        return Reached(applied_at, Reported(), failure)
    unsent = report_of_applied(edges, so_far, applied_at)
    proven = edges.prove(ProofRequest(unsent.tags, within_s))
    return Reached(applied_at, reported_as_proof(edges, unsent, proven), proven.failure)


def keep_or_undo(edges: Edges, reached: Reached) -> Outcome:
    """Orders the root half to keep the applied configuration, or to take it back where a part of the proof failed."""
    if failure := reached.failure:
        edges.show(PassStage.CONFIRM, f"{failure}; taking everything back")
        unproven = failure.code is Code.APPLY_UNCONFIRMED
        return edges.root_half.undo(failure if unproven else Failure(Code.APPLY_UNCONFIRMED, str(failure)))
    edges.show(PassStage.CONFIRM, "the metadata service still answers")
    return edges.root_half.confirm()
