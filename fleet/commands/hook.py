"""Entry point. `kitting hook`: the web service that the platform's event handlers call."""

from __future__ import annotations

import argparse
import os
import sys
import threading
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from agent.errors import Code, Failure
from agent.host.process_entry import json_text, print_lines
from fleet.bench.time_limits import BACK_WITHIN_S
from fleet.commands.api_access import api_of
from fleet.commands.command_line import CommandLine, add_plan, listen_argument
from fleet.commands.private_file import private_line, unusable
from fleet.listen_address import ListenAddress
from fleet.plan.handler_sentences import LEAST_SECRET

if TYPE_CHECKING:
    from fleet.hook.locking_by_hint import HintResult
    from fleet.hook.web_application import Application
    from fleet.web_server import WebServer

_DEFAULT = "127.0.0.1:8800"


def hook(arguments: argparse.Namespace) -> int:
    """Serves until it is stopped; then each lock that is under way is proven at once, or removed."""
    from fleet.bench.locking import clock_until
    from fleet.hook.hint_queue import HintQueue
    from fleet.hook.locking_by_hint import lock_by_hint
    from fleet.hook.web_application import application
    from fleet.plan.plan_file import read_plan

    plan = read_plan(arguments.plan)
    secret = _secret(arguments.secret_file)
    with api_of(arguments) as api:
        ending = threading.Event()
        lock = partial(lock_by_hint, api, plan, back_within_s=arguments.back_within, clock=clock_until(ending))
        running = HintQueue(lock, partial(_print_result, threading.Lock()), ending)
        try:
            server = _server(application(running.hint, secret), arguments.listen)
            server.run(partial(_announce, f"http://{arguments.listen.host}:{server.port}/"))
        finally:
            running.stop()
    return os.EX_OK


def _server(application: Application, listen: ListenAddress) -> WebServer:
    """The server, which listens already; raises `hook.not_served`."""
    from fleet.web_server import WebServer

    try:
        return WebServer(application, listen.host, listen.port)
    except (OSError, ValueError, OverflowError) as error:
        detail = getattr(error, "strerror", None) or str(error)
        raise Failure(Code.HOOK_NOT_SERVED, detail, where=f"{listen.host}:{listen.port}") from None


def _announce(url: str) -> None:
    print(f"listening on {url}", file=sys.stderr, flush=True)


def _print_result(guard: threading.Lock, result: HintResult) -> None:
    """Prints a JSON object on one line: the journal of the hook."""
    at = datetime.now(UTC).isoformat(timespec="seconds")
    values = {"at": at, "sim": result.sim_id, "outcome": result.outcome.value, "why": result.reason}
    with guard:
        print_lines([json_text(values)])


def _secret(path: Path) -> str:
    """The first line of a file that only its owner may read; raises `file.unreadable`."""
    secret = private_line(path, "secret").strip()
    if not secret.isascii():
        raise unusable(path, "the secret has other characters than ASCII", "Write another one: openssl rand -hex 24.")
    if len(secret) < LEAST_SECRET:
        detail = f"a secret has at least {LEAST_SECRET} characters"
        raise unusable(path, detail, "Write a longer one into it: openssl rand -hex 24.")
    return secret


def add(commands: CommandLine) -> None:
    """Adds the command."""
    summary = "lock SIMs as they come to life, called by the platform's event handlers"
    example = "plan.yaml --listen 0.0.0.0:8800 --secret-file hook.secret"
    command = commands.add_with_api("hook", hook, summary, example)
    add_plan(command)
    command.add_argument(
        "--listen", type=listen_argument, default=_DEFAULT, metavar="HOST:PORT", help=f"address (default: {_DEFAULT})"
    )
    command.add_argument(
        "--secret-file", type=Path, required=True, metavar="FILE", help="the secret that the platform has to send"
    )
    command.add_argument("--back-within", type=float, default=BACK_WITHIN_S, metavar="SECONDS", help=argparse.SUPPRESS)
