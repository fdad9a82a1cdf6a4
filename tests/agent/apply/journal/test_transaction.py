"""Where a journal's events lead to: each row of the table is taken by one of these ways, and no other pair exists."""

from itertools import product

import pytest

from agent.apply.journal.transaction import TABLE, ApplyEvent, ApplyProgress, ApplyState, Happened, folded
from agent.errors import Code, Failure
from agent.handover.order import Ran
from agent.reasons import DocumentKey

FAILURE = Failure(Code.APPLY_FAILED, "exit code 1")
RAN = Ran("true", 0, 0.1, "", DocumentKey(("runcmd", 0)))
PREPARED = (ApplyEvent.ORDERED,)
APPLYING = (*PREPARED, ApplyEvent.SAVED)
UNCONFIRMED = (*APPLYING, ApplyEvent.ALL_DONE)
UNDOING = (*APPLYING, ApplyEvent.FAILED)
WAYS = {
    PREPARED: ApplyState.PREPARED,
    (*PREPARED, ApplyEvent.FAILED): ApplyState.UNDONE,
    (*PREPARED, ApplyEvent.RESTARTED): ApplyState.UNDONE,
    APPLYING: ApplyState.APPLYING,
    (*APPLYING, ApplyEvent.BEGUN): ApplyState.APPLYING,
    (*APPLYING, ApplyEvent.BEGUN, ApplyEvent.DONE): ApplyState.APPLYING,
    (*APPLYING, ApplyEvent.RESTARTED): ApplyState.UNDOING,
    UNCONFIRMED: ApplyState.UNCONFIRMED,
    (*UNCONFIRMED, ApplyEvent.RESTARTED): ApplyState.UNCONFIRMED,
    (*UNCONFIRMED, ApplyEvent.CONFIRMED): ApplyState.COMMITTED,
    (*UNCONFIRMED, ApplyEvent.CONFIRMED, ApplyEvent.RESTARTED): ApplyState.COMMITTED,
    (*UNCONFIRMED, ApplyEvent.WITHDRAWN): ApplyState.UNDOING,
    UNDOING: ApplyState.UNDOING,
    (*UNDOING, ApplyEvent.FAILED): ApplyState.UNDOING,
    (*UNDOING, ApplyEvent.RESTARTED): ApplyState.UNDOING,
    (*UNDOING, ApplyEvent.ALL_UNDONE): ApplyState.UNDONE,
    (*UNDOING, ApplyEvent.ALL_UNDONE, ApplyEvent.RESTARTED): ApplyState.UNDONE,
}


def state_after(events):
    return folded(map(Happened, events)).state


@pytest.mark.parametrize(("events", "state"), WAYS.items(), ids=[f"{way[-2:]}" for way in WAYS])
def test_each_way_leads_to_its_state(events, state):
    assert state_after(events) is state


def test_every_row_is_the_last_of_one_way():
    assert sorted((state_after(way[:-1]).value, way[-1].value) for way in WAYS) == sorted(
        (state.value, event.value) for state, event in TABLE
    )


@pytest.mark.parametrize(("state", "event"), [pair for pair in product(ApplyState, ApplyEvent) if pair not in TABLE])
def test_no_other_event_can_occur(state, event):
    with pytest.raises(KeyError):
        ApplyProgress(state).after(Happened(event))


def test_only_actions_that_were_begun_may_have_been_done():
    assert folded([*map(Happened, APPLYING), Happened(ApplyEvent.BEGUN, 3)]) == ApplyProgress(ApplyState.APPLYING, 4)


def test_the_first_failure_is_the_cause():
    later = Failure(Code.APPLY_FAILED, "no such unit")
    events = [
        *map(Happened, APPLYING),
        Happened(ApplyEvent.FAILED, failure=FAILURE),
        Happened(ApplyEvent.FAILED, failure=later),
    ]
    assert folded(events).cause is FAILURE


def test_commands_that_ended_are_kept_in_their_order():
    other = Ran("false", 1, 0.1, "", DocumentKey(("runcmd", 1)))
    events = [*map(Happened, APPLYING), Happened(ApplyEvent.DONE, 0, ran=RAN), Happened(ApplyEvent.FAILED, ran=other)]
    assert folded(events).ran == (RAN, other)


def test_an_order_that_was_cut_off_is_reported():
    assert folded(map(Happened, (*APPLYING, ApplyEvent.RESTARTED))).cause.code is Code.APPLY_INTERRUPTED


@pytest.mark.parametrize(("way", "withdrawn"), [((*UNCONFIRMED, ApplyEvent.WITHDRAWN), True), (UNDOING, False)])
def test_an_order_is_withdrawn_only_after_every_step_was_done(way, withdrawn):
    assert folded(map(Happened, way)).withdrawn is withdrawn
    assert folded(map(Happened, (*way, ApplyEvent.ALL_UNDONE))).withdrawn is withdrawn
