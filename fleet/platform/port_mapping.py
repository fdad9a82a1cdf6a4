"""Pure. A port of the platform that leads to a port of a device for a limited time, as the API returns it."""

from __future__ import annotations

from dataclasses import dataclass

from fleet.platform.json_shapes import not_understood, object_of


@dataclass(frozen=True, slots=True)
class PortMapping:
    """A port mapping."""

    address: str
    port: int
    hostname: str
    expires_ms: int
    """Milliseconds since 1970; 0 where the platform does not say it."""


def port_mapping_of(value: object) -> PortMapping:
    """A port mapping from its JSON value; raises `platform.not_understood`."""
    members = object_of(value, "a port mapping")
    address, port, expires = members.get("ipAddress"), members.get("port"), members.get("expiredTime")
    if not isinstance(address, str) or not isinstance(port, int):
        raise not_understood("a port mapping with address and port")
    hostname = str(members.get("hostname") or address)
    return PortMapping(address, port, hostname, expires if isinstance(expires, int) else 0)
