"""Edge: which serial ports may be a modem's, from what the kernel and udev say of them (sysfs(5), udev's database).

USB ports are sorted by what udev's rules know of the modem (`ID_MM_PORT_TYPE_*`), then by interface number. Ports that
are known to be for diagnosis, positions or sound are left alone, PPP ports come last. UARTs are never touched unless
the settings name them: a console or something that must not be written to may be on the other side.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

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
"""USB adapters behind which anything may be: an inverter, a PLC. Only asked when the settings name them."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A port that may be asked."""

    path: str
    """Best name that there is: stable over reboots where udev made one."""
    rank: tuple[int, str, int]
    """Order in which candidates are preferred."""


def candidates(system: Path = Path("/")) -> tuple[Candidate, ...]:
    """USB serial ports that may be a modem's, the likeliest first."""
    names = [*system.glob("sys/class/tty/ttyUSB*"), *system.glob("sys/class/tty/ttyACM*")]
    found = (_candidate(place, system) for place in names)
    return tuple(sorted(filter(None, found), key=lambda one: one.rank)[:MOST_PORTS])


def _candidate(place: Path, system: Path) -> Candidate | None:
    device = (place / "device").resolve()
    if (device / "driver").resolve().name in _NO_MODEMS:
        return None
    known = _udev(place, system)
    if any(known.get(name) == "1" for name in _NEVER):
        return None
    interface = next((one for one in (device, *device.parents) if (one / "bInterfaceNumber").exists()), device)
    order = next((n for n, name in enumerate(_FIRST) if known.get(name) == "1"), 3 if known.get(_LAST) == "1" else 2)
    return Candidate(_stable_name(place.name, system), (order, interface.parent.name, _number(interface)))


def _udev(place: Path, system: Path) -> dict[str, str]:
    """What udev's database has for a device (`E:` lines of /run/udev/data/cMAJOR:MINOR)."""
    try:
        number = (place / "dev").read_text("ascii", "replace").strip()
        text = (system / "run/udev/data" / f"c{number}").read_text("utf-8", "replace")
    except OSError:
        return {}
    pairs = (line[2:].partition("=") for line in text.splitlines() if line.startswith("E:"))
    return {name: value for name, _, value in pairs}


def _number(interface: Path) -> int:
    try:
        return int((interface / "bInterfaceNumber").read_text("ascii", "replace").strip(), 16)
    except (OSError, ValueError):
        return 0


def _stable_name(name: str, system: Path) -> str:
    """The name by the socket it is plugged into: unique, unlike the one by serial number."""
    for link in sorted(system.glob("dev/serial/by-path/*")):
        if link.resolve().name == name:
            return f"/{link.relative_to(system)}"
    return f"/dev/{name}"
