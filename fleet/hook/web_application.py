"""Edge. Receives hints as a WSGI application (PEP 3333); the caller is answered before the SIM is looked at."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from fleet.hook.hint import MAX_BYTES, hinted_sim_id
from fleet.plan.handler_sentences import SECRET_HEADER

Start = Callable[[str, list[tuple[str, str]]], object]
Application = Callable[[dict[str, Any], Start], Iterable[bytes]]
_HEADER = f"HTTP_{SECRET_HEADER.upper().replace('-', '_')}"
"""The header with the secret, as WSGI names it."""


def application(hint: Callable[[str], bool], secret: str) -> Application:
    """The application: takes POST with the secret in a header, and GET /health.

    Args:
        hint: takes a SIM id; False where too many SIMs wait.
        secret: what the caller has to send.
    """

    def answer(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        status, content = _response(environ, hint, secret)
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(content)))]
        start(f"{status.value} {status.phrase}", headers)
        return [content]

    return answer


def _response(environ: dict[str, Any], hint: Callable[[str], bool], secret: str) -> tuple[HTTPStatus, bytes]:
    if environ["REQUEST_METHOD"] == "GET" and environ.get("PATH_INFO") == "/health":
        return HTTPStatus.OK, b'{"ok":true}'
    if environ["REQUEST_METHOD"] != "POST":
        return HTTPStatus.METHOD_NOT_ALLOWED, b'{"error":"the hook takes POST"}'
    if not hmac.compare_digest(str(environ.get(_HEADER, "")).encode(), secret.encode()):
        return HTTPStatus.FORBIDDEN, b'{"error":"the secret is wrong"}'
    return _hint_response(environ, hint)


def _hint_response(environ: dict[str, Any], hint: Callable[[str], bool]) -> tuple[HTTPStatus, bytes]:
    """The response to a caller that knows the secret."""
    length = str(environ.get("CONTENT_LENGTH") or "0")
    if not length.isdecimal() or int(length) > MAX_BYTES:
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, b'{"error":"the body is too large"}'
    sim_id = hinted_sim_id(environ["wsgi.input"].read(int(length)))
    if sim_id is None:
        return HTTPStatus.BAD_REQUEST, b'{"error":"the body names no SIM"}'
    if not hint(sim_id):
        return HTTPStatus.SERVICE_UNAVAILABLE, b'{"error":"too many SIMs wait"}'
    return HTTPStatus.ACCEPTED, b"{}"
