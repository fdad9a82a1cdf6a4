"""Entry point. Measures what the agent costs, beside the floor and what a user would run instead, as one table.

    python -m benchmarks [--only ROW] [--json | --markdown] [--runs N] [--keep]

Everything in a row is measured in the same run, its parts taking turns; medians. What cannot be measured on this
machine is a row that says what is missing. Rows that are worse than in `kept.json` are named at the end. Progress goes
to standard error. No row asserts anything.
"""

from __future__ import annotations

import argparse
import compileall
import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import agent
from benchmarks.applying import apply
from benchmarks.confirming import confirmation
from benchmarks.day import bench_day
from benchmarks.first_pass import emulated, first_pass
from benchmarks.idle import idle
from benchmarks.instructions import instructions
from benchmarks.kept import comparison, keep, read
from benchmarks.link import link_to_tag
from benchmarks.machine import described
from benchmarks.modem import modem
from benchmarks.quiet import quiet_month
from benchmarks.table import Row, as_lines, as_markdown, as_values, missing

Measure = Callable[[int, Callable[[str], None]], list[Row]]
MEASURES: dict[str, Measure] = {
    "first-pass": first_pass,
    "armhf": emulated,
    "instructions": instructions,
    "link": link_to_tag,
    "quiet": quiet_month,
    "confirm": confirmation,
    "idle": idle,
    "modem": modem,
    "apply": apply,
    "day": bench_day,
}


def main() -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", epilog="example: python -m benchmarks --only link")
    parser.add_argument(
        "--only", action="append", choices=MEASURES, help="measure only this; may be said several times"
    )
    parser.add_argument("--json", action="store_true", help="print values for keeping")
    parser.add_argument("--markdown", action="store_true", help="print the table as it stands in a document")
    parser.add_argument("--runs", type=int, default=7, help="runs of each measure; the median counts (default: 7)")
    parser.add_argument("--keep", action="store_true", help="keep the rows in benchmarks/kept.json, for comparing")
    arguments = parser.parse_args()
    compileall.compile_dir(Path(agent.__file__).parent, quiet=1)  # as a package ships it, whatever this shell says
    begun = time.monotonic()

    def say(what: str) -> None:
        print(f"{time.monotonic() - begun:4.0f} s  {what}", file=sys.stderr, flush=True)

    rows = [row for name in arguments.only or MEASURES for row in _measured(name, arguments.runs, say)]
    on = f"{datetime.now(UTC):%Y-%m-%d}, {described()}, {time.monotonic() - begun:.0f} s"
    found = list(comparison(rows, read()))
    if arguments.keep:
        keep(on, rows)
    if arguments.json:
        print(json.dumps({"measured": on, "rows": as_values(rows)}, indent=2))
        return 0
    lines = as_markdown(rows) if arguments.markdown else as_lines(rows)
    print("\n".join([f"Measured on {on}", "", *lines, "", *found]))
    return 0


def _measured(name: str, runs: int, say: Callable[[str], None]) -> list[Row]:
    """One measure; that it fails costs its rows, not the others'."""
    try:
        return MEASURES[name](runs, say)
    except Exception as error:  # noqa: BLE001 (an entry point)
        return missing(name, f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    sys.exit(main())
