"""Edge. Operations on orders of SIMs: their state, their SIMs, and their registration with the operator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum, unique
from typing import Any

from fleet.platform.api import Api, path_of
from fleet.platform.json_shapes import list_of, object_of


@unique
class OrderStage(Enum):
    """How far an order is, as far as the desk decides by it; the values are the platform's `orderStatus`."""

    PACKING = ("orderProcessing", "ordering", "ordered", "kitting")
    """Not on its way yet; the platform's `kitting` is the packing of the parcel."""
    ON_ITS_WAY = ("shipped", "receiving")
    """Its SIMs can be taken over; an unknown status counts as this one."""
    RECEIVED = ("received",)
    """The operator has confirmed that it arrived, which has registered its SIMs."""
    CANCELLED = ("cancelling", "cancelled", "failed")


def order_stage(api: Api, order_id: str) -> OrderStage:
    """Order:getOrder."""
    status = object_of(api.get(path_of("orders", order_id)).body, "an order").get("orderStatus")
    return next((stage for stage in OrderStage if status in stage.value), OrderStage.ON_ITS_WAY)


def sims_of_order(api: Api, order_id: str) -> Iterator[str]:
    """Order:listOrderedSubscribers. SIM ids. Unlike every other list, this one is a member of an object."""
    for page in api.pages(path_of("orders", order_id, "subscribers")):
        for item in list_of(object_of(page, "an order's SIMs").get("orderedSubscriberList"), "an order's SIMs"):
            sim = object_of(item, "an ordered SIM")
            yield str(sim.get("simId") or sim.get("iccid") or "")


def register_order(api: Api, order_id: str) -> None:
    """Order:registerOrderedSim. Makes all SIMs of an order the operator's SIMs."""
    api.post(path_of("orders", order_id, "subscribers", "register"))


def set_initial_settings(api: Api, order_id: str, settings: Mapping[str, Any]) -> None:
    """Order:updateOrderedResourceInitialSetting. Settings by subscription that the SIMs get with their registration."""
    api.put(path_of("orders", order_id, "resource_initial_setting"), {"simInitialSettings": settings})
