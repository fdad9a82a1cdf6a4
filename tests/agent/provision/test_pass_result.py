"""The result of a pass, put together from the values that its steps return."""

import pytest
from scripted_edges import EQUIPMENT, SUBSCRIBER

from agent.errors import Code, Failure
from agent.handover.order import Outcome, Result
from agent.provision.binding import Match, Mismatch
from agent.provision.lifecycle import Event, State
from agent.provision.memory import Occurred
from agent.provision.pass_result import (
    Bound,
    Followed,
    Identified,
    ModemRead,
    PassLog,
    PassResult,
    QuietPoll,
    Reached,
    Reported,
    Saved,
    Stopped,
    with_value,
)
from agent.provision.remembered import Remembered

START = PassResult(Remembered())
SILENT, SILENT_AGAIN = Failure(Code.MODEM_SILENT, "no answer"), Failure(Code.MODEM_SILENT, "no answer")


def after(*values):
    result = START
    for value in values:
        result = with_value(result, value)
    return result


def test_the_values_of_the_steps_add_up():
    saved = Saved(Remembered(State.PROVISIONED), Occurred(Event.CONFIRMED, in_force="d"))
    outcome = Outcome("1", "d", Result.COMMITTED)
    match = Match("agree", ())
    assert after(Identified(SUBSCRIBER, EQUIPMENT), Bound(match), outcome, saved) == PassResult(
        Remembered(State.PROVISIONED),
        Event.CONFIRMED,
        subscriber=SUBSCRIBER,
        equipment=EQUIPMENT,
        verdict=match,
        outcome=outcome,
    )


def test_a_sim_that_is_in_doubt_is_not_known_any_more():
    result = after(Identified(SUBSCRIBER, EQUIPMENT), ModemRead(EQUIPMENT))
    assert (result.subscriber, result.equipment) == (None, EQUIPMENT)


def test_tags_of_the_proof_and_of_the_report_are_both_kept():
    result = after(Reached(None, Reported({"a": "1", "b": "1"})), Reported({"b": "2"}))
    assert result.tags == {"a": "1", "b": "2"}


def test_a_notice_is_kept_once():
    result = after(
        Bound(Match("", ()), (SILENT,)), Reported(notices=(SILENT_AGAIN, Failure(Code.MODEM_SILENT, "other")))
    )
    assert [notice.detail for notice in result.notices] == ["no answer", "other"]


def test_the_outcome_of_an_order_that_was_left_open_stays_unless_a_scrub_has_one():
    left_open, scrub = Outcome("1", "d", Result.COMMITTED), Outcome("2", None, Result.COMMITTED)
    assert after(left_open, Followed(Remembered())).outcome == left_open
    assert after(left_open, Followed(Remembered(), outcome=scrub)).outcome == scrub


def test_a_poll_that_found_nothing_is_quiet():
    assert after(QuietPoll(Remembered(quiet_polls=3))) == PassResult(Remembered(quiet_polls=3), is_quiet=True)


def test_the_log_returns_a_value_and_keeps_it():
    log = PassLog(Remembered())
    identified = Identified(SUBSCRIBER, EQUIPMENT)
    assert log.add(identified) is identified
    assert log.so_far.subscriber == SUBSCRIBER


def test_the_log_keeps_what_a_step_found_that_ends_the_pass():
    log = PassLog(Remembered())
    mismatch = Mismatch(Code.BINDING_LOCK, "locked", ())
    with pytest.raises(Failure) as raised:
        log.add(Stopped(SILENT, Bound(mismatch)))
    assert raised.value is SILENT
    assert log.so_far.verdict is mismatch
