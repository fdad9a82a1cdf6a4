"""Entry point. `scrub`: root removes everything that is managed and sensitive, and the copies for a rollback."""

from __future__ import annotations

import argparse
import os
from dataclasses import replace

from agent.commands import root_order
from agent.errors import Code, Failure
from agent.handover.files import new_order_id
from agent.handover.order import Outcome, Scrub
from agent.provision.remembered import Remembered
from agent.provision.state_file import make_directory
from agent.settings import Settings


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Removes it and prints what was removed; without `--yes`, a usage error, and nothing is removed."""
    if not arguments.yes:
        advice = "To remove them: sudo kitting-agent scrub --yes"
        raise Failure(Code.USAGE, "this removes managed sensitive files for good; nothing was removed", advice=advice)
    make_directory(settings.paths.state)
    outcome = order_scrub(settings)
    root_order.show_outcome(
        arguments, outcome, ["scrubbed; nothing is applied any more, until kitting-agent reprovision --adopt"]
    )
    return os.EX_OK


def order_scrub(settings: Settings) -> Outcome:
    """Scrubs; the device then takes no configuration until its release. Raises the failure of a refused order."""
    return root_order.give_order(settings, Scrub(new_order_id()), _scrubbed, intend=_held)


def _held(remembered: Remembered) -> Remembered:
    return replace(remembered, last_order=remembered.last_order or "scrub", held=True)


def _scrubbed(remembered: Remembered, _: Outcome) -> Remembered:
    return replace(_held(remembered), in_force=None)
