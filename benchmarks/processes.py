"""Edge. Runs a program to its end and says what it cost; looks at one that runs."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

_BLOCK_BYTES = 512
"""Unit of ru_oublock."""
RUNNER = (sys.executable, "-I", "-S", str(Path(__file__).with_name("runner.py")))


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU time of user and system together, peak resident memory, when on the monotonic clock, bytes for disks."""

    cpu_ms: float
    peak_kib: int
    begun_s: float
    ended_s: float
    written_bytes: int = 0
    """Pages of files on disks that it changed (getrusage(2), ru_oublock); files in memory do not count."""


class Run:
    """One program under way; with all its children."""

    def __init__(self, command: Sequence[str], *, cwd: str | None = None) -> None:
        self.command = command
        self.place = tempfile.TemporaryDirectory(prefix="kitting-bench-")
        self.report, self.said = Path(self.place.name) / "report", Path(self.place.name) / "said"
        with self.said.open("wb") as said:
            words = [*RUNNER, str(self.report), *command]
            self.process = subprocess.Popen(words, stdout=said, stderr=subprocess.STDOUT, cwd=cwd)

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self.process.poll() is not None

    def cost(self, expect: Sequence[int] = (0,)) -> Cost:
        """Waits for its end; a program that fails ends the measuring."""
        with self.place:
            if self.process.wait() not in expect:
                said = self.said.read_text(errors="replace")[-2000:]
                sys.exit(f"{' '.join(self.command)} ended with {self.process.returncode}:\n{said}")
            begun_s, ended_s, cpu_s, peak_kib, blocks = map(float, self.report.read_text().split())
        return Cost(cpu_s * 1000, int(peak_kib), begun_s, ended_s, int(blocks) * _BLOCK_BYTES)


def cost_of(command: Sequence[str], *, expect: Sequence[int] = (0,)) -> Cost:
    """One run to its end."""
    return Run(command).cost(expect)


def together(*costs: Cost) -> Cost:
    """Of programs that run one after the other: the sum of the CPU time, the highest of the peaks."""
    return Cost(
        sum(cost.cpu_ms for cost in costs),
        max(cost.peak_kib for cost in costs),
        min(cost.begun_s for cost in costs),
        max(cost.ended_s for cost in costs),
        sum(cost.written_bytes for cost in costs),
    )


def median(costs: Sequence[Cost]) -> Cost:
    """The median of each figure."""
    return Cost(
        statistics.median(cost.cpu_ms for cost in costs),
        round(statistics.median(cost.peak_kib for cost in costs)),
        costs[0].begun_s,
        costs[0].begun_s + statistics.median(cost.ended_s - cost.begun_s for cost in costs),
        round(statistics.median(cost.written_bytes for cost in costs)),
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
