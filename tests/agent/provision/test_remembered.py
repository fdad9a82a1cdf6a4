"""What the device remembers, and its JSON form."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import Code, Failure
from agent.provision.lifecycle import State
from agent.provision.remembered import Remembered, from_json, to_json

FIRST = Remembered(State.PROVISIONED, in_force="a" * 64, card="8981000000000000001", changed_at="2026-11-23T09:00:00Z")


def members(remembered):
    return [str(getattr(remembered, item.name)) for item in fields(remembered)]


texts = st.none() | st.text(max_size=80)
numbers = st.integers(0, 1_000_000)
failures = st.none() | st.builds(Failure, st.sampled_from(Code), st.text(), where=st.text())
kinds = {
    "State": st.sampled_from(State),
    "str | None": texts,
    "int": numbers,
    "bool": st.booleans(),
    "Failure | None": failures,
}


@given(st.builds(Remembered, **{item.name: kinds[item.type] for item in fields(Remembered)}))
def test_everything_that_can_be_remembered_comes_back(remembered):
    assert members(from_json(to_json(remembered))) == members(remembered)


@given(st.binary())
def test_any_other_bytes_are_refused(content):
    with pytest.raises(ValueError, match=r"."):
        from_json(content)


def test_a_failure_that_only_another_version_knows_is_forgotten():
    content = to_json(replace(FIRST, failure=Failure(Code.APPLY_FAILED, "x"))).replace(b"apply.failed", b"apply.newer")
    assert from_json(content) == FIRST


def test_the_order_that_was_carried_out_keeps_its_member_of_earlier_versions():
    assert from_json(b'{"version": 1, "state": "new", "obeyed": "hold 2"}').last_order == "hold 2"
    assert b'"obeyed": "hold 2"' in to_json(replace(FIRST, last_order="hold 2"))
