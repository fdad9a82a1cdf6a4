"""Entry point. `kitting-apply`, the root half: started by systemd for an order, and early at boot (`--recover`).

Exit codes follow sysexits.h: 0 also for an order that was refused or undone, as its outcome shows; 73 where the
directory cannot be used, 75 where another process is at work, 78 for wrong settings, 70 for a bug.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import agent.frozen  # noqa: F401 (before `dataclasses`, which would load `inspect`)
from agent import __version__
from agent.handover.order import Outcome
from agent.host.end_of_process import leave
from agent.host.process_entry import Parser, ended_well, print_json
from agent.settings import DEFAULT_PATH, Settings, load

_INFO, _WARNING = 6, 4
"""syslog's priorities."""


def entry() -> NoReturn:
    """Starts the installed program."""
    leave(main())


def main(argv: Sequence[str] | None = None) -> int:
    """Carries out the order that was placed, and returns the exit code."""
    arguments = parser().parse_args(argv)
    return ended_well("kitting-apply", lambda: _serve(arguments, load(arguments.config)), as_json=arguments.json)


def _serve(arguments: argparse.Namespace, settings: Settings) -> int:
    import gc

    gc.disable()  # the process ends before garbage matters
    from agent.apply.context import apply_context
    from agent.apply.order_service import ServiceContext, recover, serve

    is_early = arguments.recover  # the boot starts the agent's units itself
    context = apply_context(settings, early=is_early, keeps_own_units=not is_early)
    service = ServiceContext(context, settings.identity)
    outcome = recover(service) if arguments.recover else serve(service)
    if arguments.json:
        print_json(_values(outcome))
    else:
        _show(outcome)
    return os.EX_OK


def _show(outcome: Outcome | None) -> None:
    from agent.host.systemd import log_to_journal, standard_error_is_journal

    text = ": ".join(map(str, filter(None, (outcome.result.value, outcome.failure)))) if outcome else "nothing to do"
    if not standard_error_is_journal():
        print(text)
        return
    code = {"ERROR_CODE": outcome.failure.code.text} if outcome and outcome.failure else {}
    order = {"ORDER": outcome.order_id} if outcome and outcome.order_id else {}
    log_to_journal(text, _WARNING if code else _INFO, code | order)


def _values(outcome: Outcome | None) -> object:
    failure = outcome.failure if outcome else None
    return {
        "order": outcome.order_id if outcome else None,
        "result": outcome.result.value if outcome else None,
        "failure": str(failure) if failure else None,
    }


def parser() -> argparse.ArgumentParser:
    """The command line: also the source of the man page."""
    top = Parser(
        prog="kitting-apply",
        description="The root half of the kitting agent: carries out the order that the network half placed.",
        epilog="example: sudo systemctl start kitting-apply.service",
    )
    top.add_argument("--version", action="version", version=f"kitting-apply {__version__}")
    top.add_argument("--config", type=Path, metavar="FILE", help=f"settings (default: {DEFAULT_PATH}, if it is there)")
    top.add_argument("--json", action="store_true", help="print values for programs instead of lines for people")
    top.add_argument(
        "--recover",
        action="store_true",
        help="only finish or take back an apply that a power cut interrupted, and wait for nothing",
    )
    return top
