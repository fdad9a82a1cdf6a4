"""`kitting stop`, as a person types it."""

import os

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


def test_that_ready_cannot_come_back_is_said_before_the_stop(signed_in, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", None)
    ready, active = signed_in.sim_ids[0], signed_in.kitted(1).sim_id
    assert main(["stop", ready, active]) == os.EX_NOPERM
    printed = capsys.readouterr().out
    assert printed.splitlines() == [
        f"these SIMs will be active after kitting resume, since their status cannot come back: {ready} (ready)"
    ]
    assert "Sim:suspendSim" not in signed_in.asked()


def test_a_sim_that_is_suspended_stays_so_where_it_is_stopped_for_now(signed_in, capsys):
    sim = signed_in.kitted()
    assert main(["stop", sim.sim_id]) == 0
    assert main(["stop", sim.sim_id, "--for-now"]) == 0
    assert "already stopped" in capsys.readouterr().out
    assert signed_in.platform.sim(sim.imsi).status == "suspended"
