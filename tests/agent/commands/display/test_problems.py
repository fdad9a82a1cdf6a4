"""The problems of a document, for people and for programs."""

from agent.commands.display.problems import problem_lines, problem_values
from agent.configuration.resolving import Problem
from agent.errors import Code

WRONG_KEY = Problem(Code.USERDATA_UNKNOWN_KEY, 3, 1, "hostnam", "is not a key", "did you mean hostname?")
WHOLE = Problem(Code.USERDATA_INVALID, None, None, "", "is empty")


def test_a_problem_has_the_form_of_a_compilers_message():
    assert problem_lines("u.yaml", [WRONG_KEY, WHOLE]) == [
        "u.yaml:3: hostnam: is not a key (did you mean hostname?)",
        "u.yaml: is empty",
    ]


def test_a_document_without_problems_is_one_line():
    assert problem_lines("u.yaml", []) == ["u.yaml: nothing is wrong"]


def test_programs_get_every_part_of_a_problem():
    assert problem_values([WRONG_KEY])["problems"] == [
        {
            "code": "userdata.unknown_key",
            "line": 3,
            "path": "hostnam",
            "message": "is not a key",
            "suggestion": "did you mean hostname?",
        }
    ]
