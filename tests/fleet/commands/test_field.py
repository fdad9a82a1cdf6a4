"""SIMs in the field: stopped, slowed down, let go on, woken, looked into."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from simulated_operator import FIELD, SimulatedOperator

from agent.errors import Code, Failure
from fleet.cli import main
from fleet.platform.targets import Meant, meant_of
from simulator.api.network import new_gateway


@pytest.fixture
def operator(monkeypatch):
    with SimulatedOperator(clock=lambda: time.time_ns() // 1_000_000) as operator:
        operator.environment(monkeypatch)
        yield operator


def test_a_stolen_sim_is_suspended_at_once(operator, capsys):
    sim = operator.kitted()
    assert main(["stop", sim.sim_id]) == 0
    assert operator.platform.sim(sim.imsi).status == "suspended"
    assert operator.platform.sim(sim.imsi).session is None
    assert "stopped" in capsys.readouterr().out


def test_for_now_means_that_the_modem_may_come_back(operator):
    sim = operator.kitted()
    assert main(["stop", sim.imsi, "--for-now"]) == 0
    assert operator.platform.sim(sim.imsi).status == "inactive"
    assert main(["resume", sim.sim_id]) == 0
    assert operator.platform.sim(sim.imsi).status == "active"


def test_more_than_one_is_asked_for(operator):
    for sim in operator.platform.sims:
        operator.platform.set_tag(sim.imsi, "site", "tokyo")
    assert main(["stop", "--tag", "site=tokyo"]) == os.EX_NOPERM
    assert {sim.status for sim in operator.platform.sims} == {"ready"}
    assert main(["stop", "--tag", "site=tokyo", "--yes"]) == 0
    assert {sim.status for sim in operator.platform.sims} == {"suspended"}


def test_a_slowed_sim_goes_on_as_fast_as_it_was(operator):
    sim = operator.platform.sims[0]
    operator.platform.change_sim(sim.imsi, speed_class="s1.fast")
    assert main(["throttle", sim.sim_id]) == 0
    assert main(["throttle", sim.sim_id, "--to", "s1.slow"]) == 0
    assert operator.platform.sim(sim.imsi).speed_class == "s1.slow"
    assert main(["resume", sim.sim_id]) == 0
    after = operator.platform.sim(sim.imsi)
    assert (after.speed_class, "desk_speed_before" in after.tags) == ("s1.minimum", False)


def test_a_list_may_be_a_sheet(operator, tmp_path, capsys):
    file = tmp_path / "list.csv"
    file.write_text("\ufeffsimId,why\n" + "".join(f"{sim.sim_id},gone\n" for sim in operator.platform.sims))
    record = tmp_path / "record.jsonl"
    assert main(["stop", "--list", str(file), "--yes", "--json", "--record", str(record)]) == 0
    assert len(json.loads(capsys.readouterr().out)) == len(record.read_text().splitlines()) == 3


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ([], Code.USAGE),
        (["abc"], Code.USAGE),
        (["--tag", "site"], Code.USAGE),
        (["8942310000000009999"], Code.PLATFORM_NO_SUCH),
        (["001019999999999"], Code.PLATFORM_NO_SUCH),
        (["--list", "/absent"], Code.FILE_UNREADABLE),
    ],
)
def test_who_is_nobody_is_named_and_nobody_is_stopped(operator, words, code):
    assert main(["stop", *words, "--yes"]) == code.exit_code
    assert {sim.status for sim in operator.platform.sims} == {"ready"}


def test_numbers_are_meant_once():
    assert meant_of(["1", "1"], None, "1\n2,x\n\nsimId\n") == Meant(("1", "2"))
    with pytest.raises(Failure):
        meant_of([], "=x", "")


def test_devices_are_woken_by_a_message_that_only_starts_a_pass(operator):
    assert main(["reprovision", *operator.sim_ids, "--yes"]) == 0
    assert sorted(operator.account.messages) == sorted((sim_id, "kitting wake") for sim_id in operator.sim_ids)


def test_what_is_not_normal_is_listed_with_what_would_stop_it(operator, tmp_path, capsys):
    rows = "".join(f"{sim_id},gw-{n}\n" for n, sim_id in enumerate(operator.sim_ids))
    (tmp_path / "sims.csv").write_text(f"simId,name\n{rows}")
    plan = tmp_path / "plan.yaml"
    plan.write_text(
        "name: p\nsims: {csv: sims.csv}\ngroups: {before: {name: bench}, after: {name: field}}\n"
        "handlers: [{say: suspend above 100 MB}]\nexpect: {megabytes_a_day: 10}\n"
    )
    assert main(["prepare", str(plan), "--yes"]) == 0
    heavy, moved, _ = operator.platform.sims
    for sim in operator.platform.sims:
        operator.platform.set_group(sim.imsi, FIELD)
        operator.kitted(operator.platform.sims.index(operator.platform.sim(sim.imsi)))
        operator.platform.set_imei_lock(sim.imsi)
    operator.firing.carried(heavy.imsi, 20 << 20)
    operator.platform.change_sim(moved.imsi, imei_lock="490154203237518")
    capsys.readouterr()
    assert main(["abnormal", str(plan), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {one["sim"] for one in told["abnormal"]} == {heavy.sim_id, moved.sim_id}
    assert told["handlers"] == ["kitting: p: after: suspend above 100 MB"]
    assert main(["abnormal", str(plan)]) == 0
    shown = capsys.readouterr().out
    assert "carried 20.0 MB in one day" in shown
    assert f"kitting stop {heavy.sim_id}" in shown


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_remote_access_is_closed_however_it_ends(operator, ending):
    sim = operator.kitted()
    command = [sys.executable, "-m", "fleet", "access", sim.sim_id, "--minutes", "1", "--json"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        while not operator.account.port_mappings:
            time.sleep(0.02)
        time.sleep(0.3)
        process.send_signal(ending)
        told, _ = process.communicate(timeout=20)
    assert json.loads(told)["command"].startswith("ssh -p ")
    assert operator.account.port_mappings == {}


def test_remote_access_for_too_long_is_refused(operator):
    assert main(["access", operator.sim_ids[0], "--minutes", "481"]) == Code.USAGE.exit_code


@pytest.mark.parametrize("was_open", [False, True])
def test_a_gate_is_open_only_as_long_as_it_is_needed_and_one_that_was_open_stays_so(operator, was_open):
    sim = operator.kitted()
    gate = new_gateway(operator.account)
    gate["gateOpened"] = was_open
    command = [sys.executable, "-m", "fleet", "access", sim.sim_id, "--gate", gate["vpgId"], "--json"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        told = b""
        while b"}" not in told:
            told += process.stdout.readline()
        assert gate["gateOpened"]
        process.send_signal(signal.SIGINT)
        process.wait(20)
    address = operator.platform.sim(sim.imsi).session.address
    assert json.loads(told)["command"] == f"ssh -p 22 pi@{address}"
    assert gate["gateOpened"] is was_open


def test_a_gate_leads_to_no_device_that_is_offline(operator):
    gate = new_gateway(operator.account)
    assert main(["access", operator.sim_ids[0], "--gate", gate["vpgId"]]) == Code.PLATFORM_REFUSED.exit_code
    assert not gate["gateOpened"]
