"""What the device is, from one pass to the next."""

import pytest

from agent.provision.lifecycle import Event, State, declared, next_state


def test_silence_never_changes_what_the_device_is():
    assert all(next_state(state, Event.NO_ANSWER) is state for state in State)


@pytest.mark.parametrize("state", [state for state in State if state is not State.APPLYING])
def test_from_every_state_an_order_leads_to_each_of_its_ends(state):
    applying = next_state(state, Event.ORDERED)
    assert applying is State.APPLYING
    assert next_state(applying, Event.CONFIRMED) is State.PROVISIONED
    assert next_state(applying, Event.NOT_APPLIED) is State.FAILED
    assert next_state(applying, Event.UNDONE) is State.ROLLED_BACK


def test_an_apply_that_is_open_only_ends_or_a_person_goes_back():
    allowed = {Event.NO_ANSWER, Event.CONFIRMED, Event.NOT_APPLIED, Event.UNDONE, Event.WITHDRAWN}
    assert {event for state, event in declared() if state is State.APPLYING} == allowed


def test_a_pair_that_cannot_occur_raises():
    with pytest.raises(KeyError):
        next_state(State.NEW, Event.CONFIRMED)


def test_every_state_is_reached():
    reached = {next_state(state, event) for state, event in declared()}
    assert reached == set(State)
