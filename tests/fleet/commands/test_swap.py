"""`kitting swap`, as a person types it."""

import json
import os

from agent.errors import Code
from fleet.cli import main


def test_a_device_is_swapped_after_a_question_and_what_is_left_to_do_is_said(signed_in, order, capsys):
    sim = signed_in.kitted(1, name="gw-1")
    assert main(["lock", str(order), "gw-1"]) == 0
    assert main(["swap", str(order), "gw-1"]) == os.EX_NOPERM
    assert signed_in.platform.sim(sim.imsi).imei_lock == sim.imei
    capsys.readouterr()
    assert main(["swap", str(order), "gw-1", "--yes"]) == 0
    printed = capsys.readouterr().out
    assert f"line 3: write the new device in place of IMEI {sim.imei}" in printed
    assert f"kitting lock {order} {sim.sim_id}" in printed
    assert signed_in.platform.sim(sim.imsi).imei_lock is None
    (record,) = map(json.loads, order.with_suffix(".record.jsonl").read_text().splitlines())
    assert (record["change"], record["was"]["imei"]) == ("Swap", sim.imei)


def test_a_sim_is_swapped_and_the_line_of_the_list_is_named(signed_in, order, capsys):
    old, new = signed_in.kitted(1, name="gw-1"), signed_in.platform.sims[2]
    assert main(["prepare", str(order), "--yes"]) == 0
    capsys.readouterr()
    assert main(["swap", str(order), old.sim_id, "--sim", new.imsi, "--yes"]) == 0
    assert f"line 3: write {new.sim_id} in place of {old.sim_id}" in capsys.readouterr().out
    assert signed_in.platform.sim(new.imsi).tags["name"] == "gw-1"
    assert signed_in.platform.sim(old.imsi).tags["name"] == "gw-1 (replaced)"


def test_a_sim_of_another_plan_is_not_swapped(signed_in, order):
    rows = order.with_name("sims.csv").read_text().splitlines(keepends=True)
    order.with_name("sims.csv").write_text("".join(rows[:-1]))
    sim = signed_in.kitted(2)
    assert main(["swap", str(order), sim.sim_id, "--yes"]) == Code.USAGE.exit_code
    assert signed_in.platform.sim(sim.imsi).tags["kitting_state"] == "provisioned"
