"""Pure. SORACOM's metadata service: a request and the SIM that it came through, in; a response, out.

- `GET /v1/subscriber` is the record; `/v1/subscriber.a.b` one member of it, bare; `/v1/userdata` the group's text.
- Everything else under `/v1/subscriber/` is the API's `/v1/subscribers/{own IMSI}/`, without a credential.
- A disabled service answers 403, a missing member 404, both with a bare text, not JSON.
- With `readonly` only `GET` is left.

Sources: developers.soracom.io "Metadata Service"; published logs of clients. Texts of errors: a published log.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from simulator.http_messages import JSON, Request, Response
from simulator.soracom import Platform
from simulator.subscriber_calls import call
from simulator.subscribers import Group, Refusal

FORBIDDEN = "You are not allowed to access Metadata Server."
NOT_THERE = "Specified key does not exist."


def answer(platform: Platform, imsi: str, request: Request) -> Response:
    """The response of the metadata service to a request through the SIM `imsi`."""
    group = platform.group_of(imsi)
    if (group is None and platform.switches.no_group == "403") or (group is not None and not group.enabled):
        return Response.text(403, FORBIDDEN)
    path = request.path.partition("?")[0]
    if request.method in {"GET", "HEAD"}:
        response = _read(platform, imsi, path)
    elif request.method == "OPTIONS" and group and group.allow_origin:
        response = Response(204, content_type=None, headers={"Access-Control-Allow-Methods": "GET, PUT, POST, DELETE"})
    elif group is not None and group.readonly:
        response = _read_only(platform)
    else:
        response = _write(platform, imsi, replace(request, path=path))
    return _for_browsers(response, group)


def _read(platform: Platform, imsi: str, path: str) -> Response:
    if path == "/v1/userdata":
        return _userdata(platform, imsi)
    if path == "/v1/subscriber":
        return Response.json(200, platform.subscriber(imsi))
    if path.startswith("/v1/subscriber."):
        return _member(platform, imsi, unquote(path.removeprefix("/v1/subscriber.")))
    if path.startswith("/v1/subscriber/"):
        return _called(platform, imsi, Request("GET", path))
    return Response.text(404, NOT_THERE)


def _userdata(platform: Platform, imsi: str) -> Response:
    group = platform.group_of(imsi)
    if group is not None and group.userdata is not None:
        return Response(200, group.userdata.encode())
    match platform.switches.userdata_unset:
        case "404":
            return Response.text(404, NOT_THERE)
        case "empty":
            return Response.text(200, "")
        case "204":
            return Response(204, content_type=None)


def _member(platform: Platform, imsi: str, dotted: str) -> Response:
    value: Any = platform.subscriber(imsi)
    for name in dotted.split("."):
        if not isinstance(value, dict) or name not in value:
            return Response.text(404, NOT_THERE)
        value = value[name]
    if isinstance(value, dict | list):
        return Response.json(200, value)
    if value is None:
        return _null(platform)
    text = value if isinstance(value, str) else json.dumps(value)
    return Response.text(200, text + "\n" * platform.switches.field_newline)


def _null(platform: Platform) -> Response:
    match platform.switches.null_leaf:
        case "404":
            return Response.text(404, NOT_THERE)
        case "null":
            return Response.text(200, "null")
        case "empty":
            return Response.text(200, "")


def _read_only(platform: Platform) -> Response:
    match platform.switches.read_only_status:
        case 403:
            return Response.text(403, FORBIDDEN)
        case 405:
            return Response(405, b"Method Not Allowed", headers={"Allow": "GET"})
        case 400:
            return _error(Refusal(400, "MTD0001", "the metadata service is read-only"))


def _write(platform: Platform, imsi: str, request: Request) -> Response:
    if not request.path.startswith("/v1/subscriber/"):
        return Response.text(404, NOT_THERE)
    return _called(platform, imsi, request)


def _called(platform: Platform, imsi: str, request: Request) -> Response:
    name = request.path.removeprefix("/v1/subscriber/")
    try:
        return call(platform, imsi, Request(request.method, name, request.headers, request.body))
    except Refusal as refusal:
        return _error(refusal)


def _error(refusal: Refusal) -> Response:
    if refusal.status == 404:  # noqa: PLR2004 (the status itself)
        return Response.text(404, NOT_THERE)
    body = json.dumps({"code": refusal.code, "message": refusal.message}, ensure_ascii=False).encode()
    return Response(refusal.status, body, JSON)


def _for_browsers(response: Response, group: Group | None) -> Response:
    if group is None or group.allow_origin is None:
        return response
    return replace(response, headers={**response.headers, "Access-Control-Allow-Origin": group.allow_origin})
