"""Entry point. `plan`: what a pass would change; nothing is changed."""

from __future__ import annotations

import argparse
import os

from agent.apply import applying
from agent.apply.context import apply_context
from agent.apply.planning.plan import Plan
from agent.commands.assembly import edges_of
from agent.commands.display.plan import plan_lines, plan_values
from agent.commands.progress import Progress
from agent.host.process_entry import print_json, print_lines
from agent.metadata.subscriber_service import MetadataService
from agent.provision.provisioning import wanted_order
from agent.provision.state_file import remembered_now
from agent.settings import Settings


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Prints the plan as a diff."""
    plan = previewed_plan(settings)
    if arguments.json:
        print_json(plan_values(plan))
    else:
        print_lines(plan_lines(plan))
    return os.EX_OK


def previewed_plan(settings: Settings) -> Plan:
    """The plan of the order that a pass would give."""
    remembered, _ = remembered_now(settings)
    with MetadataService(settings.metadata) as service:
        order = wanted_order(settings, edges_of(settings, service, Progress(quiet=True).show), remembered)
        return applying.preview(order, apply_context(settings))
