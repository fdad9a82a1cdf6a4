"""Pure. Responses of the SORACOM API: from status, headers and bytes to JSON values or to a failure.

The shapes of errors and of the headers are those of SORACOM's developer pages ("errors", "pagination", "rate limits").
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from agent.errors import Code, Failure
from fleet.platform.failures import PlatformFailure

MOST_PAUSE_S = 60.0
"""The platform counts requests by the minute, so that a longer pause gains nothing."""
_NEXT_KEY = "x-soracom-next-key"
_LIMIT, _REMAINING = "x-soracom-ratelimit-limit", "x-soracom-ratelimit-remaining"
_REFRESH = "x-soracom-ratelimit-seconds-before-refresh"
_PAUSE_HEADERS = ("retry-after", _REFRESH)
_MOST_DIGITS = 9
_TEXT_LIMIT = 200
_CODES: Mapping[int, Code] = {
    HTTPStatus.UNAUTHORIZED: Code.PLATFORM_NOT_SIGNED_IN,
    HTTPStatus.FORBIDDEN: Code.PLATFORM_FORBIDDEN,
    HTTPStatus.NOT_FOUND: Code.PLATFORM_NO_SUCH,
    HTTPStatus.TOO_MANY_REQUESTS: Code.PLATFORM_BUSY,
}


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """A response before its content is read."""

    status: int
    headers: Mapping[str, str]
    """The names are in small letters."""
    content: bytes


@dataclass(frozen=True, slots=True)
class ApiResponse:
    """A response with a status of success."""

    body: Any
    """The JSON value; None where the response has no content."""
    next_key: str | None = None
    """Names the page after this one; None on the last page."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What the platform still takes of one kind of request in this minute."""

    limit: int
    remaining: int
    refresh_s: int
    """Seconds until the count begins anew."""


def allowance_of(response: HttpResponse) -> Allowance | None:
    """What the three rate headers say; None where one of them is missing or is no number."""
    texts = [response.headers.get(name, "") for name in (_LIMIT, _REMAINING, _REFRESH)]
    if not all(text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS for text in texts):
        return None
    return Allowance(*map(int, texts))


def api_response(response: HttpResponse, place: str) -> ApiResponse:
    """Reads a response; raises `platform.*` for a refusal, and for content that is not JSON.

    Args:
        response: the response as it was received.
        place: method and path of the request, for the failure.
    """
    if not HTTPStatus.OK <= response.status < HTTPStatus.MULTIPLE_CHOICES:
        raise refusal(response, place)
    return ApiResponse(_json(response, place), response.headers.get(_NEXT_KEY) or None)


def refusal(response: HttpResponse, place: str) -> PlatformFailure:
    """The failure that a response without success stands for, with the platform's code and message."""
    is_client_error = HTTPStatus.BAD_REQUEST <= response.status < HTTPStatus.INTERNAL_SERVER_ERROR
    other = Code.PLATFORM_REFUSED if is_client_error else Code.PLATFORM_UNREACHABLE
    platform_code, message = _error(response)
    text = " ".join(filter(None, (platform_code, message))) or "no message"
    return PlatformFailure(
        _CODES.get(response.status, other),
        f"HTTP {response.status}: {text}",
        where=place,
        status=response.status,
        platform_code=platform_code,
    )


def requested_pause_s(response: HttpResponse) -> float:
    """How long the platform asks the client to wait; 0 where it does not say so, at most `MOST_PAUSE_S`."""
    text = next((response.headers[name] for name in _PAUSE_HEADERS if response.headers.get(name)), "")
    return min(MOST_PAUSE_S, float(text)) if text.isascii() and text.isdecimal() else 0.0


def _json(response: HttpResponse, place: str) -> Any:
    if not response.content.strip():
        return None
    try:
        return json.loads(response.content)
    except (ValueError, RecursionError):
        raise Failure(Code.PLATFORM_NOT_UNDERSTOOD, "the response is not JSON", where=place) from None


def _error(response: HttpResponse) -> tuple[str | None, str]:
    """Code and message of an error body, flat or below `errorMessage`; a proxy may answer with any other body."""
    try:
        body = json.loads(response.content)
    except (ValueError, RecursionError):
        return None, ""
    members = body.get("errorMessage", body) if isinstance(body, dict) else None
    if not isinstance(members, dict):
        return None, ""
    return _line(members.get("code")) or None, _line(members.get("message"))


def _line(text: object) -> str:
    return " ".join(text.split())[:_TEXT_LIMIT] if isinstance(text, str) else ""
