"""Values. A request and a response of HTTP/1.1, and how a response looks on the wire."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

TEXT = "text/plain"
JSON = "application/json"
HTML = "text/html"


def json_value(body: bytes) -> Any:
    """The JSON value of a body; raises `ValueError` or `RecursionError` otherwise, and for half a surrogate pair."""
    value = json.loads(body, parse_constant=_no_number)
    if b"\\u" in body:
        json.dumps(value, ensure_ascii=False).encode()
    return value


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


@dataclass(frozen=True, slots=True)
class Request:
    """A request of a device: `path` as received, percent-encoded, with its query."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Response:
    """A response; `Content-Length` and `Connection` are added when it is sent."""

    status: int
    body: bytes = b""
    content_type: str | None = TEXT
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def text(cls, status: int, text: str) -> Response:
        """A bare text."""
        return cls(status, text.encode())

    @classmethod
    def json(cls, status: int, value: Any) -> Response:
        """A JSON value."""
        return cls(status, json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), JSON)

    @classmethod
    def page(cls, status: int, title: str) -> Response:
        """A web page, as balancers and portals send it."""
        html = f"<!DOCTYPE html>\n<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n"
        return cls(status, html.encode(), HTML)

    @property
    def has_body(self) -> bool:
        """Whether the status has a body at all (RFC 9110, 6.4.1)."""
        return self.status >= HTTPStatus.OK and self.status not in {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}


def head_bytes(response: Response, extra: Mapping[str, str]) -> bytes:
    """Status line and headers up to and with the empty line (RFC 9112, 2.1)."""
    try:
        reason = HTTPStatus(response.status).phrase
    except ValueError:
        reason = "Unknown"
    headers = {} if response.content_type is None else {"Content-Type": response.content_type}
    lines = [f"{name}: {value}\r\n" for name, value in {**headers, **response.headers, **extra}.items()]
    return f"HTTP/1.1 {response.status} {reason}\r\n{''.join(lines)}\r\n".encode("latin-1", "replace")
