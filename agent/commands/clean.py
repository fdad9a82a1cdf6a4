"""Entry point. `clean`: a disk that is ready for copying."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator

from agent.commands.message_list import print_messages
from agent.errors import Code, Failure
from agent.host.locks import has_resident
from agent.settings import Settings
from agent.upkeep import cleaning


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Prints what has to go; with `--yes` also removes it."""
    print_messages(arguments, clean(settings, really=arguments.yes))
    return os.EX_OK


def clean(settings: Settings, *, really: bool) -> Iterator[str]:
    """Removes what has to go, if it is `really` meant; yields a line for each file. Raises where a resident runs."""
    if has_resident(settings.paths.state):
        advice = "Stop it: sudo systemctl stop kitting-apply.path kitting-agent; then run this command again."
        raise Failure(Code.PASS_UNDER_WAY, "the resident is running", advice=advice)
    found = cleaning.leftovers(settings)
    for leftover in found:
        if really:
            cleaning.remove(leftover)
        yield f"{'removed' if really else 'would remove':<13} {leftover.path}   {leftover.why}"
    if not found:
        yield "nothing to remove: this disk can be copied"
    elif not really:
        yield "Nothing was removed. To remove it: sudo kitting-agent clean --image --yes"
    for reminder in cleaning.reminders():
        yield f"{'by hand':<13} {reminder}"
