"""Many items at the same time."""

from agent.errors import Failure
from fleet.platform.calls import sim_calls
from fleet.platform.parallel import in_parallel


def test_an_item_that_fails_does_not_affect_the_others(operator):
    text = dict(
        in_parallel(
            operator.api.at_once, lambda sim_id: sim_calls.one_sim(operator.api, sim_id), [*operator.sim_ids, "nobody"]
        )
    )
    assert isinstance(text.pop("nobody"), Failure)
    assert {sim.sim_id for sim in text.values()} == set(operator.sim_ids)
