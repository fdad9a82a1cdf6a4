"""Entry point. `kitting board`: serves the page for the kitting bench."""

from __future__ import annotations

import argparse
import os
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from agent.errors import Code, Failure
from agent.host.process_entry import print_json, print_lines
from fleet.board.access_rules import MAX_PASSWORD
from fleet.commands.api_access import api_of
from fleet.commands.command_line import CommandLine, listen_argument
from fleet.commands.private_file import private_line, unusable
from fleet.listen_address import ListenAddress

if TYPE_CHECKING:
    from fleet.board.server import Server
    from fleet.board.view import Board

LEAST_PASSWORD = 8
_STEP_S = 6
_DEFAULT = "127.0.0.1:8700"


def board(arguments: argparse.Namespace) -> int:
    """Serves until it is interrupted; raises `usage`, `file.unreadable` and `board.not_served`."""
    listen: ListenAddress = arguments.listen
    password = _password(arguments.password_file) if arguments.password_file else None
    if password is None and not listen.is_loopback:
        detail = f"other machines can reach {listen.host}, so the board needs a password"
        advice = "Name a file with the password: --password-file FILE; or listen on 127.0.0.1."
        raise Failure(Code.USAGE, detail, advice=advice)
    served = _server(arguments, listen, password)
    served.run(partial(_announce, served.url, as_json=arguments.json))
    return os.EX_OK


def _announce(url: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"url": url})
    else:
        print_lines((f"The board: {url}  (Ctrl+C ends it)",))


def _server(arguments: argparse.Namespace, listen: ListenAddress, password: str | None) -> Server:
    from fleet.board.server import server_of

    source = _sample() if arguments.sample else _live(arguments)
    own = () if listen.is_loopback else _own_names()
    names = frozenset(name.lower() for name in (*own, *arguments.name))
    return server_of(source, password, listen, names)


def _live(arguments: argparse.Namespace) -> Callable[[], Board]:
    """The SIMs of the plan; raises `usage`, `file.unreadable`, `plan.invalid` and `profile.*`."""
    from fleet.bench.plan_status import status_of_plan
    from fleet.board.view import Board
    from fleet.plan.plan_file import read_plan

    if arguments.plan is None:
        raise Failure(Code.USAGE, "no plan is named", advice="Name the kitting plan, or try kitting board --sample.")
    plan = read_plan(arguments.plan)
    api = api_of(arguments)

    def source() -> Board:
        return Board(plan.name, status_of_plan(api, plan).rows, datetime.now(UTC))

    return source


def _sample() -> Callable[[], Board]:
    """Thirty invented SIMs that advance with time."""
    from fleet.board.sample import sample

    started = time.monotonic()
    return lambda: sample(datetime.now(UTC), int(time.monotonic() - started) // _STEP_S)


def _own_names() -> tuple[str, ...]:
    """The names of this machine; asks the name server, which may take some seconds."""
    name = socket.gethostname()
    return name, f"{name}.local", socket.getfqdn()


def _password(path: Path) -> str:
    """The first line of a file that only its owner may read; raises `file.unreadable`."""
    password = private_line(path, "password")
    if not LEAST_PASSWORD <= len(password) <= MAX_PASSWORD:
        detail = f"the first line has {len(password)} characters, not {LEAST_PASSWORD} to {MAX_PASSWORD}"
        raise unusable(path, detail, "Write a longer password into it: openssl rand -base64 18.")
    return password


def add(commands: CommandLine) -> None:
    """Adds the command."""
    summary = "show the SIMs of a plan in a browser, for the kitting bench"
    command = commands.add_with_api("board", board, summary, "plan.yaml")
    command.add_argument("plan", nargs="?", type=Path, metavar="PLAN", help="the kitting plan")
    command.add_argument("--sample", action="store_true", help="show thirty invented SIMs instead of a plan")
    command.add_argument(
        "--listen",
        type=listen_argument,
        default=_DEFAULT,
        metavar="HOST:PORT",
        help=f"address to serve (default: {_DEFAULT})",
    )
    command.add_argument(
        "--password-file",
        type=Path,
        metavar="FILE",
        help="file with the password in its first line; required where other machines can reach the address",
    )
    command.add_argument(
        "--name", action="append", default=[], metavar="NAME", help="another name by which browsers reach this machine"
    )
