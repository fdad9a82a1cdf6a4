"""Entry point. `identify`: the SIM, the modem, and whether they belong together."""

from __future__ import annotations

import argparse
import os

from agent.commands.display.identity import identity_lines, identity_values
from agent.errors import Failure
from agent.host.leaving_root import leave_root
from agent.host.process_entry import print_json, print_lines
from agent.identity import Equipment, Subscriber
from agent.metadata.subscriber_service import MetadataService
from agent.modem.reading import read_equipment
from agent.provision.binding import Verdict, verdict
from agent.settings import Settings


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Prints both identities and the verdict; the exit code is that of a service that does not answer."""
    leave_root(settings)
    subscriber, equipment, found = read_identity(settings)
    if arguments.json:
        print_json(identity_values(subscriber, equipment, found))
    else:
        print_lines(identity_lines(subscriber, equipment, found))
    return subscriber.code.exit_code if isinstance(subscriber, Failure) else os.EX_OK


def read_identity(settings: Settings) -> tuple[Subscriber | Failure, Equipment, Verdict | None]:
    """The subscriber or why it is not known, the equipment, and the verdict on both."""
    equipment = read_equipment(settings.modem, settings.paths.state, radio=True)
    with MetadataService(settings.metadata) as service:
        try:
            subscriber = service.subscriber()
        except Failure as failure:
            return failure, equipment, None
    equipment = equipment.carrying(subscriber)
    return subscriber, equipment, verdict(subscriber, equipment)
