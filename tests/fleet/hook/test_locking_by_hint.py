"""A hint causes a look at the SIM, and a lock where that is safe."""

import pytest
from kitting_plans import small_plan
from simulated_operator import BENCH, SimulatedOperator

from fleet.hook.locking_by_hint import LockOutcome, lock_by_hint
from fleet.platform.calls import sim_calls

PLAN = small_plan(
    "name: p\nsims: {tag: {name: batch, value: '7'}}\ngroups: {before: {name: bench}, after: {name: field}}\n"
)


@pytest.fixture
def operator():
    with SimulatedOperator(group_id=BENCH) as started:
        for sim in started.platform.sims:
            started.platform.set_tag(sim.imsi, "batch", "7")
        yield started


def test_a_hint_locks_a_sim_whose_device_is_ready(operator):
    sim = operator.kitted()
    assert lock_by_hint(operator.api, PLAN, sim.sim_id).outcome is LockOutcome.LOCKED
    assert operator.platform.sim(sim.imsi).imei_lock == sim.imei


def test_the_same_hint_again_changes_nothing(operator):
    sim = operator.kitted()
    lock_by_hint(operator.api, PLAN, sim.sim_id)
    operator.account.calls.clear()
    assert lock_by_hint(operator.api, PLAN, sim.sim_id).outcome is LockOutcome.ALREADY
    assert {call.method for call in operator.account.calls} == {"GET"}


def test_a_sim_whose_device_is_not_ready_has_to_be_looked_at_again(operator):
    sim = operator.platform.sims[0]
    assert lock_by_hint(operator.api, PLAN, sim.sim_id).outcome is LockOutcome.NOT_YET
    assert operator.platform.sim(sim.imsi).imei_lock is None


def test_a_suspicious_sim_is_left_to_a_person(operator):
    sim = operator.kitted(kitting_imei="490154203237518")
    result = lock_by_hint(operator.api, PLAN, sim.sim_id)
    assert (result.outcome, "another IMEI" in result.reason) == (LockOutcome.REFUSED, True)


def test_sims_of_other_groups_and_unknown_sims_are_left_alone(operator):
    sim = operator.kitted()
    operator.platform.set_group(sim.imsi, None)
    assert lock_by_hint(operator.api, PLAN, sim.sim_id).outcome is LockOutcome.NOT_OURS
    assert lock_by_hint(operator.api, PLAN, "8942310000000009999").outcome is LockOutcome.NOT_OURS


def test_a_sim_of_another_plan_on_the_same_bench_is_left_alone(operator):
    sim = operator.kitted(batch="8")
    assert lock_by_hint(operator.api, PLAN, sim.sim_id).outcome is LockOutcome.NOT_OURS
    assert operator.platform.sim(sim.imsi).imei_lock is None


def test_a_lock_that_another_desk_may_be_proving_is_not_removed(operator):
    sim = operator.kitted()
    sim_calls.set_imei_lock(operator.api, sim.sim_id, sim.imei)
    operator.platform.disconnect(sim.imsi)
    assert lock_by_hint(operator.api, PLAN, sim.sim_id).outcome is LockOutcome.NOT_YET
    assert operator.platform.sim(sim.imsi).imei_lock == sim.imei


def test_the_record_says_that_the_hook_locked_the_sim(operator):
    sim = operator.kitted()
    lock_by_hint(operator.api, PLAN, sim.sim_id)
    assert operator.platform.sim(sim.imsi).tags["desk_by"] == "hook (root user)"
