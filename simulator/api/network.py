"""Pure. Ways in from outside: on-demand port mappings, and the gate of a virtual private gateway."""

from __future__ import annotations

from typing import Any

from simulator.api.asked import Asked, nothing
from simulator.http_messages import Response
from simulator.subscribers import Refusal

MOST_S = 8 * 3600
_FIRST_PORT = 30000


def list_mappings(asked: Asked) -> Response:
    """All, or those of one SIM; what has expired is gone."""
    account = asked.account
    now = account.platform.now_ms()
    of = asked.variables.get("sim_id")
    found = [m for m in account.port_mappings.values() if m["expiredTime"] > now and of in {None, m["simId"]}]
    return Response.json(200, found)


def create_mapping(asked: Asked) -> Response:
    """A port of the platform that leads to a port of the device, for a while."""
    account, sim_id, body = asked.account, asked.variable("sim_id"), asked.members()
    imsi = account.imsi_of(sim_id)
    if imsi is None:
        raise Refusal(404, "SIM0001", f"no SIM {sim_id}")
    destination, duration = body.get("destination"), body.get("duration")
    if not isinstance(destination, dict) or not isinstance(destination.get("port"), int):
        raise Refusal(400, "PMP0001", "destination.port is a number")
    if not isinstance(duration, int) or not 0 < duration <= MOST_S:
        raise Refusal(400, "PMP0002", f"duration is at most {MOST_S} seconds")
    if account.platform.sim(imsi).session is None:
        raise Refusal(400, "PMP0003", "the SIM is offline")
    port = _FIRST_PORT + next(account.numbers)
    now = account.platform.now_ms()
    mapping: dict[str, Any] = {
        "createdTime": now,
        "destination": destination,
        "duration": duration,
        "endpoint": f"xx.napter.soracom.io:{port}",
        "expired": False,
        "expiredTime": now + duration * 1000,
        "hostname": "xx.napter.soracom.io",
        "imsi": imsi,
        "ipAddress": "192.0.2.1",
        "operatorId": account.operator_id,
        "port": port,
        "simId": sim_id,
        "source": body.get("source") or {"ipRanges": ["0.0.0.0/0"]},
        "tlsRequired": bool(body.get("tlsRequired")),
    }
    account.port_mappings["192.0.2.1", port] = mapping
    return Response.json(201, mapping)


def delete_mapping(asked: Asked) -> Response:
    """Closes it."""
    key = (asked.variable("ip_address"), int(asked.variable("port")) if asked.variable("port").isdecimal() else 0)
    if asked.account.port_mappings.pop(key, None) is None:
        raise Refusal(404, "PMP0404", "no such port mapping")
    return nothing()


def list_gateways(asked: Asked) -> Response:
    """All virtual private gateways."""
    ids, headers = asked.page(list(asked.account.gateways))
    answer = Response.json(200, [asked.account.gateways[one] for one in ids])
    return Response(200, answer.body, answer.content_type, headers)


def get_gateway(asked: Asked) -> Response:
    """One."""
    return Response.json(200, _gateway(asked))


def open_gate(asked: Asked) -> Response:
    """Lets devices and what stands beside them reach each other."""
    _gateway(asked)["gateOpened"] = True
    return Response.json(200, _gateway(asked))


def close_gate(asked: Asked) -> Response:
    """And no longer."""
    _gateway(asked)["gateOpened"] = False
    return Response.json(200, _gateway(asked))


def _gateway(asked: Asked) -> dict[str, Any]:
    found = asked.account.gateways.get(asked.variable("vpg_id"))
    if found is None:
        raise Refusal(404, "VPG0404", "no such virtual private gateway")
    return found
