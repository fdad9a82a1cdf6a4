"""Entry point. `kitting`, the command line of the desk.

Exit codes follow sysexits.h: 0 done, 64 usage, 65 wrong data, 66 missing file, 69 unavailable, 73 file not written,
75 try again, 77 not permitted.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from agent import __version__
from agent.host.process_entry import Parser, ended_well
from fleet.commands import (
    abnormal,
    access,
    board,
    check,
    hook,
    ledger,
    lock,
    permissions,
    prepare,
    reprovision,
    resume,
    return_,
    sandbox,
    ship,
    sign,
    stop,
    swap,
    throttle,
    watch,
)
from fleet.commands.command_line import CommandLine, Run

COMMANDS = (
    *(check, sign, prepare, watch, board, lock, ledger, ship, return_, swap, hook),
    *(stop, throttle, resume, reprovision, abnormal, access, permissions, sandbox),
)
"""In the order of `kitting --help`: before and at the kitting bench, then in the field."""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    arguments = parser().parse_args(argv)
    run: Run = arguments.command
    return ended_well("kitting", lambda: run(arguments), as_json=arguments.json)


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = Parser(
        prog="kitting",
        description="Prepares SIMs, watches and locks them on the kitting bench, and stops them in the field.",
        epilog="example: kitting prepare plan.yaml",
    )
    top.add_argument("--version", action="version", version=f"kitting {__version__}")
    top.add_argument("--json", action="store_true", help="print values for programs instead of lines for people")
    commands = CommandLine(top)
    for command in COMMANDS:
        command.add(commands)
    return top
