"""When the metadata service is asked again within one pass."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import Code, Failure, FailureKind
from agent.metadata.patience import AskLater, patiently


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
    """Fails in each given way once, then answers."""

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


@pytest.mark.parametrize("code", [code for code in Code if code.kind is not FailureKind.NO_ANSWER])
def test_an_answer_that_counts_is_not_asked_for_again(code):
    question = Question(forever=Failure(code, "as it is"))
    assert ask(question)[0].code is code
    assert question.asked == 1


def test_a_service_that_is_switched_off_is_not_asked_again_in_this_pass():
    question = Question(forever=Failure(Code.METADATA_DISABLED, "403"))
    ask(question)
    assert question.asked == 1


@pytest.mark.parametrize(
    "code", [code for code in Code if code.kind is FailureKind.NO_ANSWER and code is not Code.METADATA_DISABLED]
)
def test_every_other_silence_may_pass(code):
    assert ask(Question(Failure(code, "for a moment")))[0] == "answer"


def test_the_last_failure_is_raised_when_the_patience_ends():
    failure, time = ask(Question(forever=SILENT), patience_s=60.0)
    assert failure is SILENT
    assert 59.0 <= sum(time.pauses) <= 60.0


@given(st.floats(0, 300), st.floats(0.05, 1, exclude_max=True))
def test_no_pause_outlasts_the_patience_whatever_the_random_number(patience_s, chance):
    failure, time = ask(Question(forever=SILENT), patience_s, lambda: chance)
    assert failure is SILENT
    assert sum(time.pauses) <= patience_s


def test_a_service_that_names_the_time_of_the_next_request_is_not_asked_before():
    text = AskLater(Code.METADATA_UNAVAILABLE, "429", after_s=30.0)
    answer, time = ask(Question(text))
    assert (answer, time.pauses) == ("answer", [30.5])


def test_a_service_that_names_too_late_a_time_is_not_waited_for():
    text = AskLater(Code.METADATA_UNAVAILABLE, "429", after_s=130.0)
    assert ask(Question(text))[0] is text
