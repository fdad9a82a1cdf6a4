"""Story. The confirmation of an apply: what the process that starts for it costs, in time, bytes and questions.

The floor is a bare interpreter that sends the same report.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from agent.provision.proof_files import REQUEST
from benchmarks.cell import NAME, Cell, why_not
from benchmarks.processes import cost_of
from benchmarks.quiet import Poll, carried
from benchmarks.table import Aim, Row, missing

WHAT = "confirmation by a new process"
RTT_MS = 60.0
MOST_MORE_BYTES, MOST_MORE_REQUESTS = 1200, 1
"""What a proof may cost beside the report that every apply sends."""
TAGS = {"kitting_state": "provisioned", "kitting_config": "0123456789ab"}
_BODY = json.dumps([{"tagName": name, "tagValue": value} for name, value in TAGS.items()], separators=(",", ":"))
_REPORT = f"""
import socket
body = {_BODY!r}
with socket.create_connection(("{NAME}", 80)) as connection:
    head = "PUT /v1/subscriber/tags HTTP/1.1\\r\\nHost: {NAME}\\r\\nContent-Type: application/json\\r\\n"
    connection.sendall((head + f"Content-Length: {{len(body)}}\\r\\n\\r\\n" + body).encode())
    connection.recv(4096)
"""
REPORT = [sys.executable, "-S", "-c", _REPORT]


def confirmation(runs: int, say: Callable[[str], None]) -> list[Row]:
    """Its bytes and requests beside those of the report alone, and the time that its start takes."""
    if lacking := why_not():
        return missing(WHAT, lacking)
    say(WHAT)
    with tempfile.TemporaryDirectory(prefix="kitting-bench-") as place, Cell(Path(place), rtt_ms=RTT_MS) as cell:
        proofs = [proof(cell) for _ in range(runs)]
        report = statistics.median(carried(cell, REPORT).size for _ in range(runs))
        ours, floor = (statistics.median(costs) for costs in _times(cell, runs))
    size = statistics.median(each.size for each in proofs)
    note = "floor: the same report by bare sockets, which every apply sends anyway"
    return [
        Row(f"{WHAT}, both directions", "B", size, report, note=note),
        Row(f"{WHAT}: more than the report", "B", size - report, aims=(Aim(MOST_MORE_BYTES),)),
        Row(f"{WHAT}: requests beside the report", "", _more(proofs), aims=(Aim(MOST_MORE_REQUESTS),)),
        Row(f"{WHAT}, CPU", "ms", ours, floor, note="floor: a bare interpreter that sends the report"),
    ]


def proof(cell: Cell) -> Poll:
    """One proof: what the gateway's interface carried, and what was asked."""
    _ask(cell)
    return carried(cell, cell.gateway.command("prove"))


def _more(proofs: list[Poll]) -> int:
    return max(len(each.asked.split(", ")) for each in proofs) - 1


def _times(cell: Cell, runs: int) -> tuple[list[float], list[float]]:
    """CPU time of both, taking turns, in milliseconds."""
    ours, floor = [], []
    for _ in range(runs):
        _ask(cell)
        ours.append(cost_of(cell.on_gateway(cell.gateway.command("prove"))).cpu_ms)
        floor.append(cost_of(cell.on_gateway(REPORT)).cpu_ms)
    return ours, floor


def _ask(cell: Cell) -> None:
    """Places the request of a pass."""
    cell.gateway.state.mkdir(parents=True, exist_ok=True)
    request = {"version": 1, "id": "bench", "tags": TAGS, "within_s": 60}
    (cell.gateway.state / REQUEST).write_text(json.dumps(request))
