"""Story. A quiet month. Bytes at the IP layer of polls in which nothing changed, from the interface's counters.

A day of hourly polls is measured as it is: the small questions and the one whole pass among them. The floor is the
smallest question that can show a change, on a connection of its own, with the only header that HTTP/1.1 demands.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.cell import NAME, Cell, why_not
from benchmarks.link import script
from benchmarks.processes import Cost, cost_of, side_by_side
from benchmarks.table import Aim, Row, missing

WHAT = "quiet poll, both directions"
RTT_MS = 60.0
_USERDATA = "of about 600 B, and a service that names no versions (ETag)"
_DAYS = 30
_WRITTEN = "by the whole pass of each day; the quiet polls between write to memory; alternative: the files of script.sh"
DAY = 24
"""Polls until everything was asked once, a whole pass included."""
BALENA_4_AN_HOUR_MB, BALENA_DAILY_MB = 28.0, 1.0
"""A month of the supervisor's polls as balena publishes it ("Reduce bandwidth usage", docs.balena.io)."""
_FLOOR = f"""
import socket
with socket.create_connection(("{NAME}", 80)) as connection:
    connection.sendall(b"GET /v1/subscriber.lastModifiedTime HTTP/1.1\\r\\nHost: {NAME}\\r\\n\\r\\n")
    connection.recv(4096)
"""
FLOOR = [sys.executable, "-S", "-c", _FLOOR]


def quiet_month(runs: int, say: Callable[[str], None]) -> list[Row]:
    """One poll, and months of them."""
    lacking = why_not() or ("" if shutil.which("curl") else "there is no curl")
    if lacking:
        return missing(WHAT, lacking)
    say("quiet polls, a day of them")
    with tempfile.TemporaryDirectory(prefix="kitting-bench-") as place, Cell(Path(place), rtt_ms=RTT_MS) as cell:
        day = a_day(cell)
        floor = statistics.median(carried(cell, FLOOR).size for _ in range(runs))
        scripts = [carried(cell, script(cell, place)) for _ in range(runs)]
        bare = side_by_side(runs, lambda: cost_of([sys.executable, "-I", "-c", "pass"]))[0]
    other = statistics.median(each.size for each in scripts)
    mean = statistics.mean(poll.size for poll in day)
    polls = sorted({(poll.asked, poll.size) for poll in day}, key=lambda one: one[1])
    small, large = polls[0], next((one for one in polls if "userdata" in one[0]), polls[0])
    note = f"mean of a day's {DAY}: " + "; ".join(f"{asked}: {size} B" for asked, size in polls)
    most = max(poll.connections for poll in day)
    return [
        Row(WHAT, "B", mean, floor, other, aims=(Aim(1200),), note=note),
        Row("quiet poll: is the record the same", "B", small[1], floor, other, aims=(Aim(1200),)),
        Row("quiet poll: is the userdata the same", "B", large[1], floor, other, note=_USERDATA),
        Row("quiet poll: connections at most", "", most, 1, 3, aims=(Aim(1),)),
        _month("every 15 minutes", 4 * DAY, mean, floor, other, f"balena publishes {BALENA_4_AN_HOUR_MB:g} MB"),
        _month("hourly", DAY, mean, floor, other, ""),
        _month("daily", 1, mean, floor, other, f"balena publishes about {BALENA_DAILY_MB:g} MB"),
        *_cpu_and_disk(day, bare, scripts),
    ]


def _cpu_and_disk(day: Sequence[Poll], bare: Cost, scripts: Sequence[Poll]) -> list[Row]:
    """CPU time of a month, and what is written to the card."""
    polls = DAY * _DAYS
    ours_s = sum(poll.cost.cpu_ms for poll in day) * _DAYS / 1000
    bare_s = bare.cpu_ms * polls / 1000
    script_s = statistics.median(poll.cost.cpu_ms for poll in scripts) * polls / 1000
    written = sum(poll.cost.written_bytes for poll in day) * _DAYS / 1e6
    by_script = statistics.median(poll.cost.written_bytes for poll in scripts) * polls / 1e6
    floor = "floor: a bare interpreter as often; alternative: script.sh"
    once = "with [modem] wake_by_sms a daily poll is enough; each message costs one pass more"
    return [
        Row("quiet month, hourly: CPU", "s", ours_s, bare_s, script_s, note=floor),
        Row("quiet month, daily: CPU", "s", ours_s / DAY, bare_s / DAY, script_s / DAY, note=once),
        Row("quiet month, hourly: written to the card", "MB", written, None, by_script, note=_WRITTEN),
    ]


@dataclass(frozen=True, slots=True)
class Poll:
    """What one cost: bytes at the IP layer, connections, what was asked, and what it cost the gateway."""

    size: int
    connections: int
    asked: str
    cost: Cost


def _month(often: str, polls_a_day: int, ours: float, floor: float, other: float, note: str) -> Row:
    """Thirty days."""
    ours_mb, floor_mb, other_mb = (each * polls_a_day * _DAYS / 1e6 for each in (ours, floor, other))
    return Row(f"quiet month, {often}", "MB", ours_mb, floor_mb, other_mb, note=note)


def a_day(cell: Cell) -> list[Poll]:
    """Each poll after the device is what it should be."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as run:
        command = ["env", f"RUNTIME_DIRECTORY={run}", *cell.gateway.command("provision")]
        for _ in range(2):
            cost_of(cell.on_gateway(command))
        return [carried(cell, command) for _ in range(DAY)]


def carried(cell: Cell, command: Sequence[str]) -> Poll:
    """What the gateway's interface carried for one command."""
    before, connections = cell.bytes_of_interface(), cell.server.connections
    cell.platform.forget_requests()
    cost = cost_of(cell.on_gateway(command))
    size = cell.bytes_of_interface() - before
    asked = ", ".join(request.path.removeprefix("/v1/") for request in cell.platform.requests)
    return Poll(size, cell.server.connections - connections, asked, cost)
