"""A SIM is locked to its device with proof, and never cut off for good."""

import threading
from dataclasses import replace

import pytest
from simulated_operator import FIELD, SimulatedOperator

from agent.errors import Code, Failure
from agent.identity import Imei
from fleet.bench.finding_rules import Expectations
from fleet.bench.locking import Clock, clock_until, lock_ready_sims, lock_sim, unlock_sim
from fleet.bench.stage import Stage, row_of
from fleet.platform.calls import sim_calls
from simulator import faults
from simulator.soracom import Switches

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


def locked(operator, sim, expectations=ANY):
    return lock_sim(operator.api, sim.sim_id, expectations, clock=Time().clock)


def refused(operator, sim, code=Code.LOCK_REFUSED, expectations=ANY):
    with pytest.raises(Failure) as caught:
        locked(operator, sim, expectations)
    assert caught.value.code is code
    return caught.value.detail


def test_a_lock_is_set_proven_by_a_new_session_and_recorded(operator):
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


def test_a_locked_sim_is_not_locked_again(operator):
    sim = operator.kitted()
    locked(operator, sim)
    operator.account.calls.clear()
    assert locked(operator, sim).already
    assert {call.method for call in operator.account.calls} == {"GET"}


def test_a_lock_that_a_power_cut_left_unproven_is_proven(operator):
    sim = operator.kitted()
    sim_calls.set_imei_lock(operator.api, sim.sim_id, sim.imei)
    assert not locked(operator, sim).already
    assert "Sim:deleteSimSession" in operator.asked()


def test_a_lock_that_cannot_be_proven_now_is_removed(operator):
    sim = operator.kitted()
    sim_calls.set_imei_lock(operator.api, sim.sim_id, sim.imei)
    operator.platform.disconnect(sim.imsi)
    assert "not online" in refused(operator, sim, Code.LOCK_TAKEN_OFF)
    assert operator.platform.sim(sim.imsi).imei_lock is None


def test_a_run_for_all_sims_proves_each_lock_or_removes_it(operator):
    back, gone = operator.kitted(0), operator.kitted(1)
    for sim in (back, gone):
        sim_calls.set_imei_lock(operator.api, sim.sim_id, sim.imei)
    operator.platform.disconnect(gone.imsi)
    rows = [row_of(sim, ANY, Clock().now()) for sim in sim_calls.all_sims(operator.api)]
    assert lock_ready_sims(operator.api, rows, ANY, lambda *_: None) == 1
    proven, removed = operator.platform.sim(back.imsi), operator.platform.sim(gone.imsi)
    assert (proven.imei_lock, proven.tags["desk_imei"]) == (back.imei, back.imei)
    assert (removed.imei_lock, "desk_imei" in removed.tags) == (None, False)


def test_a_lock_without_proof_in_the_field_is_left_to_a_person(operator):
    sim = operator.kitted()
    sim_calls.set_imei_lock(operator.api, sim.sim_id, sim.imei)
    sim_calls.set_group(operator.api, sim.sim_id, FIELD)
    operator.platform.disconnect(sim.imsi)
    assert "not online" in refused(operator, sim, expectations=Expectations(after=FIELD))
    assert operator.platform.sim(sim.imsi).imei_lock == sim.imei


@pytest.mark.parametrize(
    ("tags", "words"),
    [
        ({"kitting_state": "failed"}, "the device is failed"),
        ({"kitting_state": ""}, "the device has not reported yet"),
        ({"kitting_imei": ""}, "has not reported an IMEI"),
        ({"kitting_imei": "490154203237519"}, "check digit is wrong"),
        ({"kitting_imei": "490154203237518"}, "another IMEI than the network"),
    ],
)
def test_a_sim_whose_device_is_not_certain_is_not_locked(operator, tags, words):
    sim = operator.kitted(**tags)
    assert words in refused(operator, sim)
    assert operator.platform.sim(sim.imsi).imei_lock is None


def test_a_sim_that_is_offline_is_not_locked(operator):
    sim = operator.kitted()
    operator.platform.disconnect(sim.imsi)
    assert "not online" in refused(operator, sim)


def test_a_sim_in_another_device_than_in_the_plan_is_not_locked(operator):
    sim = operator.kitted()
    other = Expectations(imeis={sim.sim_id: Imei("490154203237518")})
    assert "another device than the plan says" in refused(operator, sim, expectations=other)


@pytest.mark.parametrize("text", ["zeros", "null"])
def test_a_sim_is_not_locked_where_the_network_reports_no_imei(text):
    with SimulatedOperator() as operator:
        sim = operator.kitted()
        operator.platform.switches = Switches(session_imei=text)
        assert "reports no IMEI" in refused(operator, sim)


def test_the_lock_is_removed_where_the_device_does_not_connect_again(operator):
    sim = operator.kitted()
    operator.platform.connect = operator.platform.disconnect
    assert "did not connect again within 300 s" in refused(operator, sim, Code.LOCK_TAKEN_OFF)
    after = operator.platform.sim(sim.imsi)
    assert (after.imei_lock, "desk_imei" in after.tags) == (None, False)


def test_the_session_before_the_lock_is_no_proof(operator):
    sim = operator.kitted()
    operator.platform.connect = lambda _: None
    refused(operator, sim, Code.LOCK_TAKEN_OFF)
    assert operator.platform.sim(sim.imsi).imei_lock is None


def test_the_lock_is_removed_where_the_network_reports_no_imei_any_more(operator):
    sim = operator.kitted()
    really = operator.platform.connect

    def falls_silent(imsi):
        operator.platform.switches = replace(operator.platform.switches, session_imei="zeros")
        return really(imsi)

    operator.platform.connect = falls_silent
    refused(operator, sim, Code.LOCK_TAKEN_OFF)
    assert operator.platform.sim(sim.imsi).imei_lock is None


@pytest.mark.parametrize("call", ["delete_session", "tags"])
def test_a_failure_of_the_platform_leaves_no_unproven_lock(operator, call):
    sim = operator.kitted()
    sim_calls.one_sim(operator.api, sim.sim_id)
    operator.server.faults.add(faults.ServerError(500), path=f"/v1/sims/*/{call}")
    with pytest.raises(Failure):
        locked(operator, sim)
    assert (operator.platform.sim(sim.imsi).imei_lock is None) == (call == "delete_session")


def test_an_interruption_leaves_no_unproven_lock(operator):
    sim = operator.kitted()

    def interrupted(_):
        raise KeyboardInterrupt

    operator.platform.connect = operator.platform.disconnect
    with pytest.raises(KeyboardInterrupt):
        lock_sim(operator.api, sim.sim_id, ANY, clock=replace(Time().clock, sleep=interrupted))
    assert operator.platform.sim(sim.imsi).imei_lock is None


def test_a_desk_that_is_told_to_end_begins_no_lock(operator):
    sim, ending = operator.kitted(), threading.Event()
    ending.set()
    with pytest.raises(Failure, match="was ended before it looked"):
        lock_sim(operator.api, sim.sim_id, ANY, clock=clock_until(ending))
    assert operator.asked() == []


def test_a_device_that_is_back_when_the_desk_is_told_to_end_is_locked_with_proof(operator):
    sim, ending = operator.kitted(), threading.Event()
    really = operator.platform.connect

    def told_to_end(imsi):
        ending.set()
        return really(imsi)

    operator.platform.connect = told_to_end
    lock_sim(operator.api, sim.sim_id, ANY, clock=clock_until(ending))
    assert operator.platform.sim(sim.imsi).tags["desk_imei"] == sim.imei


def test_a_desk_that_is_killed_while_it_removes_a_lock_leaves_no_record_of_a_proof(operator):
    sim = operator.kitted()
    locked(operator, sim)
    operator.server.faults.add(faults.ServerError(403), path=f"/v1/sims/{sim.sim_id}/unset_imei_lock")
    with pytest.raises(Failure):
        unlock_sim(operator.api, sim.sim_id)
    row = row_of(sim_calls.one_sim(operator.api, sim.sim_id), ANY, Clock().now())
    assert row.stage is Stage.LOCK_NOT_PROVED


def test_a_lock_is_removed_with_the_operators_record_of_it(operator):
    sim = operator.kitted()
    locked(operator, sim)
    unlock_sim(operator.api, sim.sim_id)
    after = operator.platform.sim(sim.imsi)
    assert (after.imei_lock, "desk_imei" in after.tags) == (None, False)
