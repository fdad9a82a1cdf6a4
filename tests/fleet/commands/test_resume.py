"""`kitting resume`, as a person types it."""

from fleet.cli import main


def test_a_stopped_sim_may_connect_again(signed_in, capsys):
    sim = signed_in.platform.sims[0]
    assert main(["stop", sim.sim_id]) == 0
    assert main(["resume", sim.sim_id]) == 0
    assert signed_in.platform.sim(sim.imsi).status == "active"
    assert capsys.readouterr().out.splitlines()[-1] == f"{sim.sim_id}: resumed, now active"
    assert main(["resume", sim.sim_id]) == 0
    assert capsys.readouterr().out == f"{sim.sim_id}: already resumed\n"
