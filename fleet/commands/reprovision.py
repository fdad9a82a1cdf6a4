"""Entry point. `kitting reprovision`: wakes devices by SMS, so that they read their userdata now."""

from __future__ import annotations

import argparse

from fleet.commands.command_line import CommandLine
from fleet.commands.selected_sims import add_selection, for_each_sim


def reprovision(arguments: argparse.Namespace) -> int:
    """Sends an SMS to each SIM; a device that does not listen for SMS reads its userdata with its next poll."""
    from fleet.field.waking import wake_device

    return for_each_sim(arguments, wake_device, "woken by SMS")


def add(commands: CommandLine) -> None:
    """Adds the command."""
    summary = "wake devices by SMS, so that they read their userdata now"
    add_selection(commands.add_with_api("reprovision", reprovision, summary, "--tag site=tokyo"))
