"""Entry point. `rollback`: back to the configuration before the present one."""

from __future__ import annotations

import argparse
import os

from agent.commands.assembly import root_half_for_command
from agent.commands.display.pass_result import outcome_values
from agent.errors import Code, Failure
from agent.handover.files import new_order_id
from agent.handover.order import Outcome, RollBack
from agent.host.process_entry import print_json, print_lines
from agent.provision.lifecycle import Event
from agent.provision.memory import Occurred, remembered_after
from agent.provision.state_file import make_directory, pass_lock, remembered_now, save
from agent.resident.pauses import clock_now
from agent.settings import Settings


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Goes back, and prints what was changed."""
    make_directory(settings.paths.state)
    outcome = roll_back(settings)
    if arguments.json:
        print_json(outcome_values(outcome))
    else:
        print_lines(f"{change.what:<9} {change.where}" for change in outcome.changes)
        print_lines(serial_lines(settings))
        print_lines(
            ["back at the configuration before; it stays until the userdata changes, or kitting-agent reprovision"]
        )
    return os.EX_OK


def serial_lines(settings: Settings) -> list[str]:
    """The serial of the signed document in force, on a device that takes only signed documents."""
    from agent.apply.authorship import is_signature_wanted
    from agent.apply.serials import read_serials

    if os.geteuid() != 0 or not is_signature_wanted(settings.apply.allowed_signers):
        return []
    serial = read_serials(settings.paths.apply).in_force.serial
    return [f"the signed document of serial {serial} is in force"] if serial else []


def roll_back(settings: Settings) -> Outcome:
    """Goes back to the generation before, and remembers it; raises the failure of an order that was refused."""
    with pass_lock(settings.paths.state):
        remembered, _ = remembered_now(settings)
        outcome = root_half_for_command(settings).order(RollBack(new_order_id()))
        if outcome.failure:
            raise outcome.failure
        withdrawn = Occurred(Event.WITHDRAWN, Failure(Code.APPLY_ROLLED_BACK, "by hand"))
        save(settings.paths.state, remembered_after(remembered, withdrawn, clock_now(None)))
    return outcome
