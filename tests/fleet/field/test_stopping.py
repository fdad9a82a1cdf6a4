"""Stopping, slowing down and resuming one SIM."""

import pytest

from fleet.field.stopping import deactivate_sim, is_resumed, resume_sim, suspend_sim, throttle_sim
from fleet.platform.calls import sim_calls
from fleet.platform.sim import Status


def first(operator):
    return sim_calls.one_sim(operator.api, operator.sim_ids[0])


def with_status(operator, status):
    operator.platform.set_status(operator.platform.sims[0].imsi, status)
    return first(operator)


@pytest.mark.parametrize("status", ["active", "standby", "inactive"])
@pytest.mark.parametrize("stop", [suspend_sim, deactivate_sim], ids=["suspended", "deactivated"])
def test_a_resumed_sim_has_the_status_that_it_had_before_it_was_stopped(operator, status, stop):
    sim = with_status(operator, status)
    if (status, stop) == ("inactive", deactivate_sim):
        return
    assert not stop(operator.api, sim).status.may_connect
    assert resume_sim(operator.api, first(operator)).status.value == status
    assert "desk_status_before" not in first(operator).tags


@pytest.mark.parametrize("status", ["ready"])
def test_a_status_that_cannot_come_back_becomes_active(operator, status):
    suspend_sim(operator.api, with_status(operator, status))
    assert resume_sim(operator.api, first(operator)).status is Status.ACTIVE


def test_a_sim_that_is_stopped_twice_returns_to_the_status_before_the_first_stop(operator):
    deactivate_sim(operator.api, with_status(operator, "active"))
    suspend_sim(operator.api, first(operator))
    assert resume_sim(operator.api, first(operator)).status is Status.ACTIVE


def test_a_record_of_an_earlier_stop_does_not_count(operator):
    deactivate_sim(operator.api, with_status(operator, "standby"))
    suspend_sim(operator.api, with_status(operator, "active"))
    assert resume_sim(operator.api, first(operator)).status is Status.ACTIVE


def test_a_sim_that_was_inactive_before_its_stop_is_active_after_the_second_resume(operator):
    suspend_sim(operator.api, with_status(operator, "inactive"))
    assert resume_sim(operator.api, first(operator)).status is Status.INACTIVE
    assert resume_sim(operator.api, first(operator)).status is Status.ACTIVE
    assert is_resumed(first(operator))


def test_the_speed_class_before_is_recorded_and_restored(operator):
    sim = operator.platform.sims[0]
    operator.platform.change_sim(sim.imsi, speed_class="s1.fast")
    throttle_sim(operator.api, first(operator), "s1.slow")
    throttle_sim(operator.api, first(operator), "s1.minimum")
    assert operator.platform.sim(sim.imsi).tags["desk_speed_before"] == "s1.fast"
    assert not is_resumed(first(operator))
    after = resume_sim(operator.api, first(operator))
    assert (after.speed_class, "desk_speed_before" in operator.platform.sim(sim.imsi).tags) == ("s1.fast", False)


def test_a_sim_that_is_slow_already_keeps_no_record(operator):
    sim = operator.platform.sims[0]
    operator.platform.change_sim(sim.imsi, speed_class="s1.slow")
    throttle_sim(operator.api, first(operator), "s1.slow")
    assert "desk_speed_before" not in operator.platform.sim(sim.imsi).tags


def test_a_sim_that_was_never_slowed_down_keeps_its_speed(operator):
    sim = operator.platform.sims[0]
    operator.platform.change_sim(sim.imsi, speed_class="s1.fast")
    assert resume_sim(operator.api, first(operator)).speed_class == "s1.fast"
    assert operator.asked("POST") == []
