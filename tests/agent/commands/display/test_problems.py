"""The problems of a document, for people and for programs."""

import pytest

from agent.commands.display.problems import problem_lines, problem_values
from agent.configuration.resolving import Problem
from agent.errors import Code

WRONG_KEY = Problem(Code.USERDATA_UNKNOWN_KEY, 3, 1, "hostnam", "is not a key", "did you mean hostname?")
WHOLE = Problem(Code.USERDATA_INVALID, None, None, "", "is empty")


def test_a_problem_has_the_form_of_a_compilers_message():
    assert problem_lines("u.yaml", [WRONG_KEY, WHOLE], "a: 1\nb: 2\nhostnam: x\n") == [
        "u.yaml:3:1: hostnam: is not a key (did you mean hostname?)",
        "    hostnam: x",
        "    ^",
        "u.yaml: is empty",
    ]


def test_a_document_without_problems_is_one_line():
    assert problem_lines("u.yaml", [], "") == ["u.yaml: nothing is wrong"]


def test_programs_get_every_part_of_a_problem():
    assert problem_values([WRONG_KEY])["problems"] == [
        {
            "code": "userdata.unknown_key",
            "line": 3,
            "column": 1,
            "path": "hostnam",
            "message": "is not a key",
            "suggestion": "did you mean hostname?",
        }
    ]


@pytest.mark.parametrize(
    ("line", "column", "mark"),
    [
        ("名前: x", 3, "\u3000\u3000^"),
        ("a\x1b[31m: x", 2, " ^"),
    ],
)
def test_the_mark_stands_below_its_column_and_nothing_else_reaches_the_terminal(line, column, mark):
    problem = Problem(Code.USERDATA_SYNTAX, 1, column, "", "wrong")
    _, shown, below = problem_lines("u", [problem], line)
    assert (shown.isprintable(), below) == (True, f"    {mark}")


@pytest.mark.parametrize(("line", "column"), [(9, 1), (1, 99), (None, None)])
def test_a_place_outside_the_text_has_no_line(line, column):
    assert len(problem_lines("u", [Problem(Code.USERDATA_SYNTAX, line, column, "", "wrong")], "a: 1")) == 1
