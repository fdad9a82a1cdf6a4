"""SIM and device become one, provably; and nothing is locked out for good."""

import csv
import io
import json
import signal
import subprocess
import sys
from dataclasses import replace

import pytest
from simulated_operator import FIELD, SimulatedOperator

from agent.errors import Code, Failure
from agent.identity import Imei
from fleet.bench.lock_rules import COLUMNS, as_csv
from fleet.bench.locking import Clock, lock, unlock
from fleet.bench.stage import Expectations
from fleet.cli import main
from fleet.platform.calls import sim_calls
from simulator import faults
from simulator.soracom import Switches

PLAN = """\
name: bench order
sims: {csv: sims.csv}
groups: {before: {name: bench}, after: {name: field}}
"""
ANY = Expectations()


class Time:
    """A clock that only waiting moves."""

    def __init__(self):
        self.s = 0.0

    def sleep(self, seconds):
        self.s += seconds

    @property
    def clock(self):
        return Clock(monotonic=lambda: self.s, sleep=self.sleep)


@pytest.fixture
def operator():
    with SimulatedOperator() as operator:
        yield operator


def locked(operator, sim, expectations=ANY):
    return lock(operator.api, sim.sim_id, expectations, clock=Time().clock)


def refused(operator, sim, code=Code.LOCK_REFUSED, expectations=ANY):
    with pytest.raises(Failure) as caught:
        locked(operator, sim, expectations)
    assert caught.value.code is code
    return caught.value.detail


def test_a_lock_is_set_proven_by_a_new_session_and_written_down(operator):
    sim = operator.kitted(serial="RPI-0001")
    before = operator.platform.sim(sim.imsi).session
    found = locked(operator, sim)
    after = operator.platform.sim(sim.imsi)
    assert (after.imei_lock, after.session != before) == (sim.imei, True)
    assert (after.tags["desk_imei"], after.tags["desk_serial"], after.tags["desk_config"]) == (
        sim.imei,
        "RPI-0001",
        "c0ffee",
    )
    assert (found.record["imei"], found.record["serial"], found.already) == (sim.imei, "RPI-0001", False)


def test_what_is_locked_is_not_locked_again(operator):
    sim = operator.kitted()
    locked(operator, sim)
    operator.account.calls.clear()
    assert locked(operator, sim).already
    assert {call.method for call in operator.account.calls} == {"GET"}


def test_a_lock_that_a_power_cut_of_the_desk_left_unproven_is_proven_anew(operator):
    sim = operator.kitted()
    sim_calls.set_imei_lock(operator.api, sim.sim_id, sim.imei)
    assert not locked(operator, sim).already
    assert "Sim:deleteSimSession" in operator.asked()


@pytest.mark.parametrize(
    ("tags", "words"),
    [
        ({"kitting_state": "failed"}, "the device is failed"),
        ({"kitting_state": ""}, "not kitted yet"),
        ({"kitting_imei": ""}, "has not said its IMEI"),
        ({"kitting_imei": "490154203237519"}, "check digit is wrong"),
        ({"kitting_imei": "490154203237518"}, "another IMEI than the network sees"),
    ],
)
def test_a_device_that_is_not_sure_is_not_locked(operator, tags, words):
    sim = operator.kitted(**tags)
    assert words in refused(operator, sim)
    assert operator.platform.sim(sim.imsi).imei_lock is None


def test_a_sim_that_is_offline_is_not_locked(operator):
    sim = operator.kitted()
    operator.platform.disconnect(sim.imsi)
    assert "not online" in refused(operator, sim)


def test_a_sim_in_another_device_than_the_plan_says_is_not_locked(operator):
    sim = operator.kitted()
    other = Expectations(imeis={sim.sim_id: Imei("490154203237518")})
    assert "another device than the plan says" in refused(operator, sim, expectations=other)


@pytest.mark.parametrize("told", ["zeros", "null"])
def test_a_carrier_that_tells_no_imei_would_lock_the_sim_out_so_it_is_not_locked(told):
    with SimulatedOperator() as operator:
        sim = operator.kitted()
        operator.platform.switches = Switches(session_imei=told)
        assert "tells no IMEI" in refused(operator, sim)


def test_a_device_that_does_not_come_back_gets_its_lock_taken_off(operator):
    sim = operator.kitted()
    operator.platform.connect = operator.platform.disconnect
    assert "not back within 300 s" in refused(operator, sim, Code.LOCK_TAKEN_OFF)
    after = operator.platform.sim(sim.imsi)
    assert (after.imei_lock, "desk_imei" in after.tags) == (None, False)


def test_the_session_of_before_is_no_proof(operator):
    sim = operator.kitted()
    operator.platform.connect = lambda _: None
    refused(operator, sim, Code.LOCK_TAKEN_OFF)
    assert operator.platform.sim(sim.imsi).imei_lock is None


def test_a_carrier_that_falls_silent_with_the_lock_on_gets_it_taken_off(operator):
    sim = operator.kitted()
    really = operator.platform.connect

    def falls_silent(imsi):
        operator.platform.switches = replace(operator.platform.switches, session_imei="zeros")
        return really(imsi)

    operator.platform.connect = falls_silent
    refused(operator, sim, Code.LOCK_TAKEN_OFF)
    assert operator.platform.sim(sim.imsi).imei_lock is None


@pytest.mark.parametrize("call", ["delete_session", "tags"])
def test_a_platform_that_fails_in_between_leaves_no_lock_that_was_not_proven(operator, call):
    sim = operator.kitted()
    sim_calls.one_sim(operator.api, sim.sim_id)
    operator.server.faults.add(faults.ServerError(500), path=f"/v1/sims/*/{call}")
    with pytest.raises(Failure):
        locked(operator, sim)
    assert (operator.platform.sim(sim.imsi).imei_lock is None) == (call == "delete_session")


def test_somebody_who_interrupts_leaves_no_lock_that_was_not_proven(operator):
    sim = operator.kitted()

    def interrupted(_):
        raise KeyboardInterrupt

    operator.platform.connect = operator.platform.disconnect
    with pytest.raises(KeyboardInterrupt):
        lock(operator.api, sim.sim_id, ANY, clock=replace(Time().clock, sleep=interrupted))
    assert operator.platform.sim(sim.imsi).imei_lock is None


def test_a_lock_can_be_taken_off_with_the_desks_word(operator):
    sim = operator.kitted()
    locked(operator, sim)
    unlock(operator.api, sim.sim_id)
    after = operator.platform.sim(sim.imsi)
    assert (after.imei_lock, "desk_imei" in after.tags) == (None, False)


def test_a_ledger_is_opened_by_a_spreadsheet_without_harm():
    record = dict.fromkeys(COLUMNS, "") | {
        "name": '=HYPERLINK("x")',
        "sim_id": "8942310000000000001",
        "site": "東京, 1",
    }
    text = as_csv(record, header=True)
    assert text.startswith("\ufeffname,sim_id")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert rows[0]["name"] == '\'=HYPERLINK("x")'
    assert rows[0]["sim_id"] == "'8942310000000000001"
    assert rows[0]["site"] == "東京, 1"


@pytest.fixture
def order(operator, tmp_path, monkeypatch):
    operator.environment(monkeypatch)
    (tmp_path / "plan.yaml").write_text(PLAN)
    rows = "".join(f"{sim.sim_id},gw-{n},{sim.imei}\n" for n, sim in enumerate(operator.platform.sims))
    (tmp_path / "sims.csv").write_text(f"simId,name,imei\n{rows}")
    return str(tmp_path / "plan.yaml")


def test_a_whole_order_is_watched_locked_and_shipped_by_commands(operator, order, tmp_path, capsys):
    for place in range(3):
        operator.kitted(place, name=f"gw-{place}")
    assert main(["watch", order, "--once"]) == 0
    assert "0 of 3 locked or shipped" in capsys.readouterr().out
    assert main(["ship", order, "--yes"]) == Code.SHIP_REFUSED.exit_code
    assert "3 of 3 are not ready" in capsys.readouterr().err
    assert main(["lock", order, "--all-ready"]) == 0
    assert "3 locked, 0 not" in capsys.readouterr().out
    ledger = (tmp_path / "plan.ledger.csv").read_text("utf-8-sig").splitlines()
    assert len(ledger) == 4
    assert main(["ledger", order]) == 0
    assert sorted(capsys.readouterr().out.splitlines()[1:]) == sorted(
        row.replace(row.split(",")[8], "") for row in ledger[1:]
    )
    assert main(["ship", order, "--yes"]) == 0
    assert {sim.group_id for sim in operator.platform.sims} == {FIELD}
    capsys.readouterr()
    assert main(["watch", order, "--json"]) == 0
    assert {row["stage"] for row in json.loads(capsys.readouterr().out)} == {"shipped"}


def test_what_is_shipped_by_force_says_why(operator, order):
    assert main(["ship", order, "--yes", "--force", "customer waits"]) == 0
    assert {sim.tags["desk_forced"] for sim in operator.platform.sims} == {"customer waits"}


def test_one_sim_is_locked_by_its_name_or_last_digits(operator, order, capsys):
    sim = operator.kitted(1, name="gw-1")
    assert main(["lock", order, "gw-1"]) == 0
    assert main(["lock", order, sim.imei[-6:]]) == 0
    assert "was locked" in capsys.readouterr().out
    assert main(["lock", order, "gw-1", "--off"]) == 0
    assert operator.platform.sim(sim.imsi).imei_lock is None
    assert main(["lock", order, "8"]) != 0, "that may be anyone"
    assert main(["lock", order]) == Code.USAGE.exit_code


def test_a_live_table_outlives_a_platform_that_is_away(operator, order):
    command = [sys.executable, "-m", "fleet", "watch", order, "--every", "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        until_line(process, "in stock")
        operator.server.faults.add(faults.ServerError(404), path="/v1/groups", times=1)
        until_line(process, "What is shown is older")
        until_line(process, "in stock")
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130


def until_line(process, words):
    for line in process.stdout:
        if words in line:
            return
    raise AssertionError(process.stderr.read())
