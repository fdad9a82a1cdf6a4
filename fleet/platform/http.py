"""Edge. Sends one request to the SORACOM API over HTTPS and returns its response, limited in time and in size."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import MaxRetryError, NewConnectionError

from agent import __version__
from agent.errors import Code
from fleet.platform.failures import PlatformFailure
from fleet.platform.responses import HttpResponse

MAX_BYTES = 32 * 1024 * 1024
_PART_BYTES = 65536


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """One request, without the headers of a token."""

    method: str
    path: str
    """Without the API's base, such as `/sims`."""
    body: object
    """Sent as JSON; None sends no body."""
    query: Mapping[str, str]
    repeatable: bool
    """Whether the platform may receive the request twice without harm."""

    @property
    def place(self) -> str:
        """Method and path, as failures name the request."""
        return f"{self.method} {self.path}"


class NotSent(PlatformFailure):
    """The connection could not be opened, so the platform has not seen the request."""


class HttpClient:
    """A pool of connections to one endpoint; may be used by several threads.

    Attributes:
        requests: how many requests were sent so far.
    """

    def __init__(self, endpoint: str, connections: int, timeout_s: float) -> None:
        self.requests = 0
        self._timeout_s = timeout_s
        self._session = requests.Session()
        self._session.trust_env = False  # ignores .netrc; the proxy and the certificates are taken from the environment
        self._session.proxies.update(requests.utils.get_environ_proxies(endpoint))
        self._session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or True
        adapter = HTTPAdapter(pool_connections=1, pool_maxsize=connections, pool_block=True)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)
        self._session.headers.update({"User-Agent": f"kitting/{__version__}", "Accept": "application/json"})
        self._counting = threading.Lock()

    def close(self) -> None:
        """Closes all connections."""
        self._session.close()

    def send(self, endpoint: str, request: ApiRequest, headers: Mapping[str, str]) -> HttpResponse:
        """The response to one request; raises `platform.unreachable` (`NotSent` where no connection was opened)."""
        with self._counting:
            self.requests += 1
        try:
            return self._exchange(endpoint, request, headers)
        except requests.RequestException as error:
            kind = NotSent if _is_unsent(error) else PlatformFailure
            raise kind(Code.PLATFORM_UNREACHABLE, _description(error), where=request.place) from None

    def _exchange(self, endpoint: str, request: ApiRequest, headers: Mapping[str, str]) -> HttpResponse:
        deadline = time.monotonic() + self._timeout_s
        options: dict[str, Any] = {"params": request.query, "headers": headers, "timeout": self._timeout_s}
        if request.body is not None:
            options["json"] = request.body
        url = endpoint + request.path
        with self._session.request(request.method, url, stream=True, allow_redirects=False, **options) as response:
            content = b""
            for part in response.iter_content(_PART_BYTES):
                content += part
                if len(content) > MAX_BYTES or time.monotonic() > deadline:
                    raise requests.exceptions.ChunkedEncodingError("the response does not end")
            return HttpResponse(response.status_code, {k.lower(): v for k, v in response.headers.items()}, content)


def _is_unsent(error: requests.RequestException) -> bool:
    """Whether the connection could not be opened.

    requests wraps urllib3's `MaxRetryError`, which holds the reason of the last attempt.
    """
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    return isinstance(reason, NewConnectionError)


def _description(error: requests.RequestException) -> str:
    match error:
        case requests.exceptions.Timeout():
            return "no response within the time limit"
        case requests.exceptions.SSLError():
            return "the server's certificate is not trusted on this machine"
        case requests.exceptions.InvalidURL():
            return "the address is not valid"
        case _:
            return "the connection could not be opened, or it broke"
