"""How often a budget lets a device ask."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.resident.pace import (
    LONGEST_PAUSE_S,
    TYPICAL_PASS_BYTES,
    affordable_pause_s,
    at_ip_layer,
    cost_of_a_pass,
    pause_without_failure_s,
)

DAY_S = 86400.0


def test_the_headers_of_the_network_count():
    assert at_ip_layer(1000, connections=1, requests=2) == 1000 + 392 + 2 * 156


@pytest.mark.parametrize(("passes", "carried", "cost"), [(0, 0, TYPICAL_PASS_BYTES), (4, 4000, 1000.0), (5, 0, 1.0)])
def test_a_pass_costs_the_mean_of_those_before(passes, carried, cost):
    assert cost_of_a_pass(passes, carried) == cost


def test_nine_tenths_of_the_budget_are_spread_over_what_is_left_of_the_period():
    assert affordable_pause_s(100_000, 10 * DAY_S, 10, 10_000, 0.0) == pytest.approx(10 * DAY_S / 80)


def test_a_budget_that_is_used_up_waits_for_the_next_period_but_for_a_day_at_most():
    assert affordable_pause_s(1000, 30 * DAY_S, 10, 10_000, 0.0) == LONGEST_PAUSE_S
    assert affordable_pause_s(1000, DAY_S, 10, 10_000, DAY_S - 60) == pytest.approx(60)


def test_without_a_clock_the_whole_period_is_divided():
    assert affordable_pause_s(100_000, DAY_S, 10, 10_000, None) == pytest.approx(DAY_S / 90)


@given(st.integers(1, 10**9), st.floats(60, 1e8), st.integers(0, 10**6), st.integers(0, 10**12), st.floats(0, 1e9))
def test_a_pause_is_never_negative_and_never_longer_than_the_longest(budget, period_s, passes, carried, age_s):
    assert 0 <= affordable_pause_s(budget, period_s, passes, carried, age_s) <= LONGEST_PAUSE_S


def test_the_longer_of_interval_and_budget_counts_and_the_jitter_is_added():
    assert pause_without_failure_s(3600, 60, 7) == 3607
    assert pause_without_failure_s(60, 3600, 7) == 3607
