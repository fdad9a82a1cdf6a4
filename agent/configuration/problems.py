"""Values. Where something is in a document, and what is wrong with it there.

A `Fault` is found without knowing lines; a `Problem` is a fault with its line, as people are shown it. Neither ever
quotes a value that may be a secret.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from agent.errors import Code, Failure
from agent.frozen import frozen
from agent.key_path import KeyPath, path_text

MAX_NAMED = 15
"""The most problems that one failure names."""


@frozen
class Place:
    """Line and column in the text, counted from one."""

    line: int
    column: int


@frozen
class Fault:
    """A fault, with its path in the document."""

    path: KeyPath
    message: str
    code: Code = Code.USERDATA_INVALID
    suggestion: str = ""


@frozen
class Problem:
    """A fault as a person reads it, with line and column."""

    code: Code
    line: int | None
    """From one; None where there is no text to count lines in."""
    column: int | None
    path: str
    """`write_files[2].path`; empty for the document as a whole."""
    message: str
    suggestion: str = ""
    """The right text, where it is known; else empty."""

    @property
    def where(self) -> str:
        """Line and path, as far as they are known."""
        line = f"line {self.line}" if self.line else ""
        return ", ".join(part for part in (line, self.path) if part)

    @property
    def what(self) -> str:
        """Message and suggestion in one sentence."""
        return f"{self.message}; {self.suggestion}" if self.suggestion else self.message

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" if self.where else self.what


class Refused(Exception):
    """The document is refused, for one problem or more."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    @classmethod
    def at(cls, place: Place | None, message: str, code: Code = Code.USERDATA_SYNTAX) -> Refused:
        """Refused for the text as such."""
        line, column = (place.line, place.column) if place else (None, None)
        return cls((Problem(code, line, column, "", message),))

    def failure(self) -> Failure:
        """The problems as one failure: the first one, then the others."""
        first, *others = self.problems
        named = "".join(f"; also {problem}" for problem in others[: MAX_NAMED - 1])
        rest = f"; and {len(others) - MAX_NAMED + 1} more" if len(others) >= MAX_NAMED else ""
        return Failure(first.code, f"{first.what}{named}{rest}", where=first.where)


class NotYaml(Refused):
    """The text breaks a rule of YAML itself; the problem has the parser's message."""


def located(faults: Iterable[Fault], places: Mapping[KeyPath, Place]) -> tuple[Problem, ...]:
    """Faults with their lines, in the order of the text, without duplicates."""
    found = {(fault.path, fault.message): _problem(fault, places) for fault in faults}
    return tuple(sorted(found.values(), key=lambda problem: (problem.line or 0, problem.column or 0)))


def _problem(fault: Fault, places: Mapping[KeyPath, Place]) -> Problem:
    """Where the path itself has no place (it came by an alias, or is missing), what is above it has."""
    above = (fault.path[:length] for length in range(len(fault.path), -1, -1))
    place = next((places[path] for path in above if path in places), None)
    line, column = (place.line, place.column) if place else (None, None)
    return Problem(fault.code, line, column, path_text(fault.path), fault.message, fault.suggestion)
