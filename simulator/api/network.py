"""Pure. Ways in from outside: on-demand port mappings, and the gate of a virtual private gateway."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from simulator.api.account import Account
from simulator.api.asked import Asked, Operation, nothing
from simulator.http_messages import Response
from simulator.subscribers import EPOCH_MS, Refusal, Sim

MOST_S = 8 * 3600
_USUAL_S = 600
"""The duration of a port mapping without one of its own."""
_FIRST_PORT = 30000
_ADDRESS = "192.0.2.1"


def list_mappings(asked: Asked) -> Response:
    """All, or those of one SIM or subscriber; what has expired is gone."""
    account = asked.account
    now = account.platform.now_ms()
    account.port_mappings = {key: one for key, one in account.port_mappings.items() if one["expiredTime"] > now}
    wanted = {"simId": asked.variables.get("sim_id"), "imsi": asked.variables.get("imsi")}
    found = {
        f"{address}:{port}": one
        for (address, port), one in account.port_mappings.items()
        if all(value in {None, one[name]} for name, value in wanted.items())
    }
    keys, headers = asked.page(list(found)) if not asked.variables else (list(found), {})
    return replace(Response.json(200, [found[key] for key in keys]), headers=headers)


def create_mapping(asked: Asked) -> Response:
    """A port of the platform that leads to a port of the device, for a while."""
    account, body = asked.account, asked.members()
    sim, destination = _destination(asked, body)
    duration, tls = body.get("duration", _USUAL_S), body.get("tlsRequired", False)
    if isinstance(duration, bool) or not isinstance(duration, int) or not 0 < duration <= MOST_S:
        raise Refusal(400, "PMP0002", f"duration is at most {MOST_S} seconds")
    if not isinstance(body.get("source", {}), dict):
        raise Refusal(400, "PMP0001", "source is an object")
    if sim.session is None:
        raise Refusal(400, "PMP0003", "the SIM is offline")
    port, now = _FIRST_PORT + next(account.numbers) % (65536 - _FIRST_PORT), account.platform.now_ms()
    mapping: dict[str, Any] = {
        "createdTime": now,
        "destination": {"imsi": sim.imsi, "simId": sim.sim_id, "port": destination["port"]},
        "duration": duration,
        "endpoint": f"{'https://' if tls else ''}xx.napter.soracom.io:{port}",
        "expired": False,
        "expiredTime": now + duration * 1000,
        "hostname": "xx.napter.soracom.io",
        "imsi": sim.imsi,
        "ipAddress": _ADDRESS,
        "operatorId": account.operator_id,
        "port": port,
        "simId": sim.sim_id,
        "source": body.get("source") or {"ipRanges": ["0.0.0.0/0"]},
        "tlsRequired": bool(tls),
    }
    account.port_mappings[_ADDRESS, port] = mapping
    return Response.json(201, mapping)


def _destination(asked: Asked, body: Mapping[str, Any]) -> tuple[Sim, Mapping[str, Any]]:
    platform, destination = asked.account.platform, body.get("destination")
    if not isinstance(destination, dict) or not isinstance(destination.get("port"), int):
        raise Refusal(400, "PMP0001", "destination.port is a number")
    sim_id = asked.variable("sim_id") if "sim_id" in asked.variables else destination.get("simId")
    imsi = platform.imsi_of(sim_id) if isinstance(sim_id, str) else destination.get("imsi")
    if not isinstance(imsi, str):
        raise Refusal(400, "PMP0001", "destination names imsi or simId")
    return platform.sim(imsi), destination


def delete_mapping(asked: Asked) -> Response:
    """Closes it."""
    key = (asked.variable("ip_address"), int(asked.variable("port")) if asked.variable("port").isdecimal() else 0)
    if asked.account.port_mappings.pop(key, None) is None:
        raise Refusal(404, "PMP0404", "no such port mapping")
    return nothing()


def new_gateway(account: Account, name: str = "") -> dict[str, Any]:
    """A virtual private gateway with its gate shut, which `account.gateways` has from now on."""
    vpg_id = account.new_id("")
    account.gateways[vpg_id] = {
        "vpgId": vpg_id,
        "operatorId": account.operator_id,
        "type": 15,
        "status": "running",
        "gateOpened": False,
        "gatePrivacySeparatorEnabled": True,
        "gateVxlanId": 10,
        "useInternetGateway": True,
        "tags": {"name": name},
        "createdTime": EPOCH_MS,
        "lastModifiedTime": EPOCH_MS,
    }
    return account.gateways[vpg_id]


def list_gateways(asked: Asked) -> Response:
    """A page of all virtual private gateways."""
    ids, headers = asked.page(list(asked.account.gateways))
    return replace(Response.json(200, [asked.account.gateways[one] for one in ids]), headers=headers)


def get_gateway(asked: Asked) -> Response:
    """Returns a virtual private gateway."""
    return Response.json(200, _gateway(asked))


def open_gate(asked: Asked) -> Response:
    """Opens the gate, so that devices and hosts beside them reach each other."""
    gateway, given = _gateway(asked), asked.members()
    gateway["gateVxlanId"] = given.get("vxlanId", 10)
    gateway["gatePrivacySeparatorEnabled"] = bool(given.get("privacySeparatorEnabled", False))
    gateway["gateOpened"] = True
    return nothing(200)


def close_gate(asked: Asked) -> Response:
    """Closes a gate."""
    _gateway(asked)["gateOpened"] = False
    return nothing(200)


def _gateway(asked: Asked) -> dict[str, Any]:
    found = asked.account.gateways.get(asked.variable("vpg_id"))
    if found is None:
        raise Refusal(404, "VPG0404", "no such virtual private gateway")
    return found


OPERATIONS: Mapping[str, Operation] = {
    "PortMapping:listPortMappings": list_mappings,
    "PortMapping:listPortMappingsForSim": list_mappings,
    "PortMapping:listPortMappingsForSubscriber": list_mappings,
    "PortMapping:createPortMapping": create_mapping,
    "PortMapping:createPortMappingForSim": create_mapping,
    "PortMapping:deletePortMapping": delete_mapping,
    "VirtualPrivateGateway:listVirtualPrivateGateways": list_gateways,
    "VirtualPrivateGateway:getVirtualPrivateGateway": get_gateway,
    "VirtualPrivateGateway:openGate": open_gate,
    "VirtualPrivateGateway:closeGate": close_gate,
}
