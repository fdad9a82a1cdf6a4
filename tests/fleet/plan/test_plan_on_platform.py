"""The groups and SIMs of a plan on the platform."""

import pytest
from kitting_plans import PLAN, plan_for
from simulated_operator import SimulatedOperator

from agent.errors import Failure
from fleet.bench.plan_status import status_of_plan
from fleet.plan.comparison import compare
from fleet.plan.plan_on_platform import is_sim_of_plan, sims_of_plan
from fleet.platform.calls import group_calls, sim_calls
from simulator.api.account import Order


def test_two_groups_of_one_name_need_an_id(operator):
    for _ in range(2):
        group_calls.create_group(operator.api, "alpha-bench", {})
    with pytest.raises(Failure) as caught:
        compare(operator.api, plan_for(operator))
    assert "write the id of one into the plan" in caught.value.detail
    one = operator.platform.groups[-1].group_id
    assert compare(operator.api, plan_for(operator, PLAN.replace("alpha-bench,", f"alpha-bench, id: {one},")))


@pytest.mark.parametrize("source", ["csv: sims.csv", "order: OR1", "tag: {name: batch, value: '7'}"])
def test_a_sim_of_another_plan_is_none_of_this_plan(operator, source):
    mine, other = (sim.sim_id for sim in operator.platform.sims[:2])
    operator.account.orders["OR1"] = Order("OR1", sim_ids=[mine], status="received", registered=True)
    operator.platform.set_tag(operator.platform.sims[0].imsi, "batch", "7")
    wanted = plan_for(
        operator, PLAN.replace("csv: sims.csv", source), **{"sims.csv": f"simId,name,site\n{mine},a,b\n".encode()}
    )
    assert [is_sim_of_plan(operator.api, wanted, sim_calls.one_sim(operator.api, one)) for one in (mine, other)] == [
        True,
        False,
    ]


def test_sims_with_a_tag_are_found_and_never_by_the_search_index(operator):
    operator.platform.set_tag(operator.platform.sims[2].imsi, "batch", "7")
    text = PLAN.replace("csv: sims.csv", "tag: {name: batch, value: '7'}")
    assert compare(operator.api, plan_for(operator, text)).seen == 1
    assert "Query:searchSims" not in operator.asked()


def test_a_look_at_thirty_sims_costs_no_more_among_thousands():
    with SimulatedOperator(4000) as operator:
        wanted = operator.platform.sims[-30:]
        plan = _plan_of(operator, [sim.sim_id for sim in wanted])
        status = status_of_plan(operator.api, plan)
        assert {row.sim.sim_id for row in status.rows} == {sim.sim_id for sim in wanted}
        assert len(operator.asked()) <= 35


def test_a_look_at_most_sims_costs_their_pages():
    with SimulatedOperator(300) as operator:
        assert len(list(sims_of_plan(operator.api, _plan_of(operator, operator.sim_ids[:250])))) == 250
        assert operator.asked() == ["Sim:listSims"] * 3


def test_a_sim_that_the_operator_does_not_have_is_not_asked_for_after_the_last_page():
    with SimulatedOperator(20) as operator:
        strangers = [f"89810000000000{n:05d}" for n in range(10)]
        assert len(list(sims_of_plan(operator.api, _plan_of(operator, operator.sim_ids + strangers)))) == 20
        assert operator.asked() == ["Sim:listSims"]


def _plan_of(operator, sim_ids):
    rows = "".join(f"{sim_id},gw-{n}\n" for n, sim_id in enumerate(sim_ids))
    return plan_for(operator, **{"sims.csv": f"simId,name\n{rows}".encode()})
