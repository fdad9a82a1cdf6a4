"""The SIMs of a plan as rows."""

from datetime import timedelta

from kitting_plans import IMEI, plan, small_plan
from sim_rows import STOCK
from simulated_operator import BENCH, FIELD

from agent.identity import Imei
from fleet.bench.finding_rules import Expectations
from fleet.bench.plan_status import expectations_of, status_of_plan
from fleet.bench.stage import Stage
from fleet.plan.plan import GroupIds

TAGGED = (
    "name: p\nsims: {tag: {name: batch, value: '7'}}\ngroups: {before: {name: bench}, after: {name: field}}\n"
    "expect: {seen_within_hours: 3}\n"
)


def test_only_the_sims_of_the_plan_are_rows_those_that_need_attention_first(operator):
    for sim in operator.platform.sims[:2]:
        operator.platform.set_tag(sim.imsi, "batch", "7")
        operator.platform.set_group(sim.imsi, FIELD)
    operator.platform.set_imei_lock(operator.kitted(0, desk_imei=operator.platform.sims[0].imei).imsi)
    status = status_of_plan(operator.api, small_plan(TAGGED))
    assert [(row.sim.sim_id, row.needs_attention) for row in status.rows] == [
        (operator.sim_ids[1], True),
        (operator.sim_ids[0], False),
    ]
    assert status.rows[1].stage is Stage.SHIPPED
    assert status.expectations.after == FIELD


def test_a_group_that_does_not_exist_is_expected_nowhere(operator):
    status = status_of_plan(operator.api, small_plan(TAGGED.replace("field", "elsewhere")))
    assert (status.rows, status.expectations.after) == ((), None)


def test_the_devices_of_the_list_and_the_time_of_the_plan_are_expected():
    assert expectations_of(plan(), GroupIds(BENCH, FIELD), [STOCK]) == Expectations(FIELD, {STOCK.sim_id: Imei(IMEI)})
    found = expectations_of(small_plan(TAGGED), GroupIds(BENCH, None), [STOCK])
    assert found == Expectations(None, {}, seen_within=timedelta(hours=3))
