"""Pure. The interface by which a packet leaves, from the kernel's routing table, and the kind of that interface.

Source of the format: proc(5), /proc/net/route; numbers are hexadecimal in the machine's byte order.
"""

from __future__ import annotations

import sys
from enum import Enum, unique
from ipaddress import IPv4Address, IPv4Network

from agent.frozen import frozen

SORACOM_NETWORK = IPv4Network("100.127.0.0/16")
"""The network of SORACOM's entry points (metadata is 100.127.100.127), which has to be routed through the SIM."""

_UP = 0x1
_COLUMNS = 8


@unique
class LinkKind(Enum):
    """The kind of a network interface."""

    CELLULAR = "cellular"
    WIRELESS = "Wi-Fi"
    LOOPBACK = "loopback"
    WIRED = "Ethernet"


@frozen
class Route:
    """One row of the main routing table."""

    interface: str
    network: IPv4Network
    metric: int


def parse_routes(text: str) -> tuple[Route, ...]:
    """The rows of /proc/net/route that are up; a row of another shape is skipped."""
    routes = (_parse_row(line.split()) for line in text.splitlines()[1:])
    return tuple(route for route in routes if route)


def route_to(address: IPv4Address, routes: tuple[Route, ...]) -> Route | None:
    """The route with the longest prefix, and the lowest metric among equals; None without a route."""
    fitting = [route for route in routes if address in route.network]
    return min(fitting, key=lambda route: (-route.network.prefixlen, route.metric), default=None)


def link_kind(interface: str, uevent: str, driver: str) -> LinkKind:
    """The kind of an interface, from its name, its uevent file and its driver (sysfs, /sys/class/net/NAME)."""
    if interface == "lo":
        return LinkKind.LOOPBACK
    if "DEVTYPE=wlan" in uevent:
        return LinkKind.WIRELESS
    cellular_drivers = {
        "qmi_wwan",
        "cdc_mbim",
        "huawei_cdc_ncm",
        "sierra_net",
        "hso",
        "rndis_host",
        "cdc_ether",
        "cdc_ncm",
    }
    if "DEVTYPE=wwan" in uevent or driver in cellular_drivers or interface.startswith(("wwan", "ww", "ppp", "rmnet")):
        return LinkKind.CELLULAR
    return LinkKind.WIRED


def _parse_row(columns: list[str]) -> Route | None:
    if len(columns) < _COLUMNS:
        return None
    try:
        destination, flags, metric, mask = (int(columns[i], base) for i, base in ((1, 16), (3, 16), (6, 10), (7, 16)))
        network = IPv4Network((_address(destination), str(_address(mask))))
    except ValueError:
        return None
    return Route(columns[0], network, metric) if flags & _UP else None


def _address(number: int) -> IPv4Address:
    return IPv4Address(number.to_bytes(4, sys.byteorder))
