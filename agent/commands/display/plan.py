"""Pure. What a pass would change: `plan`."""

from __future__ import annotations

from collections.abc import Iterator

from agent.apply.planning.diff import diff_text
from agent.apply.planning.plan import Plan
from agent.commands.display.failure import Values
from agent.reasons import reason_text


def plan_lines(plan: Plan) -> Iterator[str]:
    """`plan` for people: a diff."""
    text = diff_text(plan).rstrip()
    yield from text.split("\n") if text else ["nothing would change"]


def plan_values(plan: Plan) -> Values:
    """All of `plan --json`."""
    changes = [{"what": step.what, "where": step.where, "because": reason_text(step.because)} for step in plan.steps]
    return {"changes": changes, "diff": diff_text(plan)}
