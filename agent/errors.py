"""Values. A failure outside the program: `Failure`, with a code of the closed table in `agent.codes`.

Examples are a missing file, a silent modem and a wrong document. A failure names what was wrong, where, and what to do,
and is shown to people without a traceback. Any other exception is a bug.
"""

from __future__ import annotations

from agent.codes import Code, FailureKind

__all__ = ["Code", "Failure", "FailureKind", "failure_from"]


class Failure(Exception):
    """Something outside went wrong: `code`, what was wrong (`detail`), `where`, and what to do (`advice`)."""

    def __init__(self, code: Code, detail: str, *, where: str = "", advice: str = "") -> None:
        self.code = code
        self.detail = detail
        self.where = where
        self.advice = advice or code.advice
        super().__init__(code, detail, where, advice)

    def __eq__(self, other: object) -> bool:
        """A failure is a value: two with the same members are the same."""
        return isinstance(other, Failure) and self._members() == other._members()

    def __hash__(self) -> int:
        return hash(self._members())

    def _members(self) -> tuple[Code, str, str, str]:
        return self.code, self.detail, self.where, self.advice

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{self.code.text}: {place}{self.detail}"


NOT_ALLOWED = "This user may not do that: run the command with sudo, or as the owner of the named file or directory."


def failure_from(error: OSError, code: Code, where: object = "", *, advice: str = "") -> Failure:
    """A refusal of the operating system as a failure: its text under `code`, and the place that it is about."""
    if isinstance(error, PermissionError):
        advice = advice or NOT_ALLOWED
    return Failure(code, text_of(error), where=str(where), advice=advice)


def text_of(error: OSError) -> str:
    """The operating system's text for a refusal."""
    return error.strerror or str(error)
