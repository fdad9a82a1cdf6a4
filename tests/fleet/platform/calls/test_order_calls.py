"""Orders over the API."""

from fleet.platform.calls import order_calls
from fleet.platform.calls.order_calls import OrderStage
from simulator.api.account import Order


def test_the_sims_of_an_order_are_listed_and_registered(operator):
    operator.account.orders["OR1"] = Order("OR1", sim_ids=list(operator.sim_ids))
    assert order_calls.order_stage(operator.api, "OR1") is OrderStage.ON_ITS_WAY
    assert list(order_calls.sims_of_order(operator.api, "OR1")) == operator.sim_ids
    order_calls.register_order(operator.api, "OR1")
    assert order_calls.order_stage(operator.api, "OR1") is OrderStage.RECEIVED
