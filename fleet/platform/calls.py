"""Edge: what the desk asks of the API, a function each, named by the permission it needs.

Reading a thing returns it as a value; a change returns the thing after the change, where the platform tells it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, TypeVar

from agent.errors import Failure
from fleet.platform.failures import PlatformFailure
from fleet.platform.groups_and_handlers import (
    Group,
    Handler,
    PortMapping,
    group_of,
    handler_of,
    list_of,
    mapping_of,
    object_of,
)
from fleet.platform.http import Api, path_of
from fleet.platform.sim import Sim, sim_of, sims_of

_OFFLINE = "SEM0016"
"""The platform's code for a SIM that has no session (published document, `deleteSimSession`)."""
T = TypeVar("T")
R = TypeVar("R")


def all_sims(api: Api) -> Iterator[Sim]:
    """Sim:listSims. Every SIM, page by page."""
    for page in api.pages("/sims"):
        yield from sims_of(page)


def one_sim(api: Api, sim_id: str) -> Sim:
    """Sim:getSim."""
    return sim_of(api.get(path_of("sims", sim_id)).body)


def put_tags(api: Api, sim_id: str, tags: Mapping[str, str]) -> Sim:
    """Sim:putSimTags. Adds or replaces these and no other."""
    pairs = [{"tagName": name, "tagValue": value} for name, value in tags.items()]
    return sim_of(api.put(path_of("sims", sim_id, "tags"), pairs).body)


def delete_tag(api: Api, sim_id: str, name: str) -> None:
    """Sim:deleteSimTag."""
    api.delete(path_of("sims", sim_id, "tags", name))


def set_group(api: Api, sim_id: str, group_id: str) -> Sim:
    """Sim:setSimGroup."""
    return sim_of(api.post(path_of("sims", sim_id, "set_group"), {"groupId": group_id}).body)


def set_speed_class(api: Api, sim_id: str, speed_class: str) -> Sim:
    """Sim:updateSimSpeedClass."""
    return sim_of(api.post(path_of("sims", sim_id, "update_speed_class"), {"speedClass": speed_class}).body)


def set_imei_lock(api: Api, sim_id: str, imei: str) -> Sim:
    """Sim:setSimImeiLock."""
    return sim_of(api.post(path_of("sims", sim_id, "set_imei_lock"), {"imei": imei}).body)


def unset_imei_lock(api: Api, sim_id: str) -> Sim:
    """Sim:unsetSimImeiLock."""
    return sim_of(api.post(path_of("sims", sim_id, "unset_imei_lock")).body)


def delete_session(api: Api, sim_id: str) -> None:
    """Sim:deleteSimSession. The device may connect anew at once; one that is offline has none, which is well."""
    try:
        api.post(path_of("sims", sim_id, "delete_session"))
    except PlatformFailure as failure:
        if failure.platform_code != _OFFLINE:
            raise


def activate(api: Api, sim_id: str) -> Sim:
    """Sim:activateSim."""
    return sim_of(api.post(path_of("sims", sim_id, "activate")).body)


def deactivate(api: Api, sim_id: str) -> Sim:
    """Sim:deactivateSim. The modem goes on trying."""
    return sim_of(api.post(path_of("sims", sim_id, "deactivate")).body)


def suspend(api: Api, sim_id: str) -> Sim:
    """Sim:suspendSim. A modem that keeps to the rules gives up: right for what is gone."""
    return sim_of(api.post(path_of("sims", sim_id, "suspend")).body)


def send_sms(api: Api, sim_id: str, text: str) -> None:
    """Sim:sendSmsToSim. Not sent again where nobody knows whether it arrived."""
    api.post(path_of("sims", sim_id, "send_sms"), {"payload": text, "encodingType": 1}, harmless=False)


def busiest_day(api: Api, sim_id: str, now: datetime, days: int = 7) -> float:
    """Stats:getAirStatsOfSim. Megabytes (MiB) of the day of the last ones on which the SIM carried most."""
    since = int((now - timedelta(days=days)).timestamp())
    query = {"from": str(since), "to": str(int(now.timestamp())), "period": "day"}
    rows = list_of(api.get(path_of("stats", "air", "sims", sim_id), query).body, "days")
    return max((_carried(object_of(row, "a day")) for row in rows), default=0.0)


def _carried(day: Mapping[str, Any]) -> float:
    classes = object_of(day.get("dataTrafficStatsMap") or {}, "traffic by speed class")
    sums = [object_of(one, "traffic") for one in classes.values()]
    sizes = [one.get(f"{way}loadByteSizeTotal") for one in sums for way in ("up", "down")]
    return sum(size for size in sizes if isinstance(size, int)) / (1 << 20)


def all_groups(api: Api) -> Iterator[Group]:
    """Group:listGroups."""
    for page in api.pages("/groups"):
        yield from map(group_of, list_of(page, "groups"))


def create_group(api: Api, name: str, configuration: Mapping[str, Any]) -> Group:
    """Group:createGroup. Not repeated where nobody knows whether it was made: names need not be unique."""
    return group_of(api.post("/groups", {"configuration": configuration, "tags": {"name": name}}, harmless=False).body)


def put_configuration(api: Api, group_id: str, namespace: str, parameters: Mapping[str, Any]) -> Group:
    """Group:putConfigurationParameters."""
    pairs = [{"key": key, "value": value} for key, value in parameters.items()]
    return group_of(api.put(path_of("groups", group_id, "configuration", namespace), pairs).body)


def delete_parameter(api: Api, group_id: str, namespace: str, key: str) -> None:
    """Group:deleteConfigurationParameter."""
    api.delete(path_of("groups", group_id, "configuration", namespace, key))


def all_handlers(api: Api) -> tuple[Handler, ...]:
    """EventHandler:listEventHandlers."""
    return tuple(map(handler_of, list_of(api.get("/event_handlers").body, "event handlers")))


def create_handler(api: Api, body: Mapping[str, Any]) -> None:
    """EventHandler:createEventHandler. Not repeated where nobody knows whether it was made."""
    api.post("/event_handlers", body, harmless=False)


def update_handler(api: Api, handler_id: str, body: Mapping[str, Any]) -> None:
    """EventHandler:updateEventHandler."""
    api.put(path_of("event_handlers", handler_id), body)


def delete_handler(api: Api, handler_id: str) -> None:
    """EventHandler:deleteEventHandler."""
    api.delete(path_of("event_handlers", handler_id))


def order_status(api: Api, order_id: str) -> str:
    """Order:getOrder. Such as `shipped`, `received`."""
    told = object_of(api.get(path_of("orders", order_id)).body, "an order")
    return str(told.get("orderStatus") or "")


def sims_of_order(api: Api, order_id: str) -> Iterator[str]:
    """Order:listOrderedSubscribers. SIM ids; the list comes in an object, unlike all others."""
    for page in api.pages(path_of("orders", order_id, "subscribers")):
        for one in list_of(object_of(page, "an order's SIMs").get("orderedSubscriberList"), "an order's SIMs"):
            told = object_of(one, "an ordered SIM")
            yield str(told.get("simId") or told.get("iccid") or "")


def register_order(api: Api, order_id: str) -> None:
    """Order:registerOrderedSim. Takes all SIMs of an order over."""
    api.post(path_of("orders", order_id, "subscribers", "register"))


def set_initial_settings(api: Api, order_id: str, settings: Mapping[str, Any]) -> None:
    """Order:updateOrderedResourceInitialSetting. What the SIMs of each subscription are to be when they arrive."""
    api.put(path_of("orders", order_id, "resource_initial_setting"), {"simInitialSettings": settings})


def open_port(api: Api, sim_id: str, port: int, duration_s: int, sources: Iterable[str]) -> PortMapping:
    """PortMapping:createPortMappingForSim. Not repeated where nobody knows whether it was made."""
    body = {
        "destination": {"port": port, "service": "air"},
        "duration": duration_s,
        "tlsRequired": False,
        **({"source": {"ipRanges": list(sources)}} if sources else {}),
    }
    return mapping_of(api.post(path_of("port_mappings", "sims", sim_id), body, harmless=False).body)


def close_port(api: Api, mapping: PortMapping) -> None:
    """PortMapping:deletePortMapping."""
    api.delete(path_of("port_mappings", mapping.address, str(mapping.port)))


def is_gate_open(api: Api, vpg_id: str) -> bool:
    """VirtualPrivateGateway:getVirtualPrivateGateway. Whether what stands beside the gateway reaches its devices."""
    told = object_of(api.get(path_of("virtual_private_gateways", vpg_id)).body, "a virtual private gateway")
    return told.get("gateOpened") is True


def open_gate(api: Api, vpg_id: str) -> None:
    """VirtualPrivateGateway:openGate."""
    api.post(path_of("virtual_private_gateways", vpg_id, "gate", "open"), {})


def close_gate(api: Api, vpg_id: str) -> None:
    """VirtualPrivateGateway:closeGate."""
    api.post(path_of("virtual_private_gateways", vpg_id, "gate", "close"))


def side_by_side(api: Api, work: Callable[[T], R], things: Iterable[T]) -> Iterator[tuple[T, R | Failure]]:
    """Does something for each of many, some at once, and tells each as it is done; keeps no more than a few in memory.

    A thing that fails is told with its `Failure`, and the others go on.
    """

    def one(thing: T) -> tuple[T, R | Failure]:
        try:
            return thing, work(thing)
        except Failure as failure:
            return thing, failure

    coming = iter(things)
    with ThreadPoolExecutor(max_workers=api.at_once) as pool:
        running = {pool.submit(one, thing) for thing in islice(coming, api.at_once * 2)}
        while running:
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()
            running |= {pool.submit(one, thing) for thing in islice(coming, len(done))}
