"""The closed family of failures: every code is unique, used, documented, and seen in a test."""

import os
from pathlib import Path

import pytest

from agent.errors import Code, Failure, FailureKind

TESTS = Path(__file__).parents[1]
SEEN = "\n".join(
    path.read_text() for path in TESTS.rglob("*") if path.suffix in {".py", ".toml"} and path != Path(__file__)
)
EXIT_CODES = {getattr(os, name) for name in dir(os) if name.startswith("EX_")}


@pytest.mark.parametrize("code", Code, ids=lambda code: code.text)
def test_every_code_is_seen_in_a_test(code):
    assert f"Code.{code.name}" in SEEN or f'"{code.text}' in SEEN


@pytest.mark.parametrize("code", Code, ids=lambda code: code.text)
def test_every_code_is_a_sentence_an_advice_and_an_exit_code_of_sysexits(code):
    assert isinstance(code.kind, FailureKind)
    assert code.exit_code in EXIT_CODES - {os.EX_OK}
    assert code.summary[0].isupper()
    assert not code.summary.endswith(".")
    assert code.advice.endswith(".")


def test_a_failure_has_its_code_its_place_and_the_cause():
    assert (
        str(Failure(Code.APPLY_FAILED, "no such directory", where="/etc/x"))
        == "apply.failed: /etc/x: no such directory"
    )
    assert Failure(Code.APPLY_FAILED, "x").advice == Code.APPLY_FAILED.advice
    assert Failure(Code.APPLY_FAILED, "x", advice="Do this.").advice == "Do this."


def test_the_text_of_the_operating_system_is_taken_in_one_place():
    readers = {path.name for path in (TESTS.parent / "agent").rglob("*.py") if "error.strerror" in path.read_text()}
    assert readers == {"errors.py"}
