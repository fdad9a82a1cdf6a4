"""Edge. The SORACOM API for one user: signed in, with repeated attempts, page by page.

The rate headers of each answer are read: the desk pauses before the last quarter of what the platform takes in a
minute, which is left to the operator's other programs. A request that the platform answers with 429 waits and is sent
again. A request that failed on the way or with a 5xx status is sent again where a second arrival does no harm. Pauses
grow, and each is drawn at random below its bound, so that many clients do not return at the same moment.
"""

from __future__ import annotations

import random as chance
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from agent.errors import Code, Failure
from fleet.platform.credentials import Profile
from fleet.platform.failures import PlatformFailure
from fleet.platform.http import ApiRequest, HttpClient, NotSent
from fleet.platform.pace import Pace
from fleet.platform.responses import (
    MOST_PAUSE_S,
    ApiResponse,
    HttpResponse,
    allowance_of,
    api_response,
    refusal,
    requested_pause_s,
)
from fleet.platform.sign_in import SignIn

PAGE_SIZE = 100
"""The most items that the platform puts into one page."""
_REPEATED = frozenset(
    {
        HTTPStatus.INTERNAL_SERVER_ERROR,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how long a request is attempted."""

    attempts: int = 6
    first_pause_s: float = 1.0
    timeout_s: float = 30.0
    """The time limit of one attempt."""


class Api:
    """The API as one user; may be used by several threads.

    Attributes:
        endpoint: base of every path.
        at_once: how many requests may be under way at the same time.
    """

    def __init__(
        self,
        profile: Profile,
        cache: Path | None = None,
        *,
        retries: RetryPolicy = RetryPolicy(),
        at_once: int = 8,
        sleep: Callable[[float], None] = time.sleep,
        random: Callable[[], float] = chance.random,
    ) -> None:
        self.endpoint = profile.endpoint
        self.at_once = at_once
        self._retries, self._sleep, self._random = retries, sleep, random
        self._http = HttpClient(profile.endpoint, at_once, retries.timeout_s)
        self._sign_in = SignIn(profile, self.post_without_token, cache)
        self._signing_in = threading.Lock()
        self._pace = Pace()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        self._http.close()

    @property
    def requests(self) -> int:
        """How many requests were sent so far."""
        return self._http.requests

    @property
    def operator_id(self) -> str:
        """The operator that the SIMs belong to; signs in where this has not happened yet."""
        with self._signing_in:
            return self._sign_in.token().operator_id

    @property
    def user(self) -> str:
        """The name of the SAM user; empty for the root user."""
        with self._signing_in:
            return self._sign_in.token().user

    @property
    def user_in_words(self) -> str:
        """The user of the API as a record names it."""
        return self.user or "root user"

    def get(self, path: str, query: Mapping[str, str] | None = None) -> ApiResponse:
        """Reads something; raises `platform.*`."""
        return self._exchange(ApiRequest("GET", path, None, query or {}, repeatable=True))

    def put(self, path: str, body: object) -> ApiResponse:
        """Sets something; a second arrival makes no difference."""
        return self._exchange(ApiRequest("PUT", path, body, {}, repeatable=True))

    def post(self, path: str, body: object = None, *, repeatable: bool = True) -> ApiResponse:
        """Starts an action. One that is not repeatable is sent again only where it surely did not arrive."""
        return self._exchange(ApiRequest("POST", path, body, {}, repeatable))

    def delete(self, path: str) -> None:
        """Deletes something; it is no failure where that does not exist any more."""
        try:
            self._exchange(ApiRequest("DELETE", path, None, {}, repeatable=True))
        except Failure as failure:
            if failure.code is not Code.PLATFORM_NO_SUCH:
                raise

    def pages(self, path: str, query: Mapping[str, str] | None = None, size: int = PAGE_SIZE) -> Iterator[Any]:
        """The body of every page of a list."""
        for page in self.responses(path, query, size):
            yield page.body

    def responses(
        self, path: str, query: Mapping[str, str] | None = None, size: int = PAGE_SIZE
    ) -> Iterator[ApiResponse]:
        """Every page of a list. A short page need not be the last: a missing next key ends the list."""
        parameters: dict[str, str] = {**(query or {}), "limit": str(size)}
        seen: set[str] = set()
        while True:
            page = self.get(path, parameters)
            yield page
            if not page.next_key:
                return
            if page.next_key in seen:
                raise Failure(Code.PLATFORM_NOT_UNDERSTOOD, "the list returns to a page that it had before", where=path)
            seen.add(page.next_key)
            parameters["last_evaluated_key"] = page.next_key

    def post_without_token(
        self, path: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> Mapping[str, Any]:
        """Posts for signing in. A refusal is not sent again, since the platform limits wrong attempts."""
        request = ApiRequest("POST", path, body, {}, repeatable=True)
        response, _ = self._attempt(request, lambda: headers or {})
        members = api_response(response, request.place).body
        if not isinstance(members, dict):
            raise Failure(Code.PLATFORM_NOT_UNDERSTOOD, "expected an API key and a token", where=request.place)
        return members

    def _exchange(self, request: ApiRequest) -> ApiResponse:
        """The response to a signed request; a token that the platform refuses is replaced once."""
        response, headers = self._attempt(request, self._token_headers)
        if response.status == HTTPStatus.UNAUTHORIZED:
            with self._signing_in:
                self._sign_in.refused(headers["X-Soracom-Token"])
            response, _ = self._attempt(request, self._token_headers)
        return api_response(response, request.place)

    def _attempt(
        self, request: ApiRequest, headers_of: Callable[[], Mapping[str, str]]
    ) -> tuple[HttpResponse, Mapping[str, str]]:
        """The first response that settles the request, and the headers that it was sent with.

        After the last attempt, raises `platform.unreachable` or `platform.busy`.
        """
        problem = PlatformFailure(Code.PLATFORM_UNREACHABLE, "no attempt was made", where=request.place)
        pause_s = 0.0
        for attempt in range(self._retries.attempts):
            if attempt:
                self._sleep(pause_s)
            self._pace.keep(request.path, self._sleep)
            headers = headers_of()
            pause_s = min(MOST_PAUSE_S, self._retries.first_pause_s * 2**attempt) * self._random()
            try:
                response = self._http.send(self.endpoint, request, headers)
            except PlatformFailure as failure:
                problem = failure
                if not (request.repeatable or isinstance(failure, NotSent)):
                    raise
                continue
            if response.status != HTTPStatus.TOO_MANY_REQUESTS:  # a 429 has a pause of its own
                self._pace.note(request.path, allowance_of(response))
            if not _is_repeated(response, request):
                return response, headers
            problem = refusal(response, request.place)
            pause_s = max(pause_s, requested_pause_s(response))
        raise problem

    def _token_headers(self) -> Mapping[str, str]:
        with self._signing_in:
            return self._sign_in.token().headers


def path_of(*parts: str) -> str:
    """A path of parts with any characters: `path_of("sims", sim_id, "tags", name)`."""
    return "".join(f"/{quote(part, safe='')}" for part in parts)


def _is_repeated(response: HttpResponse, request: ApiRequest) -> bool:
    if response.status == HTTPStatus.TOO_MANY_REQUESTS:
        return True
    return request.repeatable and response.status in _REPEATED
