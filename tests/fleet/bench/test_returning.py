"""A SIM that comes back is as it was before it was kitted."""

import pytest
from sim_rows import NOW
from simulated_operator import BENCH, FIELD, SimulatedOperator

from agent.errors import Failure
from fleet.bench.finding_rules import Expectations
from fleet.bench.findings import Finding
from fleet.bench.locking import lock_sim
from fleet.bench.returning import is_returned, return_sim
from fleet.bench.shipping import ship_sims
from fleet.bench.stage import row_of
from fleet.platform.calls import sim_calls
from simulator import faults

AFTER = Expectations(after=FIELD)


@pytest.fixture
def operator():
    with SimulatedOperator(group_id=BENCH) as started:
        yield started


@pytest.fixture
def shipped(operator):
    """A SIM that was locked and shipped."""
    sim = operator.kitted(name="gw-1", kitting_order="hold")
    lock_sim(operator.api, sim.sim_id, AFTER)
    row = row_of(sim_calls.one_sim(operator.api, sim.sim_id), AFTER, NOW)
    assert ship_sims(operator.api, [row], FIELD, lambda *_: None) == 0
    return sim


def test_a_returned_sim_has_no_lock_no_record_and_no_report(operator, shipped):
    return_sim(operator.api, shipped.sim_id, BENCH)
    after = operator.platform.sim(shipped.imsi)
    assert (after.group_id, after.imei_lock) == (BENCH, None)
    assert dict(after.tags) == {"name": "gw-1", "kitting_order": "hold"}
    assert is_returned(sim_calls.one_sim(operator.api, shipped.sim_id))


@pytest.mark.parametrize("call", ["set_group", "unset_imei_lock", "tags/*"])
def test_a_return_that_was_cut_off_is_found_does_not_ship_and_is_finished(operator, shipped, call):
    operator.server.faults.add(faults.ServerError(403), path=f"/v1/sims/{shipped.sim_id}/{call}", times=1)
    with pytest.raises(Failure):
        return_sim(operator.api, shipped.sim_id, BENCH)
    row = row_of(sim_calls.one_sim(operator.api, shipped.sim_id), AFTER, NOW)
    assert Finding.RETURN_NOT_FINISHED in row.findings
    assert row.needs_attention
    return_sim(operator.api, shipped.sim_id, BENCH)
    after = sim_calls.one_sim(operator.api, shipped.sim_id)
    assert (is_returned(after), after.group_id) == (True, BENCH)
    assert Finding.RETURN_NOT_FINISHED not in row_of(after, AFTER, NOW).findings
