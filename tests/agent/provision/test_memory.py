"""What the device remembers after each event, and which attempt to apply it does not repeat."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from agent import __version__
from agent.configuration.resolving import Configuration
from agent.errors import Code, Failure, FailureKind
from agent.handover.order import Outcome, Result
from agent.provision.lifecycle import Event, State
from agent.provision.memory import (
    EVENTS,
    MAX_INTERRUPTIONS,
    Occurred,
    attempt_of,
    led_back_by,
    occurred_by,
    remembered_after,
)
from agent.provision.remembered import Remembered
from agent.settings import Policy, Settings

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
THEN, LATER = "2026-11-22T09:00:00Z", "2026-11-23T09:00:00Z"
FAILED, INTERRUPTED = Failure(Code.APPLY_FAILED, "no"), Failure(Code.APPLY_INTERRUPTED, "power")
APPLYING = Remembered(State.APPLYING, in_force="old", attempt="a", order_id="1", changed_at=THEN, ended_at=THEN)
PROVISIONED = replace(APPLYING, state=State.PROVISIONED, order_id=None)


@pytest.mark.parametrize(
    ("result", "failure", "event"),
    [
        (Result.COMMITTED, None, Event.CONFIRMED),
        (Result.NOT_APPLIED, FAILED, Event.NOT_APPLIED),
        (Result.NOT_APPLIED, INTERRUPTED, Event.UNDONE),
        (Result.UNDONE, FAILED, Event.UNDONE),
    ],
)
def test_the_outcome_of_an_order_is_an_event(result, failure, event):
    assert occurred_by(Outcome("1", "d", result, failure=failure)).event is event


def test_an_order_is_remembered_until_its_outcome_is_known():
    ordered = remembered_after(PROVISIONED, Occurred(Event.ORDERED, order_id="2", attempt="b"), NOW)
    assert (ordered.state, ordered.order_id, ordered.attempt) == (State.APPLYING, "2", "b")
    unknown = remembered_after(ordered, Occurred(Event.NO_ANSWER, Failure(Code.APPLY_NOT_TAKEN, "no outcome")), NOW)
    assert (unknown.state, unknown.order_id) == (State.APPLYING, "2")
    known = remembered_after(unknown, Occurred(Event.CONFIRMED, in_force="new"), NOW)
    assert (known.state, known.order_id, known.in_force) == (State.PROVISIONED, None, "new")


def test_a_confirmed_order_that_applied_nothing_leaves_no_configuration_in_force():
    assert remembered_after(APPLYING, occurred_by(Outcome("1", None, Result.COMMITTED)), NOW).in_force is None


def test_a_configuration_that_failed_is_given_up():
    after = remembered_after(APPLYING, Occurred(Event.NOT_APPLIED, FAILED), NOW)
    assert (after.given_up, after.failure, after.failures_in_a_row) == ("a", FAILED, 1)


FAULTS_OF_THE_WORLD = [
    Code.APPLY_NO_SPACE,
    Code.APPLY_UNSETTLED,
    Code.APPLY_NOT_TAKEN,
    Code.APPLY_DISTURBED,
    Code.ORDER_INVALID,
    Code.STATE_UNWRITABLE,
    Code.PASS_UNDER_WAY,
]


@pytest.mark.parametrize("code", FAULTS_OF_THE_WORLD)
def test_a_configuration_is_never_given_up_for_a_fault_of_the_world(code):
    remembered = APPLYING
    for _ in range(2 * MAX_INTERRUPTIONS):
        failed = remembered_after(remembered, Occurred(Event.NOT_APPLIED, Failure(code, "x")), NOW)
        remembered = replace(failed, state=State.APPLYING)
    assert (failed.given_up, failed.failures_in_a_row) == (None, 2 * MAX_INTERRUPTIONS)


@pytest.mark.parametrize("code", [Code.APPLY_FAILED, *(code for code in Code if code.kind is FailureKind.REJECTED)])
def test_a_configuration_is_given_up_at_once_for_what_it_did_wrong(code):
    assert remembered_after(APPLYING, Occurred(Event.NOT_APPLIED, Failure(code, "x")), NOW).given_up == "a"


@pytest.mark.parametrize("failure", [INTERRUPTED, Failure(Code.APPLY_UNCONFIRMED, "no route")])
def test_a_configuration_that_was_cut_off_is_tried_a_few_times_and_says_so(failure):
    remembered = APPLYING
    for time in range(1, MAX_INTERRUPTIONS):
        remembered = replace(remembered_after(remembered, Occurred(Event.UNDONE, failure), NOW), state=State.APPLYING)
        assert (remembered.interruptions, remembered.given_up) == (time, None)
        assert remembered.failure.detail == f"attempt {time} of 3, tried again: {failure.detail}"
    last = remembered_after(remembered, Occurred(Event.UNDONE, failure), NOW)
    assert (last.interruptions, last.given_up) == (0, "a")
    assert last.failure.detail == f"attempt 3 of 3, not tried again: {failure.detail}"


def test_a_rollback_by_hand_gives_up_what_was_in_force():
    outcome = Outcome("w", None, Result.COMMITTED, in_force="before")
    after = remembered_after(PROVISIONED, led_back_by(outcome), NOW)
    assert (after.state, after.given_up, after.in_force) == (State.ROLLED_BACK, "a", "before")


def test_a_pass_that_ends_well_forgets_what_failed_before():
    failed = replace(PROVISIONED, given_up="b", interruptions=2, failure=FAILED, failures_in_a_row=3)
    after = remembered_after(failed, Occurred(Event.UNCHANGED, in_force="old"), NOW)
    assert after == replace(PROVISIONED, ended_at=LATER, agent_version=__version__)


@pytest.mark.parametrize(
    ("occurred", "changed_at"),
    [(Occurred(Event.UNCHANGED, in_force="old"), THEN), (Occurred(Event.UNCHANGED, in_force="new"), LATER)],
)
def test_the_time_of_the_change_is_that_of_state_or_configuration(occurred, changed_at):
    after = remembered_after(PROVISIONED, occurred, NOW)
    assert (after.changed_at, after.ended_at) == (changed_at, LATER)


def test_without_a_clock_no_time_is_remembered():
    assert remembered_after(APPLYING, Occurred(Event.CONFIRMED, in_force="new"), None).changed_at is None


def test_another_text_another_document_or_another_policy_is_another_attempt():
    settings, configuration = Settings(), Configuration({}, "d")
    others = [
        attempt_of(b"text", configuration, settings),
        attempt_of(b"other", configuration, settings),
        attempt_of(b"text", Configuration({}, "e"), settings),
        attempt_of(b"text", configuration, replace(settings, apply=replace(settings.apply, paths=("/opt",)))),
        attempt_of(b"text", configuration, replace(settings, identity=replace(settings.identity, both=Policy.ADOPT))),
    ]
    assert len(set(others)) == len(others)
    assert attempt_of(b"text", configuration, settings) == others[0]


def test_a_failure_that_makes_a_pass_pointless_is_no_event():
    assert set(FailureKind) - set(EVENTS) == {FailureKind.LOCAL, FailureKind.UNDONE}
    assert Code.STATE_UNWRITABLE.kind is FailureKind.LOCAL
