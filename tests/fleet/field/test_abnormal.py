"""The SIMs of a plan that are not as the plan says."""

import time

import pytest
from kitting_plans import small_plan
from simulated_operator import FIELD, SimulatedOperator

from fleet.field.abnormal import abnormal_sims
from fleet.plan.differences import handler_body
from fleet.platform.calls import event_handler_calls
from simulator import faults

PLAN = small_plan(
    "name: p\nsims: {tag: {name: batch, value: '7'}}\ngroups: {before: {name: bench}, after: {name: field}}\n"
    "handlers: [{say: suspend above 100 MB}, {say: suspend above 5 MB, on: before}]\nexpect: {megabytes_a_day: 10}\n"
)


@pytest.fixture
def operator():
    with SimulatedOperator(clock=lambda: time.time_ns() // 1_000_000) as started:
        for place, sim in enumerate(started.platform.sims):
            started.platform.set_tag(sim.imsi, "batch", "7")
            started.platform.set_group(sim.imsi, FIELD)
            started.platform.set_imei_lock(started.kitted(place, desk_imei=sim.imei).imsi)
        yield started


def test_sims_that_are_as_in_the_plan_are_not_listed(operator):
    found = abnormal_sims(operator.api, PLAN)
    assert (found.sims, found.total, found.handlers) == ((), 3, ())


def test_traffic_beyond_the_plan_is_a_reason(operator):
    heavy = operator.platform.sims[1]
    operator.firing.carried(heavy.imsi, 20 << 20)
    (abnormal,) = abnormal_sims(operator.api, PLAN).sims
    assert (abnormal.row.sim.sim_id, abnormal.megabytes) == (heavy.sim_id, 20.0)
    assert abnormal.reasons == ("carried 20.0 MB in one day",)


def test_a_finding_is_a_reason_even_where_the_traffic_is_not_known(operator):
    moved = operator.platform.sims[0]
    operator.platform.change_sim(moved.imsi, imei_lock="490154203237518")
    operator.server.faults.add(faults.ServerError(403), path="/v1/stats/*")
    (abnormal,) = abnormal_sims(operator.api, PLAN).sims
    assert (abnormal.row.sim.sim_id, abnormal.megabytes) == (moved.sim_id, None)
    assert any("Stop the SIM" in reason for reason in abnormal.reasons)


def test_only_the_plans_handlers_after_shipment_are_named(operator):
    for handler in PLAN.handlers:
        event_handler_calls.create_handler(operator.api, handler_body(handler, FIELD))
    names = [handler.name for handler in abnormal_sims(operator.api, PLAN).handlers]
    assert names == ["kitting: p: after: suspend above 100 MB"]
