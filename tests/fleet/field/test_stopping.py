"""Stopping, slowing down and resuming one SIM."""

from fleet.field.stopping import deactivate_sim, resume_sim, suspend_sim, throttle_sim
from fleet.platform.sim import Status


def test_a_suspended_and_a_deactivated_sim_may_be_resumed(operator):
    sim_id = operator.sim_ids[0]
    assert suspend_sim(operator.api, sim_id).status is Status.SUSPENDED
    assert resume_sim(operator.api, sim_id).status is Status.ACTIVE
    assert deactivate_sim(operator.api, sim_id).status is Status.INACTIVE
    assert resume_sim(operator.api, sim_id).status is Status.ACTIVE


def test_the_speed_class_before_is_recorded_and_restored(operator):
    sim = operator.platform.sims[0]
    operator.platform.change_sim(sim.imsi, speed_class="s1.fast")
    throttle_sim(operator.api, sim.sim_id, "s1.slow")
    assert operator.platform.sim(sim.imsi).tags["desk_speed_before"] == "s1.fast"
    after = resume_sim(operator.api, sim.sim_id)
    assert (after.speed_class, "desk_speed_before" in operator.platform.sim(sim.imsi).tags) == ("s1.fast", False)


def test_a_sim_that_is_slow_already_keeps_no_record(operator):
    sim = operator.platform.sims[0]
    operator.platform.change_sim(sim.imsi, speed_class="s1.slow")
    throttle_sim(operator.api, sim.sim_id, "s1.slow")
    assert "desk_speed_before" not in operator.platform.sim(sim.imsi).tags


def test_a_sim_that_was_never_slowed_down_keeps_its_speed(operator):
    sim = operator.platform.sims[0]
    operator.platform.change_sim(sim.imsi, speed_class="s1.fast")
    assert resume_sim(operator.api, sim.sim_id).speed_class == "s1.fast"
    assert operator.asked("POST") == []
