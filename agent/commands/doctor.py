"""Entry point. `doctor`: everything that a pass needs, examined."""

from __future__ import annotations

import argparse
import os
from functools import partial

from agent.commands.display.findings import finding_lines, finding_values
from agent.host.process_entry import print_json, print_lines
from agent.modem.reading import read_equipment
from agent.settings import Settings
from agent.upkeep.doctor import examine
from agent.upkeep.findings import Level


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Prints each finding as soon as it is known; the exit code says whether a fault was found."""
    findings = []
    reader = partial(read_equipment, settings.modem, settings.paths.state, radio=True)
    for finding in examine(settings, reader):
        findings.append(finding)
        if not arguments.json:
            print_lines(finding_lines(finding))
    if arguments.json:
        print_json(finding_values(findings))
    return os.EX_UNAVAILABLE if any(finding.level is Level.FAULT for finding in findings) else os.EX_OK
