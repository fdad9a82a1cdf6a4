"""Edge: the SORACOM API over HTTPS: one question, one answer, patiently, and never a change twice.

Who asks too often is told to wait (429) and waits; what fails on the platform's side (5xx) or on the way is asked again
where asking twice does no harm. Pauses grow, and are drawn at random below their bound, so that many that were sent
away do not come back together. (API: rate limits, errors and pages, developers.soracom.io.)
"""

from __future__ import annotations

import json
import os
import random as chance
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import MaxRetryError, NewConnectionError

from agent import __version__
from agent.errors import Code, Failure
from agent.frozen import frozen
from fleet.platform.failures import PlatformFailure
from fleet.platform.profile import Profile
from fleet.platform.sign_in import SignIn

MAX_BYTES = 32 * 1024 * 1024
MOST_PAUSE_S = 60.0
"""The platform counts by the minute: whoever waits for one is let in again."""
PAGE = 100
"""SIMs in a page, at most."""
_REPEATED = frozenset({500, 502, 503, 504})
_TOO_MANY, _UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _WRONG = 429, 401, 403, 404, 400
_NEXT = "x-soracom-next-key"


@frozen
class Reply:
    """An answer that was good."""

    body: Any
    """What its JSON says; None where there is none."""
    next_key: str | None = None
    """What names the page after this one."""


@frozen
class Patience:
    """How long the API is asked again."""

    tries: int = 6
    first_pause_s: float = 1.0
    timeout_s: float = 30.0


class Api:
    """The API as one operator sees it; may be used by several threads.

    Attributes:
        requests: how many were sent so far.
    """

    def __init__(
        self,
        profile: Profile,
        cache: Path | None = None,
        *,
        patience: Patience = Patience(),  # noqa: B008 (a frozen value)
        at_once: int = 8,
        sleep: Callable[[float], None] = time.sleep,
        random: Callable[[], float] = chance.random,
    ) -> None:
        self.requests = 0
        self.endpoint = profile.endpoint
        self.at_once = at_once
        self._patience, self._sleep, self._random = patience, sleep, random
        self._session = requests.Session()
        self._session.trust_env = False  # no .netrc; a company's proxy and its certificate count all the same
        self._session.proxies.update(requests.utils.get_environ_proxies(profile.endpoint))
        self._session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or True
        adapter = HTTPAdapter(pool_connections=1, pool_maxsize=at_once, pool_block=True)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)
        self._session.headers.update({"User-Agent": f"kitting/{__version__}", "Accept": "application/json"})
        self._sign_in = SignIn(profile, self.post_openly, cache)
        self._lock, self._counted = threading.Lock(), threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        self._session.close()

    @property
    def operator_id(self) -> str:
        """Whose SIMs these are; signs in where nobody has yet."""
        with self._lock:
            return self._sign_in.signed().operator_id

    @property
    def user(self) -> str:
        """The SAM user; empty for the root user."""
        with self._lock:
            return self._sign_in.signed().user

    def get(self, path: str, query: Mapping[str, str] | None = None) -> Reply:
        """What is there; raises `platform.*`."""
        return self._ask("GET", path, query=query)

    def put(self, path: str, body: object) -> Reply:
        """Sets it; may be sent twice, which makes no difference."""
        return self._ask("PUT", path, body)

    def post(self, path: str, body: object = None, *, harmless: bool = True) -> Reply:
        """Has it done. What would do harm if it were done twice is only sent again where it surely did not arrive."""
        return self._ask("POST", path, body, harmless=harmless)

    def delete(self, path: str) -> None:
        """Takes it away; that it is gone already is no failure."""
        try:
            self._ask("DELETE", path)
        except Failure as failure:
            if failure.code is not Code.PLATFORM_NO_SUCH:
                raise

    def pages(self, path: str, query: Mapping[str, str] | None = None, size: int = PAGE) -> Iterator[Any]:
        """Every page of a list, as long as a key names the next: a short page need not be the last."""
        asked: dict[str, str] = {**(query or {}), "limit": str(size)}
        seen: set[str] = set()
        while True:
            reply = self.get(path, asked)
            yield reply.body
            if not reply.next_key:
                return
            if reply.next_key in seen:
                raise Failure(Code.PLATFORM_NOT_UNDERSTOOD, "the pages of this list go in a circle", where=path)
            seen.add(reply.next_key)
            asked["last_evaluated_key"] = reply.next_key

    def post_openly(
        self, path: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> Mapping[str, Any]:
        """Without a token: this is how one signs in. A refusal is not asked again, since the platform counts those."""
        question = _Question("POST", path, body, {}, harmless=True)
        answer, _ = self._patiently(question, lambda: headers or {})
        told = _read(answer, question.where).body
        if not isinstance(told, dict):
            raise Failure(Code.PLATFORM_NOT_UNDERSTOOD, "expected an API key and a token", where=question.where)
        return told

    def _ask(
        self,
        method: str,
        path: str,
        body: object = None,
        query: Mapping[str, str] | None = None,
        *,
        harmless: bool = True,
    ) -> Reply:
        question = _Question(method, path, body, query or {}, harmless)
        answer, headers = self._patiently(question, self._signed_headers)
        if answer.status == _UNAUTHORIZED:
            with self._lock:
                self._sign_in.refused(headers["X-Soracom-Token"])
            answer, _ = self._patiently(question, self._signed_headers)
        return _read(answer, question.where)

    def _patiently(
        self, question: _Question, proof: Callable[[], Mapping[str, str]]
    ) -> tuple[_Answer, Mapping[str, str]]:
        """The first answer that says something; after the last try, `platform.unreachable` or `platform.busy`."""
        problem = PlatformFailure(Code.PLATFORM_UNREACHABLE, "never asked", where=question.where)
        pause_s = 0.0
        for turn in range(self._patience.tries):
            if turn:
                self._sleep(pause_s)
            headers = proof()
            pause_s = min(MOST_PAUSE_S, self._patience.first_pause_s * 2**turn) * self._random()
            try:
                answer = self._send(question, headers)
            except requests.RequestException as error:
                problem = PlatformFailure(Code.PLATFORM_UNREACHABLE, _in_words(error), where=question.where)
                if not (question.harmless or _surely_not_sent(error)):
                    raise problem from None
                continue
            if answer.status == _TOO_MANY:
                problem = _failure(answer, question.where)
                pause_s = max(pause_s, _wait_s(answer))
            elif answer.status in _REPEATED and question.harmless:
                problem = _failure(answer, question.where)
            else:
                return answer, headers
        raise problem

    def _send(self, question: _Question, headers: Mapping[str, str]) -> _Answer:
        with self._counted:
            self.requests += 1
        limit_s = self._patience.timeout_s
        until = time.monotonic() + limit_s
        url = self.endpoint + question.path
        options: dict[str, Any] = {"params": question.query, "headers": headers, "timeout": limit_s}
        if question.body is not None:
            options["json"] = question.body
        with self._session.request(question.method, url, stream=True, allow_redirects=False, **options) as response:
            content = b""
            for part in response.iter_content(65536):
                content += part
                if len(content) > MAX_BYTES or time.monotonic() > until:
                    raise requests.exceptions.ChunkedEncodingError("the answer does not end")
            return _Answer(response.status_code, {k.lower(): v for k, v in response.headers.items()}, content)

    def _signed_headers(self) -> Mapping[str, str]:
        with self._lock:
            return self._sign_in.signed().headers


@frozen
class _Question:
    method: str
    path: str
    body: object
    query: Mapping[str, str]
    harmless: bool

    @property
    def where(self) -> str:
        return f"{self.method} {self.path}"


@frozen
class _Answer:
    status: int
    headers: Mapping[str, str]
    content: bytes


def path_of(*parts: str) -> str:
    """A path of parts that may hold anything: `path_of("sims", sim_id, "tags", name)`."""
    return "".join(f"/{quote(part, safe='')}" for part in parts)


def _read(answer: _Answer, where: str) -> Reply:
    if 200 <= answer.status < 300:  # noqa: PLR2004 (RFC 9110, 15.3)
        return Reply(_json(answer, where), answer.headers.get(_NEXT) or None)
    raise _failure(answer, where)


def _failure(answer: _Answer, where: str) -> PlatformFailure:
    """What an answer that is not good means: by its status, with the platform's own code and message."""
    codes = {
        _UNAUTHORIZED: Code.PLATFORM_NOT_SIGNED_IN,
        _FORBIDDEN: Code.PLATFORM_FORBIDDEN,
        _NOT_FOUND: Code.PLATFORM_NO_SUCH,
        _TOO_MANY: Code.PLATFORM_BUSY,
    }
    other = Code.PLATFORM_REFUSED if _WRONG <= answer.status < 500 else Code.PLATFORM_UNREACHABLE  # noqa: PLR2004
    platform_code, message = _error(answer)
    told = " ".join(filter(None, (platform_code, message))) or "nothing said"
    return PlatformFailure(
        codes.get(answer.status, other),
        f"HTTP {answer.status}: {told}",
        where=where,
        status=answer.status,
        platform_code=platform_code,
    )


def _json(answer: _Answer, where: str) -> Any:
    if not answer.content.strip():
        return None
    try:
        return json.loads(answer.content)
    except (ValueError, RecursionError):
        raise Failure(Code.PLATFORM_NOT_UNDERSTOOD, "the answer is not JSON", where=where) from None


def _error(answer: _Answer) -> tuple[str | None, str]:
    """The code and the message of an error body; a proxy in front of the platform may answer with any body."""
    try:
        told = json.loads(answer.content)
    except (ValueError, RecursionError):
        return None, ""
    inner = told.get("errorMessage", told) if isinstance(told, dict) else None
    if not isinstance(inner, dict):
        return None, ""
    code, message = (
        " ".join(one.split())[:200] if isinstance(one, str) else "" for one in (inner.get("code"), inner.get("message"))
    )
    return code or None, message


def _wait_s(answer: _Answer) -> float:
    """How long the platform asks to wait, in seconds; at most a minute, which is what it counts by."""
    told = answer.headers.get("retry-after") or answer.headers.get("x-soracom-ratelimit-seconds-before-refresh") or ""
    return min(MOST_PAUSE_S, float(told)) if told.isascii() and told.isdecimal() else 0.0


def _surely_not_sent(error: requests.RequestException) -> bool:
    """Whether the connection itself failed, so that the platform cannot have seen the request.

    requests wraps urllib3's `MaxRetryError`, which holds the reason for which the last attempt failed.
    """
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    return isinstance(reason, NewConnectionError)


def _in_words(error: requests.RequestException) -> str:
    match error:
        case requests.exceptions.Timeout():
            return "no answer in time"
        case requests.exceptions.SSLError():
            return "its certificate is not one that is trusted here"
        case requests.exceptions.InvalidURL():
            return "not an address that can be asked"
        case _:
            return "no connection, or one that broke"
