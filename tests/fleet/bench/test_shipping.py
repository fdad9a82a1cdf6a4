"""Shipping moves SIMs to the group after shipment."""

import pytest
from refusals import failure_of
from sim_rows import NOW
from simulated_operator import BENCH, FIELD, SimulatedOperator

from agent.errors import Code
from fleet.bench.finding_rules import Expectations
from fleet.bench.locking import lock_sim
from fleet.bench.shipping import ship_sims
from fleet.bench.stage import row_of
from fleet.platform.calls import sim_calls
from simulator import faults

AFTER = Expectations(after=FIELD)


@pytest.fixture
def operator():
    with SimulatedOperator(group_id=BENCH) as started:
        yield started


def rows(operator):
    return [row_of(sim, AFTER, NOW) for sim in sim_calls.all_sims(operator.api)]


def test_locked_sims_are_moved_and_tagged_with_the_time(operator):
    for place in range(3):
        lock_sim(operator.api, operator.kitted(place).sim_id, Expectations())
    noted = []
    assert ship_sims(operator.api, rows(operator), FIELD, lambda _, failure: noted.append(failure)) == 0
    assert {sim.group_id for sim in operator.platform.sims} == {FIELD}
    assert all("desk_shipped_at" in sim.tags and "desk_forced" not in sim.tags for sim in operator.platform.sims)
    assert noted == [None] * 3


def test_nothing_is_moved_where_one_sim_is_not_ready(operator):
    lock_sim(operator.api, operator.kitted().sim_id, Expectations())
    failure = failure_of(lambda: ship_sims(operator.api, rows(operator), FIELD, lambda *_: None))
    assert (failure.code, "2 of 3 SIMs are not ready" in failure.detail) == (Code.SHIP_REFUSED, True)
    assert {sim.group_id for sim in operator.platform.sims} == {BENCH}


def test_a_sim_with_a_lock_without_proof_is_not_shipped(operator):
    sim = operator.kitted()
    sim_calls.set_imei_lock(operator.api, sim.sim_id, sim.imei)
    unproved = [row for row in rows(operator) if row.sim.sim_id == sim.sim_id]
    failure = failure_of(lambda: ship_sims(operator.api, unproved, FIELD, lambda *_: None))
    assert (failure.code, "lock not proved" in failure.detail) == (Code.SHIP_REFUSED, True)
    assert operator.platform.sim(sim.imsi).group_id == BENCH


def test_only_the_sims_that_are_not_ready_carry_the_reason(operator):
    ready = operator.kitted()
    lock_sim(operator.api, ready.sim_id, Expectations())
    ship_sims(operator.api, rows(operator), FIELD, lambda *_: None, reason="customer waits " + "x" * 300)
    forced = {sim.sim_id: sim.tags.get("desk_forced") for sim in operator.platform.sims}
    assert forced.pop(ready.sim_id) is None
    assert {len(reason) for reason in forced.values()} == {200}


def test_a_shipped_sim_is_not_moved_again(operator):
    ship_sims(operator.api, rows(operator), FIELD, lambda *_: None, reason="x")
    operator.account.calls.clear()
    ship_sims(operator.api, rows(operator), FIELD, lambda *_: None, reason="x")
    assert {call.method for call in operator.account.calls} == {"GET"}


def test_a_stopped_sim_in_the_field_does_not_hold_the_others_back(operator):
    lost, ready = operator.kitted(0), operator.kitted(1)
    sim_calls.set_group(operator.api, lost.sim_id, FIELD)
    sim_calls.suspend(operator.api, lost.sim_id)
    lock_sim(operator.api, ready.sim_id, Expectations())
    some = [row for row in rows(operator) if row.sim.sim_id in {lost.sim_id, ready.sim_id}]
    assert ship_sims(operator.api, some, FIELD, lambda *_: None) == 0
    assert operator.platform.sim(ready.imsi).group_id == FIELD


def test_a_sim_that_fails_stops_no_other(operator):
    broken = operator.sim_ids[1]
    operator.server.faults.add(faults.ServerError(403), path=f"/v1/sims/{broken}/set_group")
    failed = {}

    def note(row, failure):
        failed[row.sim.sim_id] = failure

    assert ship_sims(operator.api, rows(operator), FIELD, note, reason="x") == 1
    assert [sim_id for sim_id, failure in failed.items() if failure] == [broken]
