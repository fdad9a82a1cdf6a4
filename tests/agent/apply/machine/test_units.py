"""Whether a unit that was restarted is at work."""

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.apply.machine.units import Work, properties_of, wait_until_active, work_of
from agent.errors import Failure


@given(st.text(max_size=200))
def test_whatever_systemctl_shows_is_one_of_three(text):
    assert work_of(properties_of(text)) in Work


@pytest.mark.parametrize(
    ("shown", "work"),
    [
        ({"ActiveState": "active"}, Work.AT_WORK),
        ({"ActiveState": "refreshing"}, Work.AT_WORK),
        ({"ActiveState": "activating", "SubState": "auto-restart"}, Work.STARTING),
        ({"ActiveState": "inactive", "Type": "oneshot", "Result": "success"}, Work.AT_WORK),
        ({"ActiveState": "inactive", "Type": "oneshot", "Result": "exit-code"}, Work.FAILED),
        ({"ActiveState": "inactive", "Type": "simple", "Result": "success"}, Work.FAILED),
        ({"ActiveState": "failed"}, Work.FAILED),
        ({}, Work.FAILED),
    ],
)
def test_a_unit_is_at_work_starting_or_failed(shown, work):
    assert work_of(shown) is work


def waited(states):
    """How a wait ends whose clock goes on by half a second at each look, and at what second."""
    states, seconds = iter(states), count()
    now = [0.0]

    def clock():
        now[0] = next(seconds) / 2
        return now[0]

    wait_until_active("u", lambda _: f"ActiveState={next(states)}\n", clock, lambda _: None)
    return now[0]


def forever(state):
    while True:
        yield state


def test_a_unit_that_dies_right_after_its_start_was_not_at_work():
    with pytest.raises(Failure, match="failed"):
        waited(["active", "active", "failed"])


def test_a_unit_that_starts_slowly_is_waited_for():
    assert waited(["activating"] * 20 + ["active"] * 3) > 10


def test_a_unit_that_never_starts_is_given_up():
    with pytest.raises(Failure, match="activating"):
        waited(forever("activating"))


def test_a_unit_that_comes_and_goes_is_given_up():
    def flapping():
        while True:
            yield from ("active", "activating")

    with pytest.raises(Failure, match="not at work"):
        waited(flapping())
