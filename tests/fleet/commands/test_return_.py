"""`kitting return`, as a person types it."""

import json
import os

from simulated_operator import BENCH, FIELD

from fleet.cli import main


def test_a_box_comes_back_and_what_was_recorded_is_kept(signed_in, order, capsys):
    sims = [signed_in.kitted(place, name=f"gw-{place}") for place in range(3)]
    assert main(["lock", str(order), "--all-ready"]) == 0
    assert main(["ship", str(order), "--yes"]) == 0
    capsys.readouterr()
    assert main(["return", str(order), "gw-1", "gw-9"]) == os.EX_DATAERR
    assert "gw-1: returned" in capsys.readouterr().out
    assert [signed_in.platform.sim(sim.imsi).group_id for sim in sims] == [FIELD, BENCH, FIELD]
    record = [json.loads(line) for line in order.with_suffix(".record.jsonl").read_text().splitlines()]
    (returned,) = [one for one in record if one["change"] == "Return"]
    assert (returned["sim"], returned["was"]["imei"]) == (sims[1].sim_id, sims[1].imei)
    assert main(["return", str(order), "gw-1"]) == 0
    assert "gw-1: already returned" in capsys.readouterr().out


def test_a_sim_of_another_plan_is_not_returned(signed_in, order, capsys):
    rows = order.with_name("sims.csv").read_text().splitlines(keepends=True)
    order.with_name("sims.csv").write_text("".join(rows[:-1]))
    sim = signed_in.kitted(2)
    assert main(["return", str(order), sim.sim_id]) == os.EX_TEMPFAIL
    assert "the SIM is none of this plan" in capsys.readouterr().out
    assert signed_in.platform.sim(sim.imsi).tags["kitting_state"] == "provisioned"
