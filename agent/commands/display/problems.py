"""Pure. The problems of a userdata document: `check`."""

from __future__ import annotations

from collections.abc import Sequence
from unicodedata import east_asian_width

from agent.commands.display.failure import Values
from agent.configuration.resolving import Problem

MAX_WIDTH = 120
"""Characters of a line of the document that are shown."""


def problem_lines(file: str, problems: Sequence[Problem], text: str) -> list[str]:
    """`check` for people, in the form of a compiler's messages, with the line and a mark below its column."""
    lines = text.splitlines()
    shown = [line for problem in problems for line in (_problem_line(file, problem), *_marked(problem, lines))]
    return shown or [f"{file}: nothing is wrong"]


def _marked(problem: Problem, lines: Sequence[str]) -> list[str]:
    if not problem.line or not problem.column or problem.line > len(lines):
        return []
    line = "".join(letter if letter.isprintable() else " " for letter in lines[problem.line - 1])
    before = line[: problem.column - 1]
    if len(line) > MAX_WIDTH or problem.column > len(line) + 1:
        return []
    return [f"    {line}", f"    {''.join(_blank(letter) for letter in before)}^"]


def _blank(letter: str) -> str:
    """A blank as wide as the letter on a terminal (UAX 11)."""
    return "\u3000" if east_asian_width(letter) in {"W", "F"} else " "


def _problem_line(file: str, problem: Problem) -> str:
    place = ":".join(str(part) for part in (file, problem.line, problem.column) if part)
    hint = f" ({problem.suggestion})" if problem.suggestion else ""
    return f"{': '.join(filter(None, (place, problem.path, problem.message)))}{hint}"


def problem_values(problems: Sequence[Problem]) -> Values:
    """All of `check --json`."""
    return {
        "problems": [
            {
                "code": problem.code.text,
                "line": problem.line,
                "column": problem.column,
                "path": problem.path,
                "message": problem.message,
                "suggestion": problem.suggestion,
            }
            for problem in problems
        ]
    }
