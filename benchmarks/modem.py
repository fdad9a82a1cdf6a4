"""Story. From start to IMEI: the port known, eight ports of which one answers, and with ModemManager holding it.

The modem's own time is that of the same questions, asked by nothing but reads and writes.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import tty
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.subject import IMEI
from benchmarks.table import Aim, Beside, Row, missing
from simulator.model_files import load_model
from simulator.modem import Modem
from simulator.pseudo_terminal import ModemOnPty

CHECKOUT = Path(__file__).parents[1]
PEERS = CHECKOUT / "tests/peers"
WANTED_BY_PEERS = ("ModemManager", "mmcli", "umockdev-wrapper", "dbus-daemon", "gcc")
MODEL = "quectel-ec25"
_BESIDE = "with SIM and ICCID, which this ModemManager does not know, from its free port; alternative: mmcli -m any -J"


@dataclass(frozen=True, slots=True)
class Reading:
    """What one process found, in what time from before its imports, and what it asked where."""

    imei: str
    ms: float
    exchanges: tuple[tuple[str, str], ...]


def modem(runs: int, say: Callable[[str], None]) -> list[Row]:
    """All rows of the modem."""
    with tempfile.TemporaryDirectory(prefix="kitting-bench-") as place:
        say("modem, port known")
        rows = _port_known(Path(place), runs)
        say("modem, eight ports")
        rows += _eight_ports(Path(place), min(runs, 3))
    say("modem, held by ModemManager")
    return rows + _held_by_modem_manager(runs)


def _port_known(place: Path, runs: int) -> list[Row]:
    ours, floor, imports = [], [], []
    with ModemOnPty(Modem(load_model(MODEL), imei=IMEI), link=place / "at") as port:
        for _ in range(runs):
            reading = read(place, str(port.path), place)
            ours.append(reading.ms)
            floor.append(asked_barely(port.path, [command for _, command in reading.exchanges]))
            imports.append(_imports())
    mine, least, importing = map(statistics.median, (ours, floor, imports))
    note = f"floor: the same {len(reading.exchanges)} questions by bare reads and writes"
    above = "of these importing the agent's folder `modem` and pyserial"
    return [
        Row("IMEI, port known", "ms", mine, least, note=note),
        Row(
            "IMEI, port known: above the modem's own",
            "ms",
            mine - least,
            aims=(Aim(30),),
            note=f"{above}: {importing:.0f} ms",
        ),
    ]


def _imports() -> float:
    begun = time.monotonic()
    code = "import agent.modem.reading, agent.settings, serial"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=CHECKOUT)
    whole = time.monotonic() - begun
    subprocess.run([sys.executable, "-c", "pass"], check=True, cwd=CHECKOUT)
    return (2 * whole - (time.monotonic() - begun)) * 1000


def _eight_ports(place: Path, runs: int) -> list[Row]:
    rows = []
    for name, devices in (("of one modem", 1), ("of eight modems", 8)):
        alone, together = [], []
        for _ in range(runs):
            with eight_ports(place / "system", devices, good=5) as system:
                alone.append(read(system, str(system / "dev/ttyUSB0"), place).ms)
            with eight_ports(place / "system", devices, good=5) as system:
                reading = read(system, "auto", place / "nowhere")
            if reading.imei != IMEI:
                raise RuntimeError(f"the IMEI was not read: {reading.imei}")
            together.append(reading.ms)
        aims = (Aim(1.5, Beside.FLOOR),)
        note = "floor: one silent port, asked alone"
        row = Row(
            f"IMEI, eight ports {name}",
            "ms",
            statistics.median(together),
            statistics.median(alone),
            aims=aims,
            note=note,
        )
        rows.append(row)
    return rows


@contextmanager
def eight_ports(system: Path, devices: int, good: int) -> Iterator[Path]:
    """What the kernel shows of eight USB serial ports, of one modem or of several; all but one stay silent."""
    (system / "dev").mkdir(parents=True)
    silent = []
    for number in range(8):
        interface = system / f"sys/devices/usb1/1-{number * devices // 8}/1:1.{number}"
        port = interface / f"ttyUSB{number}"
        port.mkdir(parents=True)
        (interface / "bInterfaceNumber").write_text(f"{number:02x}\n")
        shown = system / f"sys/class/tty/ttyUSB{number}"
        shown.mkdir(parents=True)
        (shown / "device").symlink_to(port)
        if number != good:
            master, slave = os.openpty()
            tty.setraw(slave)
            silent += [master, slave]
            (system / f"dev/ttyUSB{number}").symlink_to(os.ttyname(slave))
    try:
        with ModemOnPty(Modem(load_model(MODEL), imei=IMEI), link=system / f"dev/ttyUSB{good}"):
            yield system
    finally:
        for descriptor in silent:
            os.close(descriptor)
        shutil.rmtree(system)


def _held_by_modem_manager(runs: int) -> list[Row]:
    what = "IMEI, ModemManager holds the port"
    lacking = [program for program in WANTED_BY_PEERS if not shutil.which(program)]
    probe = "import gi; gi.require_version('UMockdev', '1.0'); from gi.repository import UMockdev"
    if lacking or subprocess.run(["/usr/bin/python3", "-c", probe], capture_output=True, check=False).returncode:
        return missing(what, f"{', '.join(lacking) or 'gir1.2-umockdev-1.0'} is missing: sh packaging/host.sh bench")
    kept = os.environ.get("DBUS_SYSTEM_BUS_ADDRESS")
    with tempfile.TemporaryDirectory(prefix="kitting-bench-") as place, _peers(Path(place)) as bed:
        os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = bed.bus
        try:
            bed.start_manager()
            ours = [read(bed.root, "auto", Path(place)).ms for _ in range(runs)]
            other = [_mmcli() for _ in range(runs)]
        finally:
            os.environ.pop("DBUS_SYSTEM_BUS_ADDRESS")
            if kept is not None:
                os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = kept
    return [Row(what, "ms", statistics.median(ours), None, statistics.median(other), note=_BESIDE)]


def _peers(place: Path) -> Any:
    """The bed of `make test-peers`."""
    described = importlib.util.spec_from_file_location("shared_modem", PEERS / "shared_modem.py")
    assert described
    assert described.loader
    module = importlib.util.module_from_spec(described)
    described.loader.exec_module(module)
    return module.Bed(place, MODEL)


def _mmcli() -> float:
    begun = time.monotonic()
    said = subprocess.run(["mmcli", "-m", "any", "-J"], capture_output=True, text=True, check=True).stdout
    assert IMEI in said
    return (time.monotonic() - begun) * 1000


def read(system: Path, port: str, state: Path) -> Reading:
    """The equipment, read by a process of its own."""
    program = [sys.executable, str(Path(__file__).with_name("modem_reading.py")), str(system), port, str(state)]
    environment = os.environ | {"PYTHONPATH": str(CHECKOUT)}
    done = subprocess.run(program, capture_output=True, text=True, check=True, env=environment)
    said = json.loads(done.stdout)
    return Reading(said["imei"], said["ms"], tuple((port, command) for port, command in said["exchanges"]))


def asked_barely(port: Path, commands: Sequence[str]) -> float:
    """Milliseconds in which the modem answers these questions."""
    begun = time.monotonic()
    line = os.open(port, os.O_RDWR | os.O_NOCTTY)
    try:
        for command in commands:
            os.write(line, command.encode() + b"\r")
            said = b""
            while not said.endswith((b"OK\r\n", b"ERROR\r\n")) and b"ERROR:" not in said:
                said += os.read(line, 4096)
    finally:
        os.close(line)
    return (time.monotonic() - begun) * 1000
