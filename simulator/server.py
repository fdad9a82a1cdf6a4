"""Edge. HTTP over real sockets. The SIM of a request is found by the source address of its connection.

    with MetadataServer(platform) as server:
        … http.client.HTTPConnection(server.host, server.port, source_address=(server.address_of(imsi), 0))

The first SIM of the platform is 127.0.0.1, the next 127.0.0.2, and so on, unless `addresses` says otherwise. An address
that belongs to no SIM, or a SIM without a session, has no SORACOM connection: it is closed without an answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from ipaddress import IPv4Address
from threading import Lock
from types import TracebackType
from typing import Any, Self

from simulator.connections import Conversation, Listener, reset
from simulator.delivery import deliver
from simulator.faults import Faults
from simulator.http_messages import Request, Response
from simulator.metadata_service import answer
from simulator.soracom import Platform
from simulator.subscribers import ReceivedRequest, Refusal

FIRST_ADDRESS = IPv4Address("127.0.0.1")


class MetadataServer:
    """The metadata service of a platform, listening from construction on, answering between start and stop."""

    def __init__(
        self,
        platform: Platform,
        *,
        faults: Faults | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        addresses: Mapping[str, str] | None = None,
    ) -> None:
        self.platform = platform
        self.faults = faults or Faults()
        self.host = host
        self._addresses = addresses
        self._counted = Lock()
        self._connections: Counter[str] = Counter()
        self._listener: _Listener | None = _Listener(self, port)
        self.port: int = self._listener.server_address[1]

    @property
    def url(self) -> str:
        """Where the service is, without a slash at the end."""
        return f"http://{self.host}:{self.port}"

    @property
    def connections(self) -> int:
        """Connections so far, those from unknown addresses included."""
        with self._counted:
            return self._connections.total()

    def connections_of(self, imsi: str) -> int:
        """Connections so far that came through one SIM."""
        with self._counted:
            return self._connections[self.address_of(imsi)]

    def address_of(self, imsi: str) -> str:
        """The address that a SIM's device has to send from."""
        if self._addresses is not None:
            return next(address for address, known in self._addresses.items() if known == imsi)
        return str(FIRST_ADDRESS + self.platform.place_of(imsi))

    def sim_at(self, address: str) -> str | None:
        """The IMSI of the SIM with a source address; None for an address without a SORACOM connection."""
        if self._addresses is not None:
            return self._addresses.get(address)
        return self.platform.imsi_at(int(IPv4Address(address)) - int(FIRST_ADDRESS))

    def line_of(self, address: str) -> str | None:
        """IMSI of the SIM that sends from an address, if it has a session."""
        imsi = self.sim_at(address)
        return imsi if imsi is not None and self.platform.sim(imsi).session is not None else None

    def count(self, address: str) -> None:
        """Counts a connection from an address."""
        with self._counted:
            self._connections[address] += 1

    def start(self) -> Self:
        """Begins to answer."""
        if self._listener is None:
            self._listener = _Listener(self, self.port)
        self._listener.start()
        return self

    def stop(self) -> None:
        """Ends all connections and frees the port."""
        if self._listener is not None:
            self._listener.stop()
            self._listener = None

    def refuse_connections(self) -> None:
        """Stops listening: from now on connections are refused."""
        self.stop()

    def accept_connections(self) -> None:
        """Listens again, at the same port."""
        self.start()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        self.stop()


class _Listener(Listener):
    def __init__(self, service: MetadataServer, port: int) -> None:
        self.service = service
        super().__init__(service.host, port, _Conversation)

    def verify_request(self, request: Any, client_address: Any) -> bool:
        """Counts the connection, and resets one that a fault refuses."""
        address = client_address[0]
        self.service.count(address)
        imsi = self.service.line_of(address)
        if imsi is not None and self.service.faults.refuses(imsi):
            reset(request)
            return False
        return True

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Answers nothing to what is not on a SORACOM line."""
        if self.service.line_of(client_address[0]) is not None:
            super().finish_request(request, client_address)


class _Conversation(Conversation):
    server: _Listener

    def answer(self, request: Request) -> None:
        """Answers as the metadata service of the asking SIM, if its session is still open."""
        service = self.server.service
        imsi = service.line_of(self.client_address[0])
        if imsi is None:
            self.close_connection = True
            return
        self._answer(imsi, request)

    def _answer(self, imsi: str, request: Request) -> None:
        platform = self.server.service.platform
        fault = self.server.service.faults.take(imsi, request.method, request.path)
        extra = {"Connection": "close" if self.close_connection else "keep-alive"}
        if platform.switches.date_header:
            extra["Date"] = self.date_time_string()
        delivery = deliver(
            fault, lambda: _carried_out(platform, imsi, request), extra, method=request.method, path=request.path
        )
        platform.record(
            ReceivedRequest(
                at_ms=platform.now_ms(),
                imsi=imsi,
                method=request.method,
                path=request.path,
                status=delivery.status,
                bytes_in=len(self.requestline) + len(self.headers.as_bytes()) + len(request.body),
                bytes_out=delivery.size_bytes,
                body=request.body,
                fault=type(fault).__name__ if fault else "",
            )
        )
        for step in delivery.steps:
            self.do(step)


def _carried_out(platform: Platform, imsi: str, request: Request) -> Response:
    try:
        return answer(platform, imsi, request)
    except Refusal as refusal:
        return Response.json(refusal.status, {"code": refusal.code, "message": refusal.message})
