"""Entry point. `status`: the state of the gateway, since when, and what to do; asks nothing but its own files."""

from __future__ import annotations

import argparse
import os

from agent.commands.display.status import (
    local_lines,
    local_values,
    status_lines,
    status_values,
    traffic_lines,
    traffic_values,
)
from agent.host.locks import resident_pid
from agent.host.process_entry import print_json, print_lines
from agent.provision.state_file import disk_refusal, remembered_now
from agent.resident.pauses import budget_now, traffic
from agent.settings import Settings
from agent.upkeep.endpoint import is_closed


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Prints the status in one screen."""
    remembered, damage = remembered_now(settings)
    resident, refusal = resident_pid(settings.paths.state), disk_refusal(settings.paths.state)
    record, expected = traffic(settings)
    closed = is_closed()
    if arguments.json:
        values = status_values(remembered, resident, refusal) | traffic_values(record, expected)
        print_json(values | local_values(closed=closed))
    else:
        print_lines(status_lines(remembered, resident, refusal))
        print_lines(traffic_lines(record, expected, budget_now(settings)))
        print_lines(local_lines(damage, closed=closed))
    return os.EX_OK
