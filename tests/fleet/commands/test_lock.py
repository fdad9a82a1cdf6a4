"""`kitting lock`, as a person types it."""

from agent.errors import Code
from fleet.cli import main


def test_one_sim_is_locked_by_its_name_or_its_last_digits(signed_in, order, capsys):
    sim = signed_in.kitted(1, name="gw-1")
    assert main(["lock", str(order), "gw-1"]) == 0
    assert main(["lock", str(order), sim.imei[-6:]]) == 0
    assert "was locked" in capsys.readouterr().out
    assert main(["lock", str(order), "gw-1", "--off"]) == 0
    assert signed_in.platform.sim(sim.imsi).imei_lock is None
    assert main(["lock", str(order), "8"]) != 0, "that may be anyone"
    assert main(["lock", str(order)]) == Code.USAGE.exit_code
