"""Edge. SORACOM's API over HTTP, from the same state as the metadata service.

    with ApiServer(account) as api:
        … POST {api.url}/auth

`api.url` ends with `/v1`. Faults are those of the metadata service, found by path; `api.account.calls` is the log.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import TracebackType
from typing import Self

from simulator.api.account import Account
from simulator.api.answering import BASE, answer
from simulator.connections import Conversation, Listener
from simulator.delivery import deliver
from simulator.faults import Faults
from simulator.http_messages import Request, Response

Witness = Callable[[Request, Response], None]
"""Is shown every request and its answer, as it was meant, before a fault spoils it."""


class ApiServer:
    """The API of one operator, listening from construction on, answering between start and stop."""

    def __init__(
        self, account: Account, *, faults: Faults | None = None, host: str = "127.0.0.1", port: int = 0
    ) -> None:
        self.account = account
        self.faults = faults or Faults()
        self.witnesses: list[Witness] = []
        self._listener = _ApiListener(self, host, port)
        self.host, self.port = self._listener.server_address[:2]

    @property
    def origin(self) -> str:
        """Where the API is, without its version: soracom-cli's profiles have the address in this form."""
        return f"http://{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """Base of every path."""
        return f"{self.origin}{BASE}"

    def start(self) -> Self:
        """Begins to answer."""
        self._listener.start()
        return self

    def stop(self) -> None:
        """Ends all connections and frees the port."""
        self._listener.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        self.stop()


class _ApiListener(Listener):
    def __init__(self, service: ApiServer, host: str, port: int) -> None:
        self.service = service
        super().__init__(host, port, _ApiConversation)


class _ApiConversation(Conversation):
    server: _ApiListener

    def answer(self, request: Request) -> None:
        """Looks who asks and what, and whether they may; then does it."""
        service = self.server.service
        method = "GET" if request.method == "HEAD" else request.method
        request = replace(request, method=method, headers={k.lower(): v for k, v in request.headers.items()})
        fault = service.faults.take("", request.method, request.path.partition("?")[0])
        extra = {"Connection": "close" if self.close_connection else "keep-alive"}
        delivery = deliver(fault, lambda: self._carried_out(request), extra, method=self.command, path=request.path)
        for step in delivery.steps:
            self.do(step)

    def _carried_out(self, request: Request) -> Response:
        service = self.server.service
        reply = answer(service.account, request, self.client_address[0])
        for witness in service.witnesses:
            witness(request, reply)
        return reply
