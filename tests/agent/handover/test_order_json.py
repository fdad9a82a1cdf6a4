"""Order, confirmation and outcome: what is written is read back, and anything else is refused."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from some_reasons import REASONS, STEP_REASONS

from agent.errors import Code, Failure
from agent.handover.order import (
    Apply,
    Change,
    Confirmation,
    Decision,
    Outcome,
    Ran,
    Result,
    RollBack,
    Scrub,
)
from agent.handover.order_json import (
    confirmation_from_json,
    confirmation_to_json,
    order_from_json,
    order_to_json,
    outcome_from_json,
    outcome_to_json,
)
from agent.reasons import Cause, EarlierText

NAMES = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=20)
TEXTS = st.text(max_size=40)
FAILURES = st.none() | st.builds(Failure, st.sampled_from(Code), TEXTS, where=TEXTS)
VALUES = st.dictionaries(TEXTS, TEXTS, max_size=3)
APPLIES = st.builds(
    Apply,
    NAMES,
    NAMES,
    st.dictionaries(TEXTS, TEXTS | st.integers() | st.none(), max_size=3),
    NAMES,
    st.binary(max_size=60),
    st.dictionaries(NAMES, VALUES, max_size=3),
)
ORDERS = APPLIES | st.builds(RollBack, NAMES) | st.builds(Scrub, NAMES)
CHANGES = st.lists(st.builds(Change, TEXTS, TEXTS, REASONS), max_size=3).map(tuple)
RUNS = st.lists(st.builds(Ran, TEXTS, st.integers(-64, 255), st.floats(0, 3600), TEXTS, STEP_REASONS), max_size=3).map(
    tuple
)
NAMED = st.none() | NAMES
OUTCOMES = st.builds(Outcome, NAMED, NAMED, st.sampled_from(Result), CHANGES, st.booleans(), FAILURES, RUNS, NAMED)
CONFIRMATIONS = st.builds(Confirmation, NAMES, st.sampled_from(Decision), FAILURES)
READERS = (order_from_json, outcome_from_json, confirmation_from_json)


@given(ORDERS)
def test_an_order_is_read_back(order):
    assert order_from_json(order_to_json(order)) == order


@pytest.mark.parametrize(
    ("task", "order"),
    [
        ("apply", Apply("o", "d", {"hostname": "gw"}, "8981", b"text", {"tags": {}})),
        ("roll_back", RollBack("o")),
        ("scrub", Scrub("o", b"text")),
    ],
)
def test_an_order_of_the_version_before_is_read(task, order):
    members = {
        "version": 1,
        "order_id": "o",
        "digest": "d",
        "document": {"hostname": "gw"},
        "card": "8981",
        "confirm_within_s": 120.0,
        "userdata": "dGV4dA==",
        "names": {"tags": {}},
        "task": task,
    }
    assert order_from_json(json.dumps(members)) == order


@given(OUTCOMES)
def test_an_outcome_is_read_back(outcome):
    assert outcome_to_json(outcome_from_json(outcome_to_json(outcome))) == outcome_to_json(outcome)


def test_an_outcome_of_the_version_before_is_read():
    text = (
        '{"changes":[["recorded: disabled","app.service","no longer named"],["changed","/etc/hostname","hostname"]],'
        '"digest":"d","failure":null,"order_id":"second","ran":[["true",0,0.1,"","runcmd[0]"]],"recorded":true,'
        '"result":"unconfirmed","version":1}\n'
    )
    changes = (
        Change("recorded: disabled", "app.service", Cause.NO_LONGER_NAMED),
        Change("changed", "/etc/hostname", EarlierText("hostname")),
    )
    ran = Ran("true", 0, 0.1, "", EarlierText("runcmd[0]"))
    assert outcome_from_json(text) == Outcome("second", "d", Result.UNCONFIRMED, changes, recorded=True, ran=(ran,))


@pytest.mark.parametrize(("code", "seconds"), [(1 << 17, 1), (0, 10**400), (0, -1), (0, "NaN"), (0, "Infinity")])
def test_a_number_beyond_all_sense_is_refused(code, seconds):
    text = outcome_to_json(Outcome("1", "d", Result.COMMITTED, ran=(Ran("true", 0, 0.5, "", Cause.NO_LONGER_NAMED),)))
    with pytest.raises(Failure) as raised:
        outcome_from_json(text.replace('"true",0,0.5', f'"true",{code},{seconds}'))
    assert raised.value.code is Code.ORDER_INVALID


@given(CONFIRMATIONS)
def test_a_confirmation_is_read_back(confirmation):
    assert confirmation_to_json(confirmation_from_json(confirmation_to_json(confirmation))) == confirmation_to_json(
        confirmation
    )


@pytest.mark.parametrize("read", READERS)
@given(st.text() | st.sampled_from(["[" * 100_000, '{"version": 1}', "null"]))
def test_any_other_text_is_refused(read, text):
    with pytest.raises(Failure) as raised:
        read(text)
    assert raised.value.code is Code.ORDER_INVALID


@pytest.mark.parametrize("read", READERS)
@given(st.data())
def test_a_member_of_the_wrong_kind_is_refused_or_meant(read, data):
    made = {
        order_from_json: ORDERS.map(order_to_json),
        outcome_from_json: OUTCOMES.map(outcome_to_json),
        confirmation_from_json: CONFIRMATIONS.map(confirmation_to_json),
    }[read]
    text = data.draw(made)
    cut = data.draw(st.integers(0, len(text) - 2))
    with pytest.raises(Failure):
        read(text[:cut])
