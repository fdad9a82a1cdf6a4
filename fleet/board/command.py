"""Entry point: `kitting board`: serves the page for the bench."""

from __future__ import annotations

import argparse
import os
import socket
import stat
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from agent.errors import Code, Failure
from agent.host.process_entry import print_json, print_lines
from fleet.board.gate import MAX_PASSWORD, Listen, listen_of
from fleet.board.view import Board

LEAST_PASSWORD = 8
_STEP_S = 6
_DEFAULT = "127.0.0.1:8700"

Live = Callable[[argparse.Namespace], Callable[[], Board]]
"""From the command line to the source that asks the platform."""


def board(arguments: argparse.Namespace) -> int:
    """Serves until it is interrupted; raises `usage`, `file.unreadable` and `board.not_served`."""
    listen: Listen = arguments.listen
    password = _password(arguments.password_file) if arguments.password_file else None
    if password is None and not listen.is_loopback:
        advice = "Name a file with the password: --password-file FILE; or listen on 127.0.0.1."
        raise Failure(Code.USAGE, f"others can reach {listen.host}, and nobody would have to log in", advice=advice)
    served = _server(arguments, listen, password)
    served.run(partial(_announce, served.url, as_json=arguments.json))
    return os.EX_OK


def _announce(url: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"url": url})
    else:
        print_lines((f"The board: {url}  (Ctrl+C ends it)",))


def _server(arguments: argparse.Namespace, listen: Listen, password: str | None) -> Any:
    from fleet.board.server import Server
    from fleet.board.visitors import Visitors
    from fleet.board.watch import Watch
    from fleet.board.web import Served, app_of

    watch = Watch(_source(arguments))
    own = () if listen.is_loopback else _own_names()
    names = frozenset(name.lower() for name in (*own, *arguments.name))
    return Server(app_of(Served(watch.board, Visitors(password), listen, names)), listen)


def _source(arguments: argparse.Namespace) -> Callable[[], Board]:
    live: Live | None = arguments.live
    if arguments.sample:
        return _sample()
    if live is None:
        raise Failure(Code.USAGE, "there is nothing to show", advice="Try it with kitting board --sample.")
    return live(arguments)


def _sample() -> Callable[[], Board]:
    from fleet.board.sample import sample

    begun = time.monotonic()
    return lambda: sample(datetime.now(UTC), int(time.monotonic() - begun) // _STEP_S)


def _own_names() -> tuple[str, ...]:
    """May ask the name server, and wait for it."""
    name = socket.gethostname()
    return name, f"{name}.local", socket.getfqdn()


def _password(path: Path) -> str:
    """The first line of the file, which only its owner may read."""
    try:
        with path.open("rb") as file:
            mode, line = os.fstat(file.fileno()).st_mode, file.readline(MAX_PASSWORD + 2)
    except OSError as error:
        raise Failure(Code.FILE_UNREADABLE, error.strerror or str(error), where=str(path)) from None
    if stat.S_IMODE(mode) & 0o077:
        raise _unfit(path, "others may read it", f"Take that from them: chmod 600 {path}")
    try:
        password = line.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise _unfit(path, "its first line is not UTF-8", "Write the password into it, as text.") from None
    if not LEAST_PASSWORD <= len(password) <= MAX_PASSWORD:
        told = f"its first line has {len(password)} characters, not {LEAST_PASSWORD} to {MAX_PASSWORD}"
        raise _unfit(path, told, "Write a longer password: openssl rand -base64 18.")
    return password


def _unfit(path: Path, detail: str, advice: str) -> Failure:
    return Failure(Code.FILE_UNREADABLE, detail, where=str(path), advice=advice)


def _listen(text: str) -> Listen:
    try:
        return listen_of(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def add(commands: Any, command: Any, live: Live | None = None) -> None:
    """Puts the command into the command line; `live` makes the source that asks the platform."""
    sub: argparse.ArgumentParser = command(
        commands, "board", board, "show the boxes on the bench to a browser", "plan.yaml"
    )
    sub.add_argument("plan", nargs="?", type=Path, metavar="PLAN", help="the kitting plan")
    sub.add_argument("--sample", action="store_true", help="show thirty made-up SIMs")
    sub.add_argument(
        "--listen", type=_listen, default=_DEFAULT, metavar="HOST:PORT", help=f"where to serve it (default: {_DEFAULT})"
    )
    sub.add_argument(
        "--password-file", type=Path, metavar="FILE", help="its first line is asked for; needed beyond this machine"
    )
    sub.add_argument(
        "--name", action="append", default=[], metavar="NAME", help="another name by which browsers reach it"
    )
    sub.set_defaults(live=live)
