"""Story. From link to tag. The time from the start of a pass, the link being up, until its last tag is acknowledged.

The same on one link, taking turns: the agent, the script that people use, and the floor: one connection, on which the
two questions are asked at once. In round trips, from the link's own record of when packets arrived.
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
from benchmarks.processes import cost_of
from benchmarks.subject import Subject
from benchmarks.table import Aim, Beside, Row, missing

RTT_MS = 300.0
WHAT = "link to tag, 300 ms"
HERE = Path(__file__).parent
_NOTE = "from the start of the process; floor: one connection, both questions at once; alternative: three times curl"
_FLOOR = f"""
import socket
def answers(line, count):
    for _ in range(count):
        head = b""
        while not head.endswith(b"\\r\\n\\r\\n"):
            head += line.read(1)
        length = [part for part in head.lower().split(b"\\r\\n") if part.startswith(b"content-length:")]
        line.read(int(length[0].split(b":")[1]) if length else 0)
def ask(*what):
    return "".join(what).encode()
HOST = "Host: {NAME}\\r\\n"
connection = socket.create_connection(("{NAME}", 80))
line = connection.makefile("rb")
END = HOST + "\\r\\n"
connection.sendall(ask("GET /v1/subscriber HTTP/1.1\\r\\n", END, "GET /v1/userdata HTTP/1.1\\r\\n", END))
answers(line, 2)
body = '[{{"tagName":"kitting_state","tagValue":"provisioned"}}]'
head = "PUT /v1/subscriber/tags HTTP/1.1\\r\\n" + HOST + "Content-Type: application/json\\r\\n"
connection.sendall(ask(head, f"Content-Length: {{len(body)}}\\r\\n\\r\\n", body))
answers(line, 1)
"""
FLOOR = [sys.executable, "-S", "-c", _FLOOR]


def link_to_tag(runs: int, say: Callable[[str], None]) -> list[Row]:
    """Without loss, with 5 % of it, and with name resolution."""
    lacking = why_not() or ("" if shutil.which("curl") else "there is no curl")
    if lacking:
        return missing(WHAT, lacking)
    rows = []
    for name, loss, names, aims in (
        (WHAT, 0, False, (Aim(4), Aim(0.6, Beside.OTHER))),
        (f"{WHAT}, name resolved", 0, True, (Aim(0.6, Beside.OTHER),)),
        (f"{WHAT}, 5 % lost", 5, False, (Aim(0.6, Beside.OTHER),)),
    ):
        say(name)
        rows += _rows(name, max(2, runs + (runs // 2 if loss else 0)), loss, names=names, aims=aims)
    return rows


@dataclass(frozen=True, slots=True)
class Trip:
    """One run: round trips from the start of the process and from its first packet, and what was asked."""

    from_start: float
    from_first_packet: float
    connections: int
    requests: int


def _rows(name: str, runs: int, loss: float, *, names: bool, aims: tuple[Aim, ...]) -> list[Row]:
    with (
        tempfile.TemporaryDirectory(prefix="kitting-bench-") as place,
        Cell(Path(place), rtt_ms=RTT_MS, loss_percent=loss, names=names) as cell,
    ):
        one = cell.gateway.command("provision")
        halves = (one, [one[0].replace("kitting-agent", "kitting-apply"), *one[1:-1]])
        commands = ((one,), (FLOOR,), (script(cell, place),), halves)
        subject = Subject.of(cell.platform, cell.gateway)
        taken = [[one_trip(cell, subject, *command) for command in commands] for _ in range(runs)]
    by_command = list(zip(*taken, strict=True))
    ours, floor, other, field = (statistics.median(trip.from_start for trip in trips) for trips in by_command)
    rows = [
        Row(name, "RTT", ours, floor, other, aims=aims, note=_scatter(by_command) if loss else _NOTE),
        Row(f"{name}: by the two halves", "RTT", field, floor, other, aims=aims),
    ]
    ours, floor, other, _ = (statistics.median(trip.from_first_packet for trip in trips) for trips in by_command)
    rows.append(Row(f"{name}: from the first packet", "RTT", ours, floor, other))
    return rows


def _scatter(by_command: Sequence[Sequence[Trip]]) -> str:
    """What chance does: between which two figures half of the runs were."""
    quarters = [statistics.quantiles((trip.from_start for trip in trips), n=4) for trips in by_command]
    ours, _, other, _ = (f"{low:.1f} to {high:.1f}" for low, _, high in quarters)
    return f"chance: half of our {len(by_command[0])} runs took {ours} RTT, half of the script's {other} RTT"


def script(cell: Cell, place: str) -> list[str]:
    """The alternative's command line."""
    return [str(HERE / "script.sh"), cell.url, place]


def one_trip(cell: Cell, subject: Subject, command: Sequence[str], privileged: Sequence[str] = ()) -> Trip:
    """A first pass over the link, by one process or by two."""
    subject.make_new()
    connections = cell.server.connections
    if privileged:
        begun = subject.two_halves(cell.on_gateway(command), privileged).begun_s
    else:
        begun = cost_of(cell.on_gateway(command)).begun_s
    packets = cell.packets(begun)
    if subject.reported != "provisioned":
        raise RuntimeError(f"{command[0]} did not report")
    last = max(p.arrived_s for p in packets if p.arrived_s and p.payload and not p.from_gateway)
    first = min(p.left_s for p in packets)
    return Trip(
        (last - begun) / cell.rtt_s,
        (last - first) / cell.rtt_s,
        cell.server.connections - connections,
        len(cell.platform.requests),
    )
