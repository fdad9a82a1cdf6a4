"""The SIM id that a call of the platform names."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.hook.hint import hinted_sim_id

SIM = "8942310000000000001"


@pytest.mark.parametrize(
    "event",
    [
        {"sim": SIM},
        {"simId": SIM, "more": 1},
        {"imsi": "001010000000001", "parameter1": SIM},
        json.dumps({"sim": SIM}),
        json.dumps({"sim": SIM}).encode(),
    ],
)
def test_a_sim_is_named_by_a_web_request_or_a_lambda_event(event):
    assert hinted_sim_id(event) == SIM


@pytest.mark.parametrize(
    "event",
    [
        None,
        [],
        1,
        "",
        "x",
        b"\xff",
        {},
        {"sim": 1},
        {"sim": "../1"},
        {"sim": "1" * 99},
        {"sim": "${simId}"},
        "[" * 9999,
    ],
    ids=lambda event: repr(event)[:20],
)
def test_a_call_without_a_sim_id_is_no_hint(event):
    assert hinted_sim_id(event) is None


@given(st.binary(max_size=200) | st.text(max_size=200) | st.dictionaries(st.text(max_size=9), st.text(max_size=30)))
def test_any_call_gives_a_number_or_nothing(event):
    found = hinted_sim_id(event)
    assert found is None or found.isdecimal()
