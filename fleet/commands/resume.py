"""Entry point. `kitting resume`: lets stopped and slow SIMs continue as before."""

from __future__ import annotations

import argparse

from fleet.commands.command_line import CommandLine
from fleet.commands.selected_sims import add_selection, for_each_sim


def resume(arguments: argparse.Namespace) -> int:
    """Sets the status before `kitting stop`, and the speed class before `kitting throttle`."""
    from fleet.field.stopping import is_resumed, resume_sim

    return for_each_sim(arguments, resume_sim, "resumed", is_resumed)


def add(commands: CommandLine) -> None:
    """Adds the command."""
    summary = "let stopped and slow SIMs continue as before"
    add_selection(commands.add_with_api("resume", resume, summary, "8942310000000000001"))
