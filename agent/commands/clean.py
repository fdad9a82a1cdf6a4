"""Entry point. `clean`: a disk that is ready for copying."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from agent.apply.applying import what_is_managed
from agent.apply.context import apply_context
from agent.apply.order_service import take_everything_back_for_root
from agent.apply.planning.steps import Managed
from agent.commands.message_list import print_messages
from agent.errors import Code, Failure
from agent.handover.order import Change
from agent.host.locks import has_resident
from agent.reasons import Cause
from agent.settings import Settings
from agent.upkeep import cleaning


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Prints what has to go; with `--yes` also removes it."""
    print_messages(arguments, clean(settings, really=arguments.yes))
    return os.EX_OK


def clean(settings: Settings, *, really: bool) -> Iterator[str]:
    """Takes back and removes what has to go, if it is `really` meant; yields a line for each thing.

    Raises where a resident runs, and where something cannot be taken back: then the memory stays, which knows of it.
    """
    if has_resident(settings.paths.state):
        advice = "Stop it: sudo systemctl stop kitting-apply.path kitting-agent; then run this command again."
        raise Failure(Code.PASS_UNDER_WAY, "the resident is running", advice=advice)
    there = what_is_managed(apply_context(settings))
    taken_back = _take_back(settings) if really and there != Managed() else ()
    yield from (_line(change.what, change.where) for change in taken_back)
    if not really:
        yield from (_line("would restore", place, "a document put it there") for place in there.paths)
    found = cleaning.leftovers(settings)
    for leftover in found:
        if really:
            cleaning.remove(leftover)
        yield _line("removed" if really else "would remove", leftover.path, leftover.why)
    if not found:
        yield "nothing to remove: this disk can be copied"
    elif not really:
        yield "Nothing was removed. To remove it: sudo kitting-agent clean --image --yes"
    left = [change.where for change in taken_back if change.because is Cause.CHANGED_SINCE]
    for reminder in (*cleaning.reminders(), *cleaning.reminders_of_documents(there.paths, left, there.ran_for)):
        yield _line("by hand", reminder)


def _take_back(settings: Settings) -> Sequence[Change]:
    outcome = take_everything_back_for_root(apply_context(settings))
    if outcome.failure:
        raise outcome.failure
    return outcome.changes


def _line(what: str, where: Path | str, why: str = "") -> str:
    return f"{what:<13} {where}   {why}".rstrip()
