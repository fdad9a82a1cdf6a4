"""Entry point. `rollback`: back to the configuration before the present one."""

from __future__ import annotations

import argparse
import os

from agent.commands import root_order
from agent.handover.files import new_order_id
from agent.handover.order import Outcome, RollBack
from agent.provision.memory import led_back_by, remembered_after
from agent.provision.remembered import Remembered
from agent.provision.state_file import make_directory
from agent.resident.pauses import clock_now
from agent.settings import Settings


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Goes back, and prints what was changed."""
    make_directory(settings.paths.state)
    outcome = order_rollback(settings)
    kept = "back at the configuration before; it stays until the userdata changes, or kitting-agent reprovision"
    root_order.show_outcome(arguments, outcome, (*serial_lines(settings), kept))
    return os.EX_OK


def serial_lines(settings: Settings) -> list[str]:
    """The serial of the signed document in force, on a device that takes only signed documents."""
    from agent.apply.authorship import is_signature_wanted
    from agent.apply.serials import read_serials

    if os.geteuid() != 0 or not is_signature_wanted(settings.apply.allowed_signers):
        return []
    serial = read_serials(settings.paths.apply).in_force.serial
    return [f"the signed document of serial {serial} is in force"] if serial else []


def order_rollback(settings: Settings) -> Outcome:
    """Goes back to the generation before, and remembers it; raises the failure of an order that was refused."""
    return root_order.give_order(settings, RollBack(new_order_id()), _withdrawn)


def _withdrawn(remembered: Remembered, outcome: Outcome) -> Remembered:
    return remembered_after(remembered, led_back_by(outcome), clock_now(None))
