"""What a device may carry in a month, what it has carried, and how it makes that last."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.resident.pace import LONGEST_PAUSE_S, RESERVE
from agent.resident.traffic_record import (
    MOST_BYTES,
    MOST_PASSES,
    TrafficRecord,
    affordable_pause_s,
    after_pass,
    expected_bytes,
    record_of,
    record_values,
)
from agent.setting_values import Budget, parse_budget

MONTH = timedelta(days=30)
BUDGET = Budget(1_000_000, MONTH)
NOW = datetime(2026, 11, 23, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("text", "budget"),
    [
        ("1 MB/month", BUDGET),
        ("40 kB/day", Budget(40_000, timedelta(days=1))),
        ("7 B / week", Budget(7, timedelta(7))),
        ("", None),
    ],
)
def test_a_budget_is_written_with_its_unit(text, budget):
    assert parse_budget(text) == budget


@pytest.mark.parametrize(
    "text", ["1MB", "0 MB/month", "-1 MB/month", "1.5 MB/month", "1 mb/month", "1 MB/year", 7, None, "x"]
)
def test_anything_else_is_refused_with_an_example(text):
    with pytest.raises(ValueError, match="1 MB/month"):
        parse_budget(text)


def test_a_month_of_polls_fits_into_its_budget():
    now, record = NOW, TrafficRecord()
    while now < NOW + MONTH:
        record = after_pass(record, 1100, now, MONTH)
        now += timedelta(seconds=max(900.0, affordable_pause_s(BUDGET, record, now)))
    assert record.bytes <= BUDGET.bytes * (1 - RESERVE) + 1100
    assert record.bytes >= BUDGET.bytes * (1 - RESERVE) * 0.95


def test_a_month_in_which_something_large_was_fetched_still_ends_with_a_poll_a_day():
    record = after_pass(TrafficRecord(), 5_000_000, NOW, MONTH)
    assert affordable_pause_s(BUDGET, record, NOW) == LONGEST_PAUSE_S


def test_a_new_period_begins_with_an_empty_ledger():
    used = TrafficRecord(NOW, 800, 900_000)
    assert after_pass(used, 1000, NOW + MONTH, MONTH) == TrafficRecord(NOW + MONTH, 1, 1000)


def test_a_clock_that_went_back_begins_a_new_period():
    assert after_pass(TrafficRecord(NOW, 5, 5000), 1, NOW - timedelta(days=400), MONTH).bytes == 1


def test_what_was_carried_before_any_clock_could_be_trusted_is_not_forgotten():
    before = after_pass(TrafficRecord(), 700, None, MONTH)
    assert before == TrafficRecord(None, 1, 700)
    assert after_pass(before, 300, NOW, MONTH) == TrafficRecord(NOW, 2, 1000)
    assert affordable_pause_s(BUDGET, before, None) > 0


@given(MOMENTS, MOMENTS, st.integers(0, 10**6), st.integers(0, 10**12), st.integers(1, 10**12))
def test_the_next_pass_is_never_further_away_than_a_day_and_never_in_the_past(since, now, passes, carried, size):
    budget, record = Budget(size, MONTH), TrafficRecord(since, passes, carried)
    pause_s = affordable_pause_s(budget, record, now)
    assert 0 <= pause_s <= LONGEST_PAUSE_S
    assert expected_bytes(record, budget, now, max(pause_s, 60)) >= record.bytes


@given(st.builds(TrafficRecord, st.none() | MOMENTS, st.integers(0, MOST_PASSES), st.integers(0, MOST_BYTES)))
def test_a_ledger_comes_back(record):
    assert record_of(record_values(record)) == record
