"""Reasons are read back as they were written; a text of version 1 is a reason too, and nothing else is."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from some_reasons import REASONS, STEP_REASONS

from agent.errors import Code
from agent.handover.reason_json import reason_from_json, reason_to_json, step_reason_from_json
from agent.reasons import Cause, DocumentKey, Drift, EarlierText, NotDone, reason_text


@given(REASONS)
def test_a_reason_is_read_back(reason):
    assert reason_from_json(json.loads(json.dumps(reason_to_json(reason)))) == reason


@given(STEP_REASONS)
def test_the_reason_of_a_step_is_read_back(reason):
    assert step_reason_from_json(json.loads(json.dumps(reason_to_json(reason)))) == reason


@pytest.mark.parametrize("reason", [Drift(DocumentKey(("x",))), NotDone(Code.APPLY_FAILED, "y")])
def test_a_reason_why_nothing_is_done_is_no_reason_of_a_step(reason):
    with pytest.raises(ValueError, match="not a reason"):
        step_reason_from_json(reason_to_json(reason))


@pytest.mark.parametrize("cause", Cause)
def test_a_text_of_version_1_that_names_a_cause_is_that_cause(cause):
    assert reason_from_json(reason_text(cause)) is cause


@pytest.mark.parametrize("text", ["write_files[2]", "write_files[2]: directory above it", ""])
def test_any_other_text_of_version_1_is_kept(text):
    assert reason_from_json(text) == EarlierText(text)


@given(st.recursive(st.none() | st.booleans() | st.integers(), lambda inner: st.lists(inner, max_size=3), max_leaves=4))
def test_anything_without_a_kind_is_refused(value):
    with pytest.raises(ValueError, match="not a"):
        reason_from_json(value)


@pytest.mark.parametrize(
    "value",
    [
        ["key"],
        ["key", 1],
        ["key", "a", None],
        ["key", "a", True],
        ["cause", "unheard_of"],
        ["cause", []],
        ["directory_above", ["directory_above", ["key", "a"]]],
        ["directory_above", ["drift", "a"]],
        ["not_done", "no.such.code", "x"],
        ["earlier", 1],
    ],
)
def test_a_damaged_reason_is_refused(value):
    with pytest.raises(ValueError, match="not a"):
        reason_from_json(value)
