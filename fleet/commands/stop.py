"""Entry point. `kitting stop`: stops SIMs."""

from __future__ import annotations

import argparse

from fleet.commands.command_line import CommandLine
from fleet.commands.selected_sims import add_selection, for_each_sim


def stop(arguments: argparse.Namespace) -> int:
    """Suspends SIMs, or deactivates them with --for-now."""
    from fleet.field.stopping import deactivate_sim, suspend_sim
    from fleet.platform.sim import Status

    operation, status = (deactivate_sim, Status.INACTIVE) if arguments.for_now else (suspend_sim, Status.SUSPENDED)
    return for_each_sim(arguments, operation, "stopped", lambda sim: sim.status is status)


def add(commands: CommandLine) -> None:
    """Adds the command."""
    command = commands.add_with_api("stop", stop, "suspend SIMs, such as a stolen SIM", "8942310000000000001")
    add_selection(command)
    command.add_argument("--for-now", action="store_true", help="only deactivate: the modem continues to try")
