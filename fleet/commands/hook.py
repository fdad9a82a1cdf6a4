"""Entry point: `kitting hook`: the web service that the platform's event handlers call."""

from __future__ import annotations

import argparse
import hmac
import json
import os
import sys
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent.errors import Code, Failure
from fleet.bench.hook import MAX_BYTES, Hook, Told, deal_with, hinted_sim
from fleet.bench.locking import BACK_WITHIN_S
from fleet.commands.console import api_of, read_plan
from fleet.plan.handler_sentences import SECRET_HEADER

if TYPE_CHECKING:
    from fleet.web_server import WebServer

Start = Callable[[str, list[tuple[str, str]]], object]
LEAST_SECRET = 16


def application(hint: Callable[[str], bool], secret: str) -> Callable[[dict[str, Any], Start], Iterable[bytes]]:
    """The WSGI application (PEP 3333): POST with the secret in a header; answers before anything is done."""
    name = f"HTTP_{SECRET_HEADER.upper().replace('-', '_')}"

    def answer(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        status, text = _answer(environ, str(environ.get(name, "")))
        start(status, [("Content-Type", "application/json"), ("Content-Length", str(len(text)))])
        return [text]

    def _answer(environ: dict[str, Any], told: str) -> tuple[str, bytes]:
        if environ["REQUEST_METHOD"] == "GET" and environ.get("PATH_INFO") == "/health":
            return "200 OK", b'{"ok":true}'
        if environ["REQUEST_METHOD"] != "POST":
            return "405 Method Not Allowed", b'{"error":"POST"}'
        if not hmac.compare_digest(told.encode(), secret.encode()):
            return "403 Forbidden", b'{"error":"secret"}'
        length = str(environ.get("CONTENT_LENGTH") or "0")
        if not length.isdecimal() or int(length) > MAX_BYTES:
            return "413 Content Too Large", b'{"error":"size"}'
        sim_id = hinted_sim(environ["wsgi.input"].read(int(length)))
        if sim_id is None:
            return "400 Bad Request", b'{"error":"no SIM is named"}'
        return ("202 Accepted", b"{}") if hint(sim_id) else ("503 Service Unavailable", b'{"error":"too many"}')

    return answer


def hook(arguments: argparse.Namespace) -> int:
    """Serves until it is stopped."""
    from fleet.web_server import WebServer

    plan = read_plan(arguments.plan)
    secret = _secret(arguments.secret_file)
    host, _, port = arguments.listen.rpartition(":")
    if not host or not port.isdecimal():
        raise Failure(Code.USAGE, f"--listen takes HOST:PORT, not {arguments.listen!r}")
    with api_of(arguments) as api:
        running = Hook(partial(_deal, api, plan, arguments.back_within), partial(_note, threading.Lock()))
        try:
            server = _server(partial(WebServer, application(running.hint, secret), host, int(port)), arguments.listen)
            server.run(partial(_announce, f"http://{host}:{server.port}/"))
        finally:
            running.stop()
    return os.EX_OK


def _server(listen: Callable[[], WebServer], where: str) -> WebServer:
    """Raises `hook.not_served` where the address cannot be taken."""
    try:
        return listen()
    except (OSError, ValueError, OverflowError) as error:
        detail = getattr(error, "strerror", None) or str(error)
        raise Failure(Code.HOOK_NOT_SERVED, detail, where=where) from None


def _announce(url: str) -> None:
    print(f"listening on {url}", file=sys.stderr, flush=True)


def _deal(api: Any, plan: Any, back_within_s: float, sim_id: str) -> Told:
    return deal_with(api, plan, sim_id, back_within_s=back_within_s)


def _note(guard: threading.Lock, told: Told) -> None:
    """One JSON object a line: the hook's journal."""
    at = datetime.now(UTC).isoformat(timespec="seconds")
    with guard:
        print(json.dumps({"at": at, "sim": told.sim_id, "outcome": told.outcome.value, "why": told.why}), flush=True)


def _secret(path: Path) -> str:
    try:
        secret = path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(Code.FILE_UNREADABLE, str(error), where=str(path)) from None
    if len(secret) < LEAST_SECRET:
        raise Failure(Code.USAGE, f"a secret has at least {LEAST_SECRET} characters", where=str(path))
    return secret


def add(commands: Any, command: Any) -> None:
    """Puts the command into the command line."""
    sub: argparse.ArgumentParser = command(
        commands,
        "hook",
        hook,
        "lock SIMs as they come to life, called by the platform's event handlers",
        "plan.yaml --listen 0.0.0.0:8800 --secret-file hook.secret",
    )
    sub.add_argument("plan", type=Path, metavar="PLAN", help="the kitting plan")
    sub.add_argument("--listen", default="127.0.0.1:8800", metavar="HOST:PORT", help="default: 127.0.0.1:8800")
    sub.add_argument("--secret-file", type=Path, required=True, metavar="FILE", help="what the platform has to know")
    sub.add_argument("--back-within", type=float, default=BACK_WITHIN_S, metavar="SECONDS", help=argparse.SUPPRESS)
