"""Pure. `network`, in netplan's words → connections of NetworkManager (nm-settings-keyfile(5)).

A file belongs to root alone: NetworkManager ignores one that others may read, and there are passwords in it. Texts are
written as GKeyFile reads them; an SSID that is not plain is written as its bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_address, ip_interface, ip_network
from typing import Any

from agent.configuration.problems import Fault
from agent.effects import ActivateConnections, WantedEffect, WriteFile
from agent.key_path import KeyPath
from agent.reasons import DocumentKey

DIRECTORY = "/etc/NetworkManager/system-connections"
PLACES = (f"{DIRECTORY}/",)
NAMESPACE = "6f2b6a0e-5a0c-4b1e-9c55-0d6a1f6f8a51"
"""Namespace of connection identifiers: the same name is the same connection on every device (RFC 9562, 5.5)."""
MAX_SSID_BYTES = 32

_PLAIN_SSID = re.compile(r"[A-Za-z0-9_-]+(?: [A-Za-z0-9_-]+)*")
_ADDRESS_CHARACTERS = re.compile(r"[0-9A-Fa-f:./]+(%[A-Za-z0-9_.-]+)?(/[0-9]+)?")
_ONLY_DIGITS = re.compile(r"[0-9]+")

Section = Mapping[str, object]
Sections = Mapping[str, Section]


def render(network: Mapping[str, Any]) -> Iterator[WantedEffect | Fault]:
    """By kind and name."""
    for name, settings in sorted(network.get("ethernets", {}).items()):
        yield from _connection(name, settings, ("network", "ethernets", name), {"ethernet": _link(settings)})
    for name, settings in sorted(network.get("wifis", {}).items()):
        here: KeyPath = ("network", "wifis", name)
        for ssid, point in sorted(settings["access-points"].items()):
            yield from _access_point(name, settings, here, ssid, point)
    for name, settings in sorted(network.get("modems", {}).items()):
        yield from _connection(
            name, {"dhcp4": True, **settings}, ("network", "modems", name), {"gsm": _gsm(settings)}, sensitive=True
        )


def _access_point(
    name: str, settings: Mapping[str, Any], here: KeyPath, ssid: str, point: Mapping[str, Any]
) -> Iterator[WantedEffect | Fault]:
    if len(ssid.encode()) > MAX_SSID_BYTES:
        yield Fault((*here, "access-points", ssid), f"an SSID has at most {MAX_SSID_BYTES} bytes")
        return
    wifi = {"mode": "infrastructure", "ssid": _ssid(ssid), **_link(settings)}
    sections: dict[str, Section] = {"wifi": wifi | ({"hidden": True} if point.get("hidden") else {})}
    if password := point.get("password"):
        sections["wifi-security"] = {"key-mgmt": "wpa-psk", "psk": password}
    identifier = f"{name}-{_identifier(ssid).replace('-', '')[:8]}"
    yield from _connection(identifier, settings, here, sections, interface=name, sensitive=True)


def _connection(
    name: str,
    settings: Mapping[str, Any],
    here: KeyPath,
    own: Sections,
    *,
    interface: str = "",
    sensitive: bool = False,
) -> Iterator[WantedEffect | Fault]:
    faults = list(_faults(settings, here))
    if faults:
        yield from faults
        return
    identifier = f"kitting-{name}"
    kind = next(iter(own))
    connection = {
        "id": identifier,
        "uuid": _identifier(identifier),
        "type": kind,
        "interface-name": interface or name,
        "autoconnect-priority": 10,
    }
    sections = {"connection": connection, **own, "ipv4": _ip(settings, 4), "ipv6": _ip(settings, 6)}
    effect = WriteFile(f"{DIRECTORY}/{identifier}.nmconnection", _keyfile(sections).encode(), 0o600, "root:root")
    then = (ActivateConnections((identifier,)),)
    yield WantedEffect(effect, DocumentKey(here), then=then, sensitive=sensitive)


def _link(settings: Mapping[str, Any]) -> dict[str, object]:
    return {"mtu": settings["mtu"]} if "mtu" in settings else {}


def _gsm(settings: Mapping[str, Any]) -> dict[str, object]:
    names = ("apn", "username", "password", "number", "mtu")
    return {name: settings[name] for name in names if name in settings}


def _ip(settings: Mapping[str, Any], version: int) -> dict[str, object]:
    """The section of one version of IP."""
    addresses = [text for text in settings.get("addresses", ()) if ip_interface(text).version == version]
    routes = [route for route in settings.get("routes", ()) if ip_address(route["via"]).version == version]
    servers = settings.get("nameservers", {})
    dns = [text for text in servers.get("addresses", ()) if ip_address(text).version == version]
    automatic = settings.get("dhcp4" if version == 4 else "dhcp6", False)  # noqa: PLR2004 (IPv4)
    section: dict[str, object] = {"method": "auto" if automatic else "manual" if addresses else "disabled"}
    section |= {f"address{number}": text for number, text in enumerate(addresses, 1)}
    section |= {f"route{number}": _route(route, version) for number, route in enumerate(routes, 1)}
    if dns:
        section["dns"] = dns
    if servers.get("search"):
        section["dns-search"] = servers["search"]
    if "metric" in settings:
        section["route-metric"] = settings["metric"]
    return section


def _route(route: Mapping[str, Any], version: int) -> str:
    anywhere = "0.0.0.0/0" if version == 4 else "::/0"  # noqa: PLR2004 (IPv4)
    parts = [anywhere if route["to"] == "default" else str(ip_network(route["to"])), route["via"]]
    return ",".join([*parts, str(route["metric"])] if "metric" in route else parts)


def _faults(settings: Mapping[str, Any], here: KeyPath) -> Iterator[Fault]:
    for position, text in enumerate(settings.get("addresses", ())):
        if "/" not in text or not _is(ip_interface, text):
            yield Fault((*here, "addresses", position), "takes an address with its prefix, such as 192.0.2.10/24")
    for position, text in enumerate(settings.get("nameservers", {}).get("addresses", ())):
        if not _is(ip_address, text):
            yield Fault((*here, "nameservers", "addresses", position), "takes an address, such as 192.0.2.53")
    for position, route in enumerate(settings.get("routes", ())):
        yield from _route_faults(route, (*here, "routes", position))


def _route_faults(route: Mapping[str, Any], here: KeyPath) -> Iterator[Fault]:
    if not _is(ip_address, route["via"]):
        yield Fault((*here, "via"), "takes an address, such as 192.0.2.1")
        return
    if route["to"] == "default":
        return
    if "/" not in route["to"] or not _is(ip_network, route["to"]):
        yield Fault((*here, "to"), "takes default, or a network with its prefix, such as 198.51.100.0/24")
    elif ip_network(route["to"]).version != ip_address(route["via"]).version:
        yield Fault(here, "goes from one version of IP to the other")


def _is(read: Any, text: str) -> bool:
    """Whether `read` reads a text of an address's characters only: Python takes any text for a zone (RFC 4007)."""
    if not _ADDRESS_CHARACTERS.fullmatch(text):
        return False
    try:
        read(text)
    except ValueError:
        return False
    return True


def _ssid(ssid: str) -> str | tuple[int, ...]:
    is_plain = _PLAIN_SSID.fullmatch(ssid) and not _ONLY_DIGITS.fullmatch(ssid)
    return ssid if is_plain else tuple(ssid.encode())


def _keyfile(sections: Sections) -> str:
    parts = (f"[{name}]\n" + "".join(_lines(section)) for name, section in sections.items())
    return "\n".join(parts)


def _lines(section: Section) -> Iterator[str]:
    return (f"{name}={_value(value)}\n" for name, value in section.items())


def _value(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case list() | tuple():
            return "".join(f"{_escaped(str(item))};" for item in value)
        case _:
            return _escaped(str(value))


def _escaped(text: str) -> str:
    """A text in GKeyFile's form (g_key_file_get_string): backslashes escape, also spaces at both ends."""
    inner = text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    core = inner.strip(" ")
    if not core:
        return "\\s" * len(inner)
    before, after = inner.split(core, 1)
    return "\\s" * len(before) + core + "\\s" * len(after)


def _identifier(name: str) -> str:
    """The same UUID for the same name, on every device (RFC 9562, version 5)."""
    import uuid

    return str(uuid.uuid5(uuid.UUID(NAMESPACE), name))
