"""Edge. Finds the serial ports that may belong to a modem, from sysfs and from udev's database (sysfs(5)).

USB ports are sorted by the types that udev's rules give them (`ID_MM_PORT_TYPE_*`), then by interface number. Ports for
diagnosis, positions or sound are left out; PPP ports come last. A UART is used only where the settings name it: a
console, or a machine that must not receive AT commands, may be connected to it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from agent.modem.candidate import Candidate

MOST_PORTS = 16
_NEVER = (
    "ID_MM_PORT_TYPE_QCDM",
    "ID_MM_PORT_TYPE_GPS",
    "ID_MM_PORT_TYPE_AUDIO",
    "ID_MM_PORT_IGNORE",
    "ID_MM_DEVICE_IGNORE",
)
_FIRST = ("ID_MM_PORT_TYPE_AT_PRIMARY", "ID_MM_PORT_TYPE_AT_SECONDARY")
_LAST = "ID_MM_PORT_TYPE_AT_PPP"
_NO_MODEMS = {"ftdi_sio", "pl2303", "cp210x", "ch341", "mos7840"}
"""Drivers of general USB adapters, to which an inverter or a PLC may be connected. Used only where the settings
name the port.
"""


def candidates(system: Path = Path("/"), uarts: Sequence[str] = ()) -> tuple[Candidate, ...]:
    """USB serial ports that may belong to a modem, the likeliest first, then the UARTs that the settings name."""
    names = [*system.glob("sys/class/tty/ttyUSB*"), *system.glob("sys/class/tty/ttyACM*")]
    found = (_candidate(place, system) for place in names)
    on_usb = sorted(filter(None, found), key=lambda port: port.rank)
    return (*on_usb[:MOST_PORTS], *(_uart(port) for port in uarts if Path(port).exists()))


def _uart(port: str) -> Candidate:
    return Candidate(port, Path(port).resolve().name, port, (4, port, 0), on_usb=False)


def named(port: str, on_machine: Sequence[Candidate]) -> Candidate:
    """The port that the settings name, with the properties from `on_machine` where it is listed there."""
    place = Path(port).resolve()
    known = next((each for each in on_machine if each.name == place.name or Path(each.path).resolve() == place), None)
    return replace(known, path=port) if known else _uart(port)


def _candidate(place: Path, system: Path) -> Candidate | None:
    """The port with this directory in sysfs; None for a port to which nothing may be sent."""
    device = (place / "device").resolve()
    if (device / "driver").resolve().name in _NO_MODEMS:
        return None
    known, age_s = _udev(place, system)
    if any(known.get(name) == "1" for name in _NEVER):
        return None
    interface = next((each for each in (device, *device.parents) if (each / "bInterfaceNumber").exists()), device)
    for_calls = known.get(_LAST) == "1"
    order = next((n for n, name in enumerate(_FIRST) if known.get(name) == "1"), 3 if for_calls else 2)
    rank = (order, interface.parent.name, _number(interface))
    path = _stable_name(place.name, system)
    return Candidate(path, place.name, _in_sysfs(interface.parent, system), rank, for_calls, age_s)


def _in_sysfs(place: Path, system: Path) -> str:
    """The path of a device in sysfs, as seen from `system`."""
    root = system.resolve()
    return f"/{place.relative_to(root)}" if place.is_relative_to(root) else str(place)


def _udev(place: Path, system: Path) -> tuple[dict[str, str], float | None]:
    """Properties (`E:`) and age in seconds (`I:`) of a device in udev's database (/run/udev/data/cMAJOR:MINOR)."""
    try:
        number = (place / "dev").read_text("ascii", "replace").strip()
        text = (system / "run/udev/data" / f"c{number}").read_text("utf-8", "replace")
    except OSError:
        return {}, None
    pairs = (line[2:].partition("=") for line in text.splitlines() if line.startswith("E:"))
    since = re.search(r"^I:([0-9]{1,18})$", text, re.MULTILINE)
    return {name: value for name, _, value in pairs}, time.monotonic() - int(since[1]) / 1e6 if since else None


def _number(interface: Path) -> int:
    """The number of a USB interface; 0 where it cannot be read."""
    try:
        return int((interface / "bInterfaceNumber").read_text("ascii", "replace").strip(), 16)
    except (OSError, ValueError):
        return 0


def _stable_name(name: str, system: Path) -> str:
    """The path by USB socket, which is unique (the path by serial number is not); otherwise the path in /dev."""
    for link in sorted(system.glob("dev/serial/by-path/*")):
        if link.resolve().name == name or link.readlink().name == name:
            return str(link)
    return str(system / "dev" / name)
