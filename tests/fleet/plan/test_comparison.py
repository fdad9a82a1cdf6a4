"""A plan beside the platform: what differs, before anything is changed."""

import pytest
from kitting_plans import PLAN, plan_for
from simulated_operator import BENCH

from agent.errors import Failure
from fleet.plan.comparison import compare


def test_userdata_that_is_not_valid_for_a_sim_is_found(operator):
    comparison = compare(operator.api, plan_for(operator, **{"userdata.yaml": b"hostname: '{{ tags.room }}'\n"}))
    assert len(comparison.unfit) == 2 * len(operator.sim_ids)
    assert "tags.room" in comparison.unfit[0].failure.detail


def test_a_sim_that_the_operator_does_not_have_is_missing(operator):
    comparison = compare(operator.api, plan_for(operator, **{"sims.csv": b"simId\n8942310000000009999\n"}))
    assert comparison.missing == ("8942310000000009999",)


def test_the_settings_that_a_group_has_already_count_towards_its_limit(operator):
    operator.platform.change_group(BENCH, other_configuration={"SoracomBeam": {"x": "y" * 8000}})
    with pytest.raises(Failure) as caught:
        compare(
            operator.api,
            plan_for(
                operator, PLAN.replace("alpha-bench", "bench"), **{"userdata.yaml": b"hostname: gw\n# " + b"x" * 300}
            ),
        )
    assert "settings that it has already" in caught.value.detail
