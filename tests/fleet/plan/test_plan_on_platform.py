"""The groups and SIMs of a plan on the platform."""

import pytest
from kitting_plans import PLAN, plan_for

from agent.errors import Failure
from fleet.plan.comparison import compare
from fleet.platform.calls import group_calls


def test_two_groups_of_one_name_need_an_id(operator):
    for _ in range(2):
        group_calls.create_group(operator.api, "alpha-bench", {})
    with pytest.raises(Failure) as caught:
        compare(operator.api, plan_for(operator))
    assert "write the id of one into the plan" in caught.value.detail
    one = operator.platform.groups[-1].group_id
    assert compare(operator.api, plan_for(operator, PLAN.replace("alpha-bench,", f"alpha-bench, id: {one},")))


def test_sims_with_a_tag_are_found_and_never_by_the_search_index(operator):
    operator.platform.set_tag(operator.platform.sims[2].imsi, "batch", "7")
    text = PLAN.replace("csv: sims.csv", "tag: {name: batch, value: '7'}")
    assert compare(operator.api, plan_for(operator, text)).seen == 1
    assert "Query:searchSims" not in operator.asked()
