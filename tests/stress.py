"""Entry point: runs the suite several times in random order beside a load, and prints what failed and how often.

python tests/stress.py [--runs 10] [--load 6] [--workers 4] [--seed N] [--kept build/stress] [WHAT PYTEST TAKES ...]

Each run has a seed of its own, the one before plus 1. The order of a run follows from its seed and from nothing else.
The load is processes that compute; they end with this program, however it ends. The log and the results of each run
are kept in a folder.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

CHECKOUT = Path(__file__).parents[1]
COMPUTES = """
import os, sys, time
parent = int(sys.argv[1])
while os.getppid() == parent:
    end = time.monotonic() + 0.2
    while time.monotonic() < end:
        pass
"""
"""A process of the load: it ends within 0.2 s after its parent, even where the parent was killed."""


@dataclass(frozen=True)
class Run:
    """One run of the suite."""

    seed: int
    exit_code: int
    tests: int
    failed: tuple[str, ...]
    """What pytest takes to run each test again."""


def outcome_in(results: str) -> tuple[int, tuple[str, ...]]:
    """How many tests a JUnit file has, and those that failed; none where the file is not whole."""
    try:
        cases = list(ET.fromstring(results).iter("testcase"))
    except ET.ParseError:
        return 0, ()
    failed = {_name(case) for case in cases if any(child.tag in {"failure", "error"} for child in case)}
    return len({_name(case) for case in cases}), tuple(sorted(failed))


def _name(case: ET.Element) -> str:
    """A test's name for pytest; a file that could not be read has no test in it."""
    file, name = case.get("file"), case.get("name", "")
    return f"{file}::{name}" if file else case.get("classname") or name


def summary(runs: Sequence[Run]) -> list[str]:
    """What failed, the most frequent first, and how to repeat it."""
    seeds: dict[str, list[int]] = {}
    for run in runs:
        without_a_test = () if run.failed or not run.exit_code else (f"(pytest ended with {run.exit_code})",)
        for name in run.failed or without_a_test:
            seeds.setdefault(name, []).append(run.seed)
    if not seeds:
        return [f"nothing failed in {len(runs)} runs"]
    lines = [f"{len(runs)} runs, of which {sum(bool(run.exit_code) for run in runs)} failed:"]
    for name, found in sorted(seeds.items(), key=lambda each: (-len(each[1]), each[0])):
        lines.append(f"  {len(found)} of {len(runs)}  {name}  seeds {' '.join(map(str, found))}")
    return [*lines, "The same order again: make stress RUNS=1 SEED=…"]


@contextmanager
def load(processes: int) -> Iterator[list[int]]:
    """So many processes compute as long as this lasts; their identifiers."""
    command = [sys.executable, "-c", COMPUTES, str(os.getpid())]
    started = [subprocess.Popen(command, start_new_session=True) for _ in range(processes)]
    try:
        yield [each.pid for each in started]
    finally:
        for each in started:
            each.kill()
            each.wait()


def run_once(seed: int, pytest: Sequence[str], kept: Path) -> Run:
    """Runs the suite in the order of this seed; its results and its log are kept under the seed's name."""
    results = kept / f"{seed}.xml"
    order = ["--random-order-bucket=global", f"--random-order-seed={seed}"]
    kinds = [f"--junitxml={results}", "--override-ini=junit_family=xunit1"]
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *order, *kinds, *pytest]
    with (kept / f"{seed}.log").open("w") as log:
        process = subprocess.Popen(command, cwd=CHECKOUT, stdout=log, stderr=log, start_new_session=True)
        try:
            exit_code = process.wait()
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            process.wait()
    tests, failed = outcome_in(results.read_text() if results.exists() else "")
    return Run(seed, exit_code, tests, failed)


def _options(words: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(description="Run the suite several times in random order beside a load.")
    cores = os.cpu_count() or 1
    parser.add_argument("--runs", type=int, default=10, help="how many runs (default: %(default)s)")
    parser.add_argument("--load", type=int, default=3 * cores, help="processes that compute (default: 3 for each core)")
    parser.add_argument("--workers", type=int, default=2 * cores, help="tests at a time (default: 2 for each core)")
    parser.add_argument("--seed", type=int, default=random.randrange(2**31), help="of the first run (default: chance)")
    parser.add_argument("--kept", type=Path, default=CHECKOUT / "build/stress", help="folder of logs and results")
    return parser.parse_known_args(words)


def main(words: Sequence[str]) -> int:
    """Carries out all runs; 1 where something failed, 130 where it was interrupted."""
    options, more = _options(words)
    options.kept.mkdir(parents=True, exist_ok=True)
    pytest = ["-n", str(options.workers), "--dist=worksteal", "-q", *more]
    print(f"{options.runs} runs, seeds from {options.seed}, beside {options.load} processes that compute", flush=True)
    runs: list[Run] = []
    interrupted = False
    for which in (signal.SIGINT, signal.SIGTERM):
        signal.signal(which, signal.default_int_handler)
    try:
        with load(options.load):
            for seed in range(options.seed, options.seed + options.runs):
                begun = time.monotonic()
                runs.append(run := run_once(seed, pytest, options.kept))
                took_s, busy = time.monotonic() - begun, os.getloadavg()[0]
                what = (
                    f"seed {seed}: {run.tests} tests, {len(run.failed)} failed, {took_s:.0f} s, load average {busy:.1f}"
                )
                print("\n".join([f"run {len(runs)}, {what}", *(f"  {name}" for name in run.failed)]), flush=True)
    except KeyboardInterrupt:
        interrupted = True
        print("interrupted", flush=True)
    print("\n".join([*summary(runs), f"logs: {options.kept}"]))
    return 130 if interrupted else int(any(run.exit_code for run in runs))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
