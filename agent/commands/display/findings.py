"""Pure. The findings of the doctor: `doctor`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from agent.commands.display.failure import Values
from agent.upkeep.findings import Finding, Level

_MARKS = {Level.OK: "ok", Level.WARNING: "!!", Level.FAULT: "XX", Level.SKIPPED: "--"}


def finding_lines(finding: Finding) -> Iterator[str]:
    """One finding, and what to do about it."""
    yield f"{_MARKS[finding.level]}  {finding.name:<26} {finding.what}"
    if finding.advice:
        yield f"    {'':<26} → {finding.advice}"


def finding_values(findings: Iterable[Finding]) -> Values:
    """All of `doctor --json`."""
    return {
        "findings": [
            {"name": finding.name, "level": finding.level.value, "what": finding.what, "advice": finding.advice}
            for finding in findings
        ]
    }
