"""Edge. Operations that let a computer outside reach a device: port mappings, and the gate of a private gateway."""

from __future__ import annotations

from collections.abc import Iterable

from fleet.platform.api import Api, path_of
from fleet.platform.json_shapes import object_of
from fleet.platform.port_mapping import PortMapping, port_mapping_of


def open_port(api: Api, sim_id: str, port: int, duration_s: int, sources: Iterable[str]) -> PortMapping:
    """PortMapping:createPortMappingForSim. Sent once: a second request would open a second port.

    Args:
        api: the API.
        sim_id: the SIM of the device.
        port: the device's port.
        duration_s: after so many seconds the platform closes the port.
        sources: networks that may connect, such as `192.0.2.0/24`; none for all.
    """
    ranges = list(sources)
    body = {
        "destination": {"port": port, "service": "air"},
        "duration": duration_s,
        "tlsRequired": False,
        **({"source": {"ipRanges": ranges}} if ranges else {}),
    }
    return port_mapping_of(api.post(path_of("port_mappings", "sims", sim_id), body, repeatable=False).body)


def close_port(api: Api, mapping: PortMapping) -> None:
    """PortMapping:deletePortMapping."""
    api.delete(path_of("port_mappings", mapping.address, str(mapping.port)))


def is_gate_open(api: Api, vpg_id: str) -> bool:
    """VirtualPrivateGateway:getVirtualPrivateGateway. Whether computers beside the gateway reach its devices."""
    gateway = object_of(api.get(path_of("virtual_private_gateways", vpg_id)).body, "a virtual private gateway")
    return gateway.get("gateOpened") is True


def open_gate(api: Api, vpg_id: str) -> None:
    """VirtualPrivateGateway:openGate."""
    api.post(path_of("virtual_private_gateways", vpg_id, "gate", "open"), {})


def close_gate(api: Api, vpg_id: str) -> None:
    """VirtualPrivateGateway:closeGate."""
    api.post(path_of("virtual_private_gateways", vpg_id, "gate", "close"))
