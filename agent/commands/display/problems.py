"""Pure. The problems of a userdata document: `check`."""

from __future__ import annotations

from collections.abc import Sequence

from agent.commands.display.failure import Values
from agent.configuration.resolving import Problem


def problem_lines(file: str, problems: Sequence[Problem]) -> list[str]:
    """`check` for people, in the form of a compiler's messages."""
    return [_problem_line(file, problem) for problem in problems] or [f"{file}: nothing is wrong"]


def _problem_line(file: str, problem: Problem) -> str:
    place = f"{file}:{problem.line}" if problem.line else file
    hint = f" ({problem.suggestion})" if problem.suggestion else ""
    return f"{': '.join(filter(None, (place, problem.path, problem.message)))}{hint}"


def problem_values(problems: Sequence[Problem]) -> Values:
    """All of `check --json`."""
    return {
        "problems": [
            {
                "code": problem.code.text,
                "line": problem.line,
                "path": problem.path,
                "message": problem.message,
                "suggestion": problem.suggestion,
            }
            for problem in problems
        ]
    }
