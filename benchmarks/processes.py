"""Edge: runs a program to its end and says what it cost; looks at one that runs."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU time of user and system together, peak resident memory, and time on the wall."""

    cpu_ms: float
    peak_kib: int
    wall_ms: float


def cost_of(command: Sequence[str], *, expect: int = 0) -> Cost:
    """One run, with what all its children took."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != expect:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}:\n{errors.decode()}")
    cpu_s = usage.ru_utime + usage.ru_stime
    return Cost(cpu_s * 1000, usage.ru_maxrss, (time.monotonic() - began) * 1000)


def median(costs: Sequence[Cost]) -> Cost:
    """The median of each figure."""
    return Cost(
        statistics.median(cost.cpu_ms for cost in costs),
        round(statistics.median(cost.peak_kib for cost in costs)),
        statistics.median(cost.wall_ms for cost in costs),
    )


def side_by_side(runs: int, *measures: Callable[[], Cost]) -> list[Cost]:
    """Medians of several measures whose runs take turns, so that the machine's moods hit all alike."""
    taken: list[list[Cost]] = [[] for _ in measures]
    for _ in range(runs):
        for measure, costs in zip(measures, taken, strict=True):
            costs.append(measure())
    return [median(costs) for costs in taken]


def memory_kib(pid: int) -> int:
    """Proportional set size of a running process (proc(5), smaps_rollup)."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    raise LookupError(pid)


def wakes(pid: int) -> int:
    """How often a process gave up the processor by itself, and so was woken again (proc(5), status)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("voluntary_ctxt_switches:"):
            return int(line.split()[1])
    raise LookupError(pid)
