"""Entry point. `scrub`: removes everything that is managed and sensitive, and the way back, by the word of root."""

from __future__ import annotations

import argparse
import os
from dataclasses import replace

from agent.commands.assembly import root_half_for_command
from agent.commands.display.pass_result import outcome_values
from agent.errors import Code, Failure
from agent.handover.files import new_order_id
from agent.handover.order import Outcome, Scrub
from agent.host.process_entry import print_json, print_lines
from agent.provision.state_file import make_directory, pass_lock, remembered_now, save
from agent.settings import Settings


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Removes it once `--yes` says that it is meant, and prints what was removed."""
    if not arguments.yes:
        advice = "If it is meant: sudo kitting-agent scrub --yes"
        raise Failure(Code.USAGE, "this removes managed sensitive files for good; nothing was removed", advice=advice)
    make_directory(settings.paths.state)
    outcome = scrub(settings)
    if arguments.json:
        print_json(outcome_values(outcome))
    else:
        print_lines(f"{change.what:<9} {change.where}" for change in outcome.changes)
        print_lines(["scrubbed; nothing is applied any more, until kitting-agent reprovision --adopt"])
    return os.EX_OK


def scrub(settings: Settings) -> Outcome:
    """Scrubs, and holds the device; raises the failure of an order that was refused."""
    with pass_lock(settings.paths.state):
        remembered, _ = remembered_now(settings)
        outcome = root_half_for_command(settings).order(Scrub(new_order_id()))
        if outcome.failure:
            raise outcome.failure
        order = remembered.last_order or "scrub"
        save(settings.paths.state, replace(remembered, last_order=order, held=True, in_force=None))
    return outcome
