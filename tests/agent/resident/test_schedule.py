"""When the service is asked again, and when the next pass is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import Code, Failure, Kind
from agent.host.jitter import backoff
from agent.metadata.patience import AskLater, patiently
from agent.resident.schedule import PASS_LEAST_S, first_pass_s, next_pass_s, pass_limit_s
from agent.settings import ScheduleSettings, Settings

HOURLY = ScheduleSettings(interval=3600.0, jitter=600.0)
CHANCES = st.floats(0, 1, exclude_max=True)


class Time:
    """A clock that moves only when somebody sleeps, or when a question takes its time."""

    def __init__(self):
        self.now = 100.0
        self.pauses = []

    def clock(self):
        return self.now

    def sleep(self, seconds):
        self.pauses.append(seconds)
        self.now += seconds


class Question:
    """Fails as it is told, once each, then answers."""

    def __init__(self, *failures, forever=None):
        self.failures = list(failures)
        self.forever = forever
        self.asked = 0

    def __call__(self):
        self.asked += 1
        if self.failures:
            raise self.failures.pop(0)
        if self.forever:
            raise self.forever
        return "answer"


def ask(question, patience_s=120.0, random=lambda: 0.5):
    time = Time()
    try:
        return patiently(question, patience_s, time.clock, time.sleep, random), time
    except Failure as failure:
        return failure, time


SILENT = Failure(Code.METADATA_TIMEOUT, "no answer")


def test_a_first_answer_costs_no_pause():
    assert ask(Question())[1].pauses == []


def test_silence_is_asked_again_with_longer_and_longer_pauses_up_to_a_cap():
    answer, time = ask(Question(*[SILENT] * 7))
    assert (answer, time.pauses) == ("answer", [0.5, 1.0, 2.0, 4.0, 7.5, 7.5, 7.5])


@pytest.mark.parametrize("code", [code for code in Code if code.kind is not Kind.NO_ANSWER])
def test_an_answer_that_counts_is_not_asked_for_again(code):
    question = Question(forever=Failure(code, "as it is"))
    assert ask(question)[0].code is code
    assert question.asked == 1


def test_a_service_that_is_switched_off_is_not_asked_again_in_this_pass():
    question = Question(forever=Failure(Code.METADATA_DISABLED, "403"))
    ask(question)
    assert question.asked == 1


@pytest.mark.parametrize(
    "code", [code for code in Code if code.kind is Kind.NO_ANSWER and code is not Code.METADATA_DISABLED]
)
def test_every_other_silence_may_pass(code):
    assert ask(Question(Failure(code, "for a moment")))[0] == "answer"


def test_the_last_failure_is_raised_when_the_patience_ends():
    failure, time = ask(Question(forever=SILENT), patience_s=60.0)
    assert failure is SILENT
    assert 59.0 <= sum(time.pauses) <= 60.0


@given(st.floats(0, 300), st.floats(0.05, 1, exclude_max=True))
def test_no_pause_outlasts_the_patience_whatever_chance_says(patience_s, chance):
    failure, time = ask(Question(forever=SILENT), patience_s, lambda: chance)
    assert failure is SILENT
    assert sum(time.pauses) <= patience_s


def test_a_service_that_says_when_to_come_back_is_not_asked_before():
    told = AskLater(Code.METADATA_UNAVAILABLE, "429", after_s=30.0)
    answer, time = ask(Question(told))
    assert (answer, time.pauses) == ("answer", [30.5])


def test_a_service_that_says_to_come_back_too_late_is_not_waited_for():
    told = AskLater(Code.METADATA_UNAVAILABLE, "429", after_s=130.0)
    assert ask(Question(told))[0] is told


@given(st.integers(0, 10_000), CHANCES)
def test_a_backoff_never_exceeds_its_cap(attempt, chance):
    assert 0 <= backoff(attempt, 1.0, 15.0, lambda: chance) <= 15.0


def test_a_backoff_takes_any_part_of_its_longest_pause():
    assert [backoff(2, 1.0, 15.0, lambda part=part: part) for part in (0.0, 0.25, 0.5)] == [0.0, 1.0, 2.0]


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
def test_after_failures_nobody_waits_longer_than_the_interval_or_hammers(failures, chance, interval, affordable):
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
