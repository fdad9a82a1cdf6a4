"""When the service is asked again, and when the next pass is."""

from hypothesis import given
from hypothesis import strategies as st

from agent.resident.schedule import PASS_LEAST_S, first_pass_s, next_pass_s, pass_limit_s
from agent.settings import ScheduleSettings, Settings

HOURLY = ScheduleSettings(interval=3600.0, jitter=600.0)
CHANCES = st.floats(0, 1, exclude_max=True)


def test_after_a_good_pass_the_next_one_comes_after_the_interval_and_this_sims_part_of_the_jitter():
    pauses = {next_pass_s(HOURLY, 0, card, 0.0, lambda: 0.5) for card in ("1", "2", "3")}
    assert len(pauses) == 3
    assert all(3600.0 <= pause < 4200.0 for pause in pauses)
    assert next_pass_s(HOURLY, 0, "1", 0.0, lambda: 0.1) == next_pass_s(HOURLY, 0, "1", 0.0, lambda: 0.9)


def test_a_budget_that_runs_down_widens_the_interval():
    assert next_pass_s(ScheduleSettings(900.0, 0.0), 0, "1", 7200.0, lambda: 0.0) == 7200.0
    assert next_pass_s(ScheduleSettings(900.0, 0.0), 1, "1", 7200.0, lambda: 0.0) == PASS_LEAST_S
    assert next_pass_s(ScheduleSettings(900.0, 0.0), 99, "1", 7200.0, lambda: 0.0) == 900.0


def test_after_failures_the_next_pass_comes_sooner_and_then_ever_later():
    pauses = [next_pass_s(HOURLY, failures, "1", 0.0, lambda: 0.5) for failures in range(1, 9)]
    assert pauses == [30.0, 60.0, 120.0, 240.0, 480.0, 960.0, 1800.0, 1800.0]


@given(st.integers(1, 10_000), CHANCES, st.floats(0.001, 100_000), st.floats(0, 100_000))
def test_after_failures_the_pause_is_at_most_the_interval_and_never_short(failures, chance, interval, affordable):
    pause = next_pass_s(ScheduleSettings(interval, 600.0), failures, "1", affordable, lambda: chance)
    assert min(PASS_LEAST_S, interval) <= pause <= interval


def test_a_fleet_that_comes_back_at_one_moment_is_spread_evenly_and_always_in_the_same_order():
    cards = [f"89810000000000{number:05}" for number in range(10_000)]
    arrivals = {card: first_pass_s(HOURLY, card) for card in cards}
    assert arrivals == {card: first_pass_s(HOURLY, card) for card in reversed(cards)}
    each_minute = [sum(minute <= at / 60 < minute + 1 for at in arrivals.values()) for minute in range(10)]
    assert sum(each_minute) == 10_000
    assert 900 < min(each_minute) <= max(each_minute) < 1100


def test_a_pass_may_take_longer_where_the_settings_are_patient():
    assert pass_limit_s(Settings()) > Settings().metadata.patience + Settings().apply.confirm_within
