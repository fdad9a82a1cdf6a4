"""`kitting prepare`, as a person types it."""

import json

import pytest
from kitting_plans import FILES, PLAN

from agent.errors import Code
from fleet.cli import main
from simulator import faults
from simulator.api.account import Order


@pytest.fixture
def plan(signed_in, tmp_path):
    rows = "".join(f"{sim_id},gw\n" for sim_id in signed_in.sim_ids)
    files = {**FILES.contents, "sims.csv": f"simId,name\n{rows}".encode(), "plan.yaml": PLAN.encode()}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path / "plan.yaml"


def test_a_dry_run_shows_the_changes_and_makes_none(signed_in, plan, capsys):
    assert main(["prepare", str(plan), "--dry-run"]) == 0
    shown = capsys.readouterr().out
    assert "+ group alpha-bench" in shown
    assert "read-only: its devices can neither unlock nor report" in shown
    assert not [call for call in signed_in.account.calls if call.method == "PUT"]


def test_without_a_terminal_the_changes_need_a_yes(signed_in, plan, capsys):
    assert main(["prepare", str(plan)]) != 0
    assert "--yes" in capsys.readouterr().err
    assert signed_in.account.handlers == {}


def test_the_changes_are_made_and_recorded_without_the_secret(plan):
    assert main(["prepare", str(plan), "--yes"]) == 0
    text = plan.with_name("plan.record.jsonl").read_text()
    record = [json.loads(line) for line in text.splitlines()]
    assert len([one for one in record if one["change"] == "ChangeSim"]) == 3
    assert "0123456789abcdef" not in text


def test_the_second_run_has_nothing_to_change(plan, capsys):
    assert main(["prepare", str(plan), "--yes"]) == 0
    capsys.readouterr()
    assert main(["prepare", str(plan), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["changes"] == []
    assert main(["prepare", str(plan)]) == 0
    assert "everything is as the plan says" in capsys.readouterr().out


def test_a_throttled_sim_stays_slow_and_is_shown(signed_in, plan, capsys):
    sim = signed_in.sim_ids[0]
    assert main(["prepare", str(plan), "--yes"]) == 0
    assert main(["throttle", sim, "--to", "s1.slow"]) == 0
    capsys.readouterr()
    assert main(["prepare", str(plan), "--yes"]) == 0
    assert "i SIM gw keeps its speed class: kitting throttle set it" in capsys.readouterr().out
    assert signed_in.platform.sims[0].speed_class == "s1.slow"
    assert main(["prepare", str(plan), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["kept"][0]["what"] == "throttled"
    assert main(["resume", sim]) == 0
    assert signed_in.platform.sims[0].speed_class == "s1.fast"


def test_a_listed_sim_of_another_operator_makes_the_run_incomplete(plan, capsys):
    plan.with_name("sims.csv").write_text("simId,name\n8942310000000009999,gw\n")
    assert main(["prepare", str(plan), "--yes"]) == Code.PREPARE_INCOMPLETE.exit_code
    assert "listed SIMs that the operator does not have: 1" in capsys.readouterr().err


def test_a_broken_plan_is_refused(plan):
    plan.write_text("name: [")
    assert main(["prepare", str(plan)]) == Code.PLAN_INVALID.exit_code


def test_an_order_that_is_being_packed_is_named_with_its_sims_and_what_to_do(signed_in, plan, capsys):
    signed_in.account.orders["OR1"] = Order("OR1", "ordered", sim_ids=signed_in.sim_ids)
    plan.write_text(PLAN.replace("csv: sims.csv", "order: OR1"))
    assert main(["prepare", str(plan), "--yes"]) == Code.PREPARE_INCOMPLETE.exit_code
    printed = capsys.readouterr()
    sentence = "order OR1 with 3 SIMs is still being packed; come back when it is shipped"
    assert f"! {sentence}" in printed.out
    assert sentence in printed.err


def test_a_change_of_userdata_is_shown_with_its_lines_and_its_reach(plan, capsys):
    assert main(["prepare", str(plan), "--yes"]) == 0
    assert (
        capsys.readouterr().out.splitlines()[-1] == f"done: 8 changes, recorded in {plan.with_suffix('.record.jsonl')}"
    )
    plan.with_name("userdata.yaml").write_text("hostname: '{{ tags.name }}'\ntimezone: Asia/Tokyo\n")
    assert main(["prepare", str(plan), "--dry-run"]) == 0
    shown = capsys.readouterr().out
    assert "~ group alpha-bench SoracomAir userdata: sha256:" in shown
    assert "(reaches 3 SIMs)" in shown
    assert "+timezone: Asia/Tokyo" in shown
    assert "-hostname" not in shown


def test_each_sim_that_failed_is_named_with_the_reason_and_the_record(signed_in, plan, capsys):
    broken = signed_in.sim_ids[1]
    signed_in.server.faults.add(faults.ServerError(403), path=f"/v1/sims/{broken}/tags")
    assert main(["prepare", str(plan), "--yes"]) == Code.PREPARE_INCOMPLETE.exit_code
    printed = capsys.readouterr()
    assert f"! SIM {broken}: platform.forbidden" in printed.out
    assert "SIMs that could not be changed: 1" in printed.err
    assert "plan.record.jsonl" in printed.err
