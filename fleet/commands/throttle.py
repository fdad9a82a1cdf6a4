"""Entry point. `kitting throttle`: slows SIMs down."""

from __future__ import annotations

import argparse

from fleet.commands.command_line import CommandLine
from fleet.commands.selected_sims import add_selection, for_each_sim
from fleet.plan.handler_sentences import DEFAULT_SLOW


def throttle(arguments: argparse.Namespace) -> int:
    """Sets a slow speed class, and records the one before for `kitting resume`."""
    from fleet.field.stopping import throttle_sim

    speed_class: str = arguments.to
    return for_each_sim(
        arguments,
        lambda api, sim: throttle_sim(api, sim, speed_class),
        f"slowed down to {speed_class}",
        lambda sim: sim.speed_class == speed_class,
    )


def add(commands: CommandLine) -> None:
    """Adds the command."""
    command = commands.add_with_api("throttle", throttle, "slow SIMs down", "--tag site=tokyo --to s1.slow")
    add_selection(command)
    command.add_argument("--to", default=DEFAULT_SLOW, metavar="CLASS", help=f"speed class (default: {DEFAULT_SLOW})")
