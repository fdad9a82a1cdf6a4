"""Pure. Orders: what was ordered, the SIMs of it, and what they are to be when they arrive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from simulator.api.account import Order
from simulator.api.asked import Asked, Operation, nothing
from simulator.http_messages import Response
from simulator.soracom import Platform
from simulator.subscribers import Refusal


def order_object(order: Order) -> dict[str, Any]:
    """The order as the API returns it."""
    shown: dict[str, Any] = {"orderId": order.order_id, "orderStatus": order.status, "currency": "JPY"}
    if order.items:
        shown["orderItemList"] = _items(order)
    if order.initial_settings:
        shown["resourceInitialSetting"] = {"simInitialSettings": order.initial_settings}
    return shown


def quote(asked: Asked) -> Response:
    """An order that counts once it is confirmed."""
    items = asked.members().get("orderItemList")
    if not isinstance(items, list) or not items:
        raise Refusal(400, "ORD0003", "orderItemList is a list of objects with productCode and quantity")
    order = Order(asked.account.new_id(""), "orderProcessing", items=dict(_item(one) for one in items))
    asked.account.orders[order.order_id] = order
    return Response.json(201, {"orderId": order.order_id, "currency": "JPY", "orderItemList": _items(order)})


def confirm(asked: Asked) -> Response:
    """It counts."""
    order = _order(asked)
    if order.status != "orderProcessing":
        raise Refusal(400, "ORD0004", f"the order is {order.status}")
    order.status = "ordered"
    return Response.json(200, order_object(order))


def cancel(asked: Asked) -> Response:
    """Until it is on its way."""
    order = _order(asked)
    if order.status not in {"orderProcessing", "ordering", "ordered"}:
        raise Refusal(400, "ORD0005", f"the order is {order.status}")
    order.status = "cancelled"
    return nothing()


def list_orders(asked: Asked) -> Response:
    """All orders, in an object."""
    return Response.json(200, {"orderList": [order_object(order) for order in asked.account.orders.values()]})


def get_order(asked: Asked) -> Response:
    """Returns an order."""
    return Response.json(200, order_object(_order(asked)))


def list_sims(asked: Asked) -> Response:
    """A page of an order's SIMs, in an object."""
    order, platform = _order(asked), asked.account.platform
    ids, headers = asked.page(order.sim_ids)
    rows = []
    for sim_id in ids:
        sim = platform.sim(platform.imsi_of(sim_id))
        rows.append({"imsi": sim.imsi, "iccid": sim.iccid, "simId": sim.sim_id, "serialNumber": sim.iccid})
    return replace(Response.json(200, {"orderedSubscriberList": rows}), headers=headers)


def register(asked: Asked) -> Response:
    """Takes the SIMs of an order over, with the settings that were asked for."""
    order = _order(asked)
    if order.status not in {"shipped", "receiving", "received"}:
        raise Refusal(400, "ORD0001", f"the order is {order.status}")
    order.registered, order.status = True, "received"
    return nothing()


def initial_settings(asked: Asked) -> Response:
    """Sets the initial settings of the SIMs; refused after they were received."""
    order = _order(asked)
    if order.status == "received":
        raise Refusal(400, "ORD0002", "the order was received already")
    given = asked.members().get("simInitialSettings")
    if not isinstance(given, dict):
        raise Refusal(400, "COM0400", "simInitialSettings is an object")
    platform = asked.account.platform
    wanted = {subscription: _changes(platform, settings) for subscription, settings in given.items()}
    for sim_id in order.sim_ids:
        sim = platform.sim(platform.imsi_of(sim_id))
        if sim.subscription in wanted:
            tags, changes = wanted[sim.subscription]
            platform.change_sim(sim.imsi, tags={**sim.tags, **tags}, **changes)
    order.initial_settings = given
    return Response.json(200, order_object(order))


def _changes(platform: Platform, settings: object) -> tuple[dict[str, str], dict[str, str]]:
    """Tags, and other fields of a SIM."""
    tags = settings.get("tags", {}) if isinstance(settings, dict) else None
    if not isinstance(settings, dict) or not isinstance(tags, dict) or not _are_texts(settings, tags):
        raise Refusal(400, "COM0400", "settings of a subscription are groupId, speedClass, and tags")
    changes = {}
    if "groupId" in settings:
        changes["group_id"] = platform.group(settings["groupId"]).group_id
    if "speedClass" in settings:
        changes["speed_class"] = settings["speedClass"]
    return tags, changes


def _are_texts(settings: Mapping[str, Any], tags: Mapping[str, Any]) -> bool:
    others = [settings[name] for name in ("groupId", "speedClass") if name in settings]
    return all(isinstance(value, str) for value in (*others, *tags.values()))


def _item(given: object) -> tuple[str, int]:
    match given:
        case {"productCode": str(code), "quantity": int(quantity)} if quantity > 0:
            return code, quantity
    raise Refusal(400, "ORD0003", "an item is an object with productCode and quantity")


def _items(order: Order) -> list[dict[str, Any]]:
    return [{"product": {"productCode": code}, "quantity": quantity} for code, quantity in order.items.items()]


def _order(asked: Asked) -> Order:
    order = asked.account.orders.get(asked.variable("order_id"))
    if order is None:
        raise Refusal(404, "ORD0404", f"no order {asked.variable('order_id')}")
    return order


OPERATIONS: Mapping[str, Operation] = {
    "Order:listOrders": list_orders,
    "Order:getOrder": get_order,
    "Order:createQuotation": quote,
    "Order:confirmOrder": confirm,
    "Order:cancelOrder": cancel,
    "Order:listOrderedSubscribers": list_sims,
    "Order:registerOrderedSim": register,
    "Order:updateOrderedResourceInitialSetting": initial_settings,
}
