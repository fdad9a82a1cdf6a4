"""Entry point. `plan`: what a pass would change; nothing is changed."""

from __future__ import annotations

import argparse
import os

from agent.apply import applying
from agent.apply.context import apply_context
from agent.apply.planning.plan import Plan
from agent.commands.asking_child import found_without_root
from agent.commands.assembly import edges_of
from agent.commands.display.plan import plan_lines, plan_values
from agent.commands.progress import Progress
from agent.errors import Code, Failure
from agent.handover.order import Apply
from agent.handover.order_json import order_from_json, order_to_json
from agent.host.process_entry import print_json, print_lines
from agent.metadata.subscriber_service import MetadataService
from agent.provision.provisioning import wanted_order
from agent.provision.state_file import remembered_now
from agent.settings import Settings


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Prints the plan as a diff."""
    plan = preview(settings, as_json=arguments.json)
    if arguments.json:
        print_json(plan_values(plan))
    else:
        print_lines(plan_lines(plan))
    return os.EX_OK


def preview(settings: Settings, *, as_json: bool) -> Plan:
    """The plan of the order that a pass would give; root takes the order as its half does, and parses nothing else."""
    text = found_without_root(settings, lambda: order_to_json(_order(settings)), as_json=as_json)
    order = order_from_json(text)
    if not isinstance(order, Apply):
        raise Failure(Code.ORDER_INVALID, "the order is not one to apply a document")
    return applying.preview(order, apply_context(settings))


def _order(settings: Settings) -> Apply:
    remembered, _ = remembered_now(settings)
    with MetadataService(settings.metadata) as service:
        return wanted_order(settings, edges_of(settings, service, Progress(quiet=True).show), remembered)
