"""`kitting stop`, as a person types it."""

from fleet.cli import main


def test_a_stolen_sim_is_suspended_at_once(signed_in, capsys):
    sim = signed_in.kitted()
    assert main(["stop", sim.sim_id]) == 0
    assert signed_in.platform.sim(sim.imsi).status == "suspended"
    assert signed_in.platform.sim(sim.imsi).session is None
    assert "stopped" in capsys.readouterr().out


def test_a_sim_that_is_stopped_for_now_may_be_resumed(signed_in):
    sim = signed_in.kitted()
    assert main(["stop", sim.imsi, "--for-now"]) == 0
    assert signed_in.platform.sim(sim.imsi).status == "inactive"
    assert main(["resume", sim.sim_id]) == 0
    assert signed_in.platform.sim(sim.imsi).status == "active"
