"""Entry point: measures the first pass and the idle resident, each beside its floor, and prints one table.

    python -m benchmarks [--json] [--runs N]

The floor of a pass is the interpreter with the imports that the job cannot do without; the floor of the resident is an
interpreter that does nothing. Both are measured in the same run, taking turns. Nothing here is asserted.
"""

from __future__ import annotations

import argparse
import compileall
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path

import agent
from benchmarks.processes import Cost, cost_of, memory_kib, side_by_side
from simulator.gateways import Gateway
from simulator.server import MetadataServer
from simulator.soracom import Group, Platform, Sim

IMPORTS = "import requests, serial, systemd.daemon"
GROUP_ID = "11111111-0000-4000-8000-000000000001"
USERDATA = "hostname: gw-1\ntimezone: Asia/Tokyo\nwrite_files:\n" + "".join(
    f"  - path: /etc/app/{n}.conf\n    content: 'number = {n}'\n" for n in range(10)
)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: ours, the floor, and how many times the floor ours is."""

    what: str
    unit: str
    ours: float
    floor: float | None = None

    @property
    def ratio(self) -> float | None:
        """Ours over the floor."""
        return self.ours / self.floor if self.floor else None


@contextmanager
def _bench() -> Iterator[tuple[Platform, Gateway, Path]]:
    sim = Sim("001010000000001", imei="490154203237518", group_id=GROUP_ID, tags={"name": "gw-1"})
    platform = Platform([sim], [Group(GROUP_ID, userdata=USERDATA)])
    with tempfile.TemporaryDirectory(prefix="kitting-bench-") as directory, MetadataServer(platform) as server:
        gateway = Gateway("gw", sim, Path(directory) / "gw", server)
        gateway.modem.plug_in()
        try:
            yield platform, gateway, Path(directory)
        finally:
            gateway.switch_off()


def first_pass(runs: int) -> list[Row]:
    """CPU, memory, requests and bytes of one complete first pass: hostname, time zone, ten files."""
    with _bench() as (platform, gateway, directory):
        pristine = directory / "pristine"
        shutil.copytree(gateway.root, pristine, symlinks=True)
        fresh = {name: platform.sim(gateway.sim.imsi).tags[name] for name in ("name",)}

        def ours() -> Cost:
            for place in (gateway.root, gateway.state):
                shutil.rmtree(place, ignore_errors=True)
            shutil.copytree(pristine, gateway.root, symlinks=True)
            platform.change_sim(gateway.sim.imsi, tags=fresh)
            platform.forget_requests()
            return cost_of(gateway.command("provision"))

        def floor() -> Cost:
            return cost_of([sys.executable, "-c", IMPORTS])

        mine, least = side_by_side(runs, ours, floor)
        asked = platform.requests
    return [
        Row("first pass, CPU", "ms", mine.cpu_ms, least.cpu_ms),
        Row("first pass, peak memory", "KiB", mine.peak_kib, least.peak_kib),
        Row("first pass, requests", "", len(asked)),
        Row("first pass, bytes sent (HTTP)", "B", sum(request.bytes_in for request in asked)),
        Row("first pass, bytes received (HTTP)", "B", sum(request.bytes_out for request in asked)),
    ]


def quiet_pass(runs: int) -> list[Row]:
    """The same when nothing changed."""
    with _bench() as (platform, gateway, _):
        cost_of(gateway.command("provision"))
        platform.forget_requests()
        turns = count(1)

        def ours() -> Cost:
            next(turns)
            return cost_of(gateway.command("provision"))

        mine, least = side_by_side(runs, ours, lambda: cost_of([sys.executable, "-c", IMPORTS]))
        passes = next(turns) - 1
        asked = platform.requests
    return [
        Row("unchanged pass, CPU", "ms", mine.cpu_ms, least.cpu_ms),
        Row("unchanged pass, requests", "", len(asked) / passes),
        Row("unchanged pass, bytes (HTTP)", "B", sum(r.bytes_in + r.bytes_out for r in asked) / passes),
    ]


def resident() -> list[Row]:
    """Memory of the resident between passes, beside an interpreter that sleeps."""
    with _bench() as (platform, gateway, _):
        gateway.switch_on()
        while "kitting_state" not in platform.sim(gateway.sim.imsi).tags:
            time.sleep(0.05)
        time.sleep(1)
        bare = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        time.sleep(0.5)
        try:
            assert gateway.process
            return [Row("idle resident, memory (PSS)", "KiB", memory_kib(gateway.process.pid), memory_kib(bare.pid))]
        finally:
            bare.kill()
            bare.wait()


def main() -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", epilog="example: python -m benchmarks --json")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--runs", type=int, default=7, help="runs of each measure; the median counts (default: 7)")
    arguments = parser.parse_args()
    compileall.compile_dir(Path(agent.__file__).parent, quiet=1)  # as a package ships it, whatever this shell says
    rows = [*first_pass(arguments.runs), *quiet_pass(arguments.runs), *resident()]
    if arguments.json:
        print(json.dumps([asdict(row) | {"ratio": row.ratio} for row in rows], indent=2))
        return 0
    print(f"{'':<36} {'ours':>10} {'floor':>10} {'ratio':>6}")
    for row in rows:
        floor, ratio = (f"{row.floor:10.0f}" if row.floor else "", f"{row.ratio:6.2f}" if row.ratio else "")
        print(f"{row.what:<36} {row.ours:10.0f} {floor:>10} {ratio:>6} {row.unit}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
