"""Entry point: from the command line to what the board shows: the SIMs of a plan, as the platform knows them now."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import UTC, datetime

from agent.errors import Code, Failure
from fleet.bench.watching import look
from fleet.board.view import Board
from fleet.commands.console import api_of, read_plan


def live(arguments: argparse.Namespace) -> Callable[[], Board]:
    """The source of the page; raises `usage`, `file.unreadable`, `plan.invalid` and `profile.*`."""
    if arguments.plan is None:
        raise Failure(Code.USAGE, "no plan is named", advice="Name the kitting plan, or try kitting board --sample.")
    plan = read_plan(arguments.plan)
    api = api_of(arguments)

    def source() -> Board:
        watched = look(api, plan)
        return Board(plan.name, watched.rows, datetime.now(UTC))

    return source
