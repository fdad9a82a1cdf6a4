"""`kitting throttle`, as a person types it, and `kitting resume` after it."""

from fleet.cli import main


def test_a_sim_that_was_slowed_down_twice_resumes_the_speed_that_it_had_first(signed_in):
    sim = signed_in.platform.sims[0]
    signed_in.platform.change_sim(sim.imsi, speed_class="s1.fast")
    assert main(["throttle", sim.sim_id]) == 0
    assert main(["throttle", sim.sim_id, "--to", "s1.slow"]) == 0
    assert signed_in.platform.sim(sim.imsi).speed_class == "s1.slow"
    assert main(["resume", sim.sim_id]) == 0
    after = signed_in.platform.sim(sim.imsi)
    assert (after.speed_class, "desk_speed_before" in after.tags) == ("s1.fast", False)
