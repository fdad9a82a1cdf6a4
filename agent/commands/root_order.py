"""Entry point. An order that a person gives to the root half by a command: given, remembered, and shown."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from dataclasses import replace

from agent.commands.assembly import root_half_for_command
from agent.commands.display.pass_result import outcome_values
from agent.errors import Failure
from agent.handover.order import Outcome, RollBack, Scrub
from agent.host.process_entry import print_json, print_lines
from agent.provision.remembered import Remembered
from agent.provision.state_file import pass_lock, remembered_now, save
from agent.settings import Settings


def give_order(
    settings: Settings,
    order: RollBack | Scrub,
    remember: Callable[[Remembered, Outcome], Remembered],
    *,
    intend: Callable[[Remembered], Remembered] = lambda remembered: remembered,
) -> Outcome:
    """Gives the order, and saves what is remembered after it; raises the failure of an order that was refused.

    The order is saved before it is given: the next pass asks for its outcome where this process is cut off. `intend`
    is what has to hold already then.
    """
    with pass_lock(settings.paths.state):
        before, _ = remembered_now(settings)
        save(settings.paths.state, replace(intend(before), order_id=order.order_id))
        try:
            outcome = root_half_for_command(settings).order(order)
            if outcome.failure:
                raise outcome.failure
        except Failure:
            save(settings.paths.state, before)
            raise
        save(settings.paths.state, remember(before, outcome))
    return outcome


def show_outcome(arguments: argparse.Namespace, outcome: Outcome, last_lines: Iterable[str]) -> None:
    """Prints what was changed, and then the last lines; with `--json` the outcome alone."""
    if arguments.json:
        print_json(outcome_values(outcome))
        return
    print_lines(f"{change.what:<9} {change.where}" for change in outcome.changes)
    print_lines(last_lines)
