"""A new device for a SIM, and a new SIM for a device."""

import pytest
from refusals import failure_of
from simulated_operator import BENCH, FIELD, SimulatedOperator

from agent.errors import Code, Failure
from fleet.bench.finding_rules import Expectations
from fleet.bench.locking import lock_sim
from fleet.bench.swapping import forget_device, move_to_sim
from fleet.platform.calls import sim_calls
from simulator import faults

NAMED = {"name": "gw-1", "site": "tokyo"}


@pytest.fixture
def operator():
    with SimulatedOperator(group_id=BENCH) as started:
        yield started


@pytest.fixture
def shipped(operator):
    """A SIM that was locked and is in the field."""
    sim = operator.kitted(**NAMED)
    lock_sim(operator.api, sim.sim_id, Expectations())
    operator.platform.set_tag(sim.imsi, "desk_shipped_at", "2026-11-24T00:00:00Z")
    operator.platform.set_group(sim.imsi, FIELD)
    return sim


def on_platform(operator, sim):
    return sim_calls.one_sim(operator.api, sim.sim_id)


def test_a_sim_with_a_new_device_stays_shipped_and_can_be_locked_to_it(operator, shipped):
    forget_device(operator.api, on_platform(operator, shipped))
    after = operator.platform.sim(shipped.imsi)
    assert (after.imei_lock, after.group_id) == (None, FIELD)
    assert dict(after.tags) == {**NAMED, "desk_shipped_at": "2026-11-24T00:00:00Z"}
    other = operator.platform.sims[2].imei
    operator.platform.move_to_device(shipped.imsi, other)
    operator.platform.set_tags(shipped.imsi, {"kitting_state": "provisioned", "kitting_imei": other})
    assert lock_sim(operator.api, shipped.sim_id, Expectations(after=FIELD)).record["imei"] == other


def test_a_new_sim_takes_the_tags_and_the_group_and_the_old_one_comes_back_without_them(operator, shipped):
    new = operator.platform.sims[1]
    move_to_sim(operator.api, on_platform(operator, shipped), on_platform(operator, new), BENCH)
    after_new, after_old = operator.platform.sim(new.imsi), operator.platform.sim(shipped.imsi)
    assert (dict(after_new.tags), after_new.group_id, after_new.imei_lock) == (NAMED, FIELD, None)
    assert (dict(after_old.tags), after_old.group_id, after_old.imei_lock) == (
        {"name": "gw-1 (replaced)"},
        BENCH,
        None,
    )


def test_a_swap_that_was_cut_off_is_finished_by_the_same_swap(operator, shipped):
    new = operator.platform.sims[1]
    operator.server.faults.add(faults.ServerError(403), path=f"/v1/sims/{shipped.sim_id}/unset_imei_lock", times=1)
    with pytest.raises(Failure):
        move_to_sim(operator.api, on_platform(operator, shipped), on_platform(operator, new), BENCH)
    assert "desk_returning" in on_platform(operator, shipped).tags
    move_to_sim(operator.api, on_platform(operator, shipped), on_platform(operator, new), BENCH)
    after = operator.platform.sim(new.imsi)
    assert (after.group_id, dict(after.tags)) == (FIELD, NAMED)
    assert dict(operator.platform.sim(shipped.imsi).tags) == {"name": "gw-1 (replaced)"}


def test_a_sim_that_is_in_use_is_not_taken_for_another_box(operator, shipped):
    other = operator.kitted(1)
    lock_sim(operator.api, other.sim_id, Expectations())
    for new in (other, shipped):
        failure = failure_of(
            lambda new=new: move_to_sim(operator.api, on_platform(operator, shipped), on_platform(operator, new), BENCH)
        )
        assert failure.code is Code.USAGE
    assert operator.platform.sim(shipped.imsi).imei_lock == shipped.imei
