"""Pure. Orders: what was ordered, the SIMs of it, and what they are to be when they arrive."""

from __future__ import annotations

from typing import Any

from simulator.api.account import Order
from simulator.api.asked import Asked, nothing
from simulator.http_messages import Response
from simulator.subscribers import Refusal


def order_object(order: Order) -> dict[str, Any]:
    """The order as the API tells it."""
    return {"orderId": order.order_id, "orderStatus": order.status, "currency": "JPY"}


def list_orders(asked: Asked) -> Response:
    """All orders, in an object."""
    return Response.json(200, {"orderList": [order_object(order) for order in asked.account.orders.values()]})


def get_order(asked: Asked) -> Response:
    """One order."""
    return Response.json(200, order_object(_order(asked)))


def list_sims(asked: Asked) -> Response:
    """A page of an order's SIMs, in an object."""
    order, platform = _order(asked), asked.account.platform
    ids, headers = asked.page(order.sim_ids)
    rows = []
    for sim_id in ids:
        sim = platform.sim(asked.account.imsi_of(sim_id) or "")
        rows.append({"imsi": sim.imsi, "iccid": sim.iccid, "simId": sim.sim_id, "serialNumber": sim.iccid})
    answer = Response.json(200, {"orderedSubscriberList": rows})
    return Response(200, answer.body, answer.content_type, headers)


def register(asked: Asked) -> Response:
    """Takes the SIMs of an order over, with the settings that were asked for."""
    order = _order(asked)
    if order.status not in {"shipped", "receiving", "received"}:
        raise Refusal(400, "ORD0001", f"the order is {order.status}")
    order.registered, order.status = True, "received"
    return nothing()


def initial_settings(asked: Asked) -> Response:
    """What the SIMs are to be; not after they were received."""
    order = _order(asked)
    if order.status == "received":
        raise Refusal(400, "ORD0002", "the order was received already")
    told = asked.members().get("simInitialSettings")
    if not isinstance(told, dict):
        raise Refusal(400, "COM0400", "simInitialSettings is an object")
    order.initial_settings = told
    platform = asked.account.platform
    for sim_id in order.sim_ids:
        sim = platform.sim(asked.account.imsi_of(sim_id) or "")
        settings = told.get(sim.subscription)
        if isinstance(settings, dict):
            changes: dict[str, Any] = {"tags": {**sim.tags, **(settings.get("tags") or {})}}
            if settings.get("groupId"):
                changes["group_id"] = platform.group(str(settings["groupId"])).group_id
            if settings.get("speedClass"):
                changes["speed_class"] = settings["speedClass"]
            platform.change_sim(sim.imsi, **changes)
    return Response.json(200, order_object(order))


def _order(asked: Asked) -> Order:
    order = asked.account.orders.get(asked.variable("order_id"))
    if order is None:
        raise Refusal(404, "ORD0404", f"no order {asked.variable('order_id')}")
    return order
