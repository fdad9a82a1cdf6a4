"""Story. Examines everything that a pass needs, in the order in which it is needed, with advice for each fault.

Nothing is changed. Whether the SIM may write its tags is tried by writing a tag with the value that it has already, or,
on a SIM without a tag of the agent, an empty list of tags.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from ipaddress import IPv4Address
from pathlib import Path
from urllib.parse import urlsplit

from agent.errors import Code, Failure, text_of
from agent.host.clock import CLOCK_FLOOR, trusted_now
from agent.host.leaving_root import leave_root
from agent.identity import Equipment, Imei, NotRead, Reading, Registration, SimState, Subscriber, value_of
from agent.metadata.subscriber_service import MetadataService
from agent.provision.binding import Mismatch, Verdict, verdict
from agent.settings import MetadataSettings, Settings
from agent.upkeep.findings import Finding, Level
from agent.upkeep.routes import SORACOM_NETWORK, LinkKind, link_kind, parse_routes, route_to

LEAST_FREE_BYTES = 32 * 1024 * 1024
LEAST_FREE_INODES = 1000


def examine(settings: Settings, read_equipment: Callable[[], Equipment], system: Path = Path("/")) -> Iterator[Finding]:
    """Each finding as soon as it is made; `system` is the directory in which /proc and /sys are.

    What the user who started this may write is examined first: nothing of the network is read as root.
    """
    here = (
        _permissions(settings),
        _disk("disk for the state", settings.paths.state),
        _disk("disk for the configuration", settings.apply.root),
    )
    leave_root(settings)
    yield from _network(settings.metadata, system)
    subscriber = None
    with MetadataService(settings.metadata) as service:
        subscriber, findings = _service(service)
        yield from findings
        equipment = read_equipment()
        if subscriber:
            equipment = equipment.carrying(subscriber)
        yield _modem(equipment)
        yield from _radio(equipment)
        yield _binding(verdict(subscriber, equipment) if subscriber else None)
        yield _clock(datetime.now(UTC), service.date)
    yield from here


def _network(settings: MetadataSettings, system: Path) -> Iterator[Finding]:
    host = urlsplit(settings.url).hostname or ""
    try:
        address = IPv4Address(socket.getaddrinfo(host, None, socket.AF_INET, socket.SOCK_STREAM)[0][4][0])
    except (OSError, UnicodeError):
        yield Finding("name", Level.FAULT, f"{host} does not resolve", _NAME_ADVICE)
        yield Finding("route", Level.SKIPPED, "without an address there is no route to examine")
        return
    if host.endswith(".soracom.io") and address not in SORACOM_NETWORK:
        yield Finding("name", Level.FAULT, f"{host} is {address}, which is not SORACOM's", _NAME_ADVICE)
    else:
        yield Finding("name", Level.OK, f"{host} is {address}")
    yield _route(settings.interface, address, system)


_NAME_ADVICE = (
    "Use the DNS servers of the SIM's connection (100.127.0.53), or set [metadata] url to http://100.127.100.127 "
    "and [metadata] interface to the cellular interface."
)


def _route(wanted: str, address: IPv4Address, system: Path) -> Finding:
    if wanted and (system / "sys/class/net" / wanted).exists():
        return Finding(
            "route", Level.OK, f"bound to {wanted} ([metadata] interface), a {_kind(wanted, system).value} link"
        )
    try:
        routes = parse_routes((system / "proc/net/route").read_text("ascii", "replace"))
    except OSError as error:
        return Finding("route", Level.SKIPPED, f"/proc/net/route cannot be read: {text_of(error)}")
    if address.is_loopback:
        return Finding("route", Level.OK, f"{address} is this machine itself (a simulator)")
    route = route_to(address, routes)
    advice = f"Route {SORACOM_NETWORK} through the SIM, or set [metadata] interface to the cellular interface."
    if route is None:
        return Finding("route", Level.FAULT, f"no route to {address}", advice)
    kind = _kind(route.interface, system)
    level = Level.OK if kind is LinkKind.CELLULAR else Level.FAULT
    return Finding(
        "route", level, f"{address} goes out by {route.interface}, a {kind.value} link", advice * (level is Level.FAULT)
    )


def _kind(interface: str, system: Path) -> LinkKind:
    place = system / "sys/class/net" / interface
    try:
        uevent = (place / "uevent").read_text("ascii", "replace")
    except OSError:
        uevent = ""
    return link_kind(interface, uevent, (place / "device/driver").resolve().name)


def _service(service: MetadataService) -> tuple[Subscriber | None, list[Finding]]:
    try:
        subscriber = service.subscriber()
    except Failure as failure:
        skipped = [Finding(name, Level.SKIPPED, "the service did not answer") for name in ("userdata", "report")]
        return None, [Finding("metadata service", Level.FAULT, str(failure), failure.advice), *skipped]
    who = Finding("metadata service", Level.OK, f"this is SIM {subscriber.card}, IMSI {subscriber.imsi}")
    return subscriber, [who, _userdata(service, subscriber), _report(service, subscriber)]


def _userdata(service: MetadataService, subscriber: Subscriber) -> Finding:
    try:
        text = service.userdata()
    except Failure as failure:
        if subscriber.group_id is None:
            return Finding("userdata", Level.FAULT, Code.METADATA_NO_GROUP.summary, Code.METADATA_NO_GROUP.advice)
        return Finding("userdata", Level.FAULT, str(failure), failure.advice)
    return Finding("userdata", Level.OK, f"{len(text)} bytes")


def _report(service: MetadataService, subscriber: Subscriber) -> Finding:
    present = {name: value for name, value in subscriber.tags.items() if name.startswith("kitting_")}
    try:
        service.put_tags(dict([next(iter(present.items()))]) if present else {})
    except Failure as failure:
        level = Level.WARNING if failure.code is Code.REPORT_READ_ONLY else Level.FAULT
        return Finding("report", level, str(failure), failure.advice)
    return Finding("report", Level.OK, "this SIM may write its own tags")


def _modem(equipment: Equipment) -> Finding:
    imei: Reading[Imei] = equipment.imei
    if isinstance(imei, NotRead):
        return Finding("modem", Level.WARNING, str(imei), imei.code.advice)
    if imei.value.digits == _UNPROGRAMMED:
        return Finding("modem", Level.WARNING, f"IMEI {imei.value}, which every unprogrammed module has", _SAME_ADVICE)
    others = f"; {len(equipment.others)} more modems" if equipment.others else ""
    return Finding("modem", Level.OK, f"IMEI {imei.value} on {equipment.port} ({equipment.source.value}){others}")


def _radio(equipment: Equipment) -> Iterator[Finding]:
    """SIM and network as the modem reports them; nothing where it reports neither."""
    radio = equipment.radio
    if radio is None:
        return
    sim, registration = value_of(radio.sim), value_of(radio.registration)
    if sim is SimState.READY:
        yield Finding("SIM in the modem", Level.OK, sim.value)
    elif sim:
        yield Finding("SIM in the modem", Level.FAULT, sim.value, _SIM_ADVICE[sim])
    if registration:
        parts = (registration.value, value_of(radio.operator), value_of(radio.signal))
        what = ", ".join(str(part) for part in parts if part)
        is_there = registration in {Registration.HOME, Registration.ROAMING}
        yield Finding("network", Level.OK if is_there else Level.WARNING, what, "" if is_there else _NETWORK_ADVICE)


_UNPROGRAMMED = "004999010640000"
_SAME_ADVICE = "Many modules have this number: ask the maker of the modem for an IMEI of its own."
_SIM_ADVICE = {
    SimState.ABSENT: "Insert the SIM, and start the modem anew.",
    SimState.PIN: "Take the PIN off in another device, or let the connection manager enter it. The agent tries no PIN.",
    SimState.PUK: "Unblock the SIM with its PUK in another device, or exchange it. The agent tries no PUK.",
    SimState.LOCKED: "Use a modem that is not locked to another operator's SIM.",
    SimState.FAILED: "Clean the contacts of the SIM and insert it again; if that does not help, exchange it.",
    SimState.BUSY: "Wait some seconds, and run the command again.",
}
_NETWORK_ADVICE = "Check the antenna, the coverage, and in the console whether the SIM is active."


def _binding(found: Verdict | None) -> Finding:
    if found is None:
        return Finding("binding", Level.SKIPPED, "the service did not answer")
    if isinstance(found, Mismatch):
        return Finding("binding", Level.FAULT, found.why, found.code.advice)
    return Finding("binding", Level.OK, str(found))


def _clock(system: datetime, service: datetime | None) -> Finding:
    shown = system.strftime("%Y-%m-%d %H:%M UTC")
    if trusted_now(system, service, CLOCK_FLOOR) == system:
        return Finding("clock", Level.OK, shown)
    return Finding(
        "clock",
        Level.WARNING,
        f"this device's clock says {shown}, which cannot be right",
        "Let it follow ntp.soracom.io (100.127.0.123); until then the service's time is used.",
    )


def _permissions(settings: Settings) -> Finding:
    state, root = settings.paths.state, settings.apply.root
    missing = [str(place) for place in (state, root) if not os.access(_existing(place), os.W_OK | os.X_OK)]
    if missing:
        return Finding(
            "permissions",
            Level.FAULT,
            f"this user may not write to {', '.join(missing)}",
            "Run it as root: sudo kitting-agent doctor.",
        )
    return Finding("permissions", Level.OK, f"may write to {state} and {root}")


def _existing(path: Path) -> Path:
    return next(place for place in (path, *path.parents) if place.exists())


def _disk(name: str, place: Path) -> Finding:
    there = os.statvfs(_existing(place))
    free_bytes, free_inodes = there.f_bavail * there.f_frsize, there.f_favail
    full = free_bytes < LEAST_FREE_BYTES or (there.f_files and free_inodes < LEAST_FREE_INODES)
    what = f"{place}: {free_bytes // 1024**2} MiB and {free_inodes} inodes free"
    if there.f_flag & os.ST_RDONLY:
        return Finding(name, Level.FAULT, f"{place} is mounted read-only", "Remount it for writing; check the SD card.")
    return Finding(name, Level.FAULT if full else Level.OK, what, "Free some space." if full else "")
