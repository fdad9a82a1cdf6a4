"""Edge: HTTP over real sockets. Which SIM asks is told by the address that the connection comes from.

    with MetadataServer(platform) as server:
        … http.client.HTTPConnection(server.host, server.port, source_address=(server.address_of(imsi), 0))

The first SIM of the platform is 127.0.0.1, the next 127.0.0.2, and so on, unless `addresses` says otherwise. An address
that is no SIM's, or a SIM without a session, is not on a SORACOM line: its connection is closed without an answer.
"""

from __future__ import annotations

import select
import socket
import struct
import sys
import time
from collections import Counter
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler
from ipaddress import IPv4Address
from socketserver import TCPServer, ThreadingMixIn
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Any, Self

from simulator.delivery import Close, Send, Step, Wait, deliver
from simulator.faults import Faults
from simulator.http_messages import Request, Response
from simulator.metadata_service import answer
from simulator.soracom import Platform
from simulator.subscribers import Asked, Refusal

MAX_REQUEST_BYTES = 1 << 20
FIRST_ADDRESS = IPv4Address("127.0.0.1")
_LOOK_S = 0.02
"""How often a waiting connection looks whether its peer has gone or the server stops."""


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
        place = [sim.imsi for sim in self.platform.sims].index(imsi)
        return str(FIRST_ADDRESS + place)

    def sim_at(self, address: str) -> str | None:
        """IMSI of the SIM that sends from an address; None for somebody who is not on a SORACOM line."""
        if self._addresses is not None:
            return self._addresses.get(address)
        sims = self.platform.sims
        place = int(IPv4Address(address)) - int(FIRST_ADDRESS)
        return sims[place].imsi if 0 <= place < len(sims) else None

    def line_of(self, address: str) -> str | None:
        """IMSI of the SIM that sends from an address, if it has a session."""
        imsi = self.sim_at(address)
        return imsi if imsi is not None and self.platform.sim(imsi).session is not None else None

    def count(self, address: str) -> None:
        """One more connection from an address."""
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
        """From now on nobody listens at the port: "connection refused"."""
        self.stop()

    def accept_connections(self) -> None:
        """Listens again, at the same port."""
        self.start()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        self.stop()


class _Listener(ThreadingMixIn, TCPServer):
    allow_reuse_address = True
    request_queue_size = 512
    daemon_threads = False
    server_address: tuple[str, int]

    def __init__(self, service: MetadataServer, port: int) -> None:
        self.service = service
        self.stopping = Event()
        self._open: set[socket.socket] = set()
        self._guard = Lock()
        self._thread: Thread | None = None
        super().__init__((service.host, port), _Conversation)

    def start(self) -> None:
        if self._thread is None:
            self._thread = Thread(target=self.serve_forever, args=(_LOOK_S,), name="metadata-service")
            self._thread.start()

    def stop(self) -> None:
        self.stopping.set()
        if self._thread is not None:
            self.shutdown()
            self._thread.join()
        with self._guard:
            for connection in self._open:
                _end(connection)
        self.server_close()

    def verify_request(self, request: Any, client_address: Any) -> bool:
        """Closes without an answer what is not on a SORACOM line."""
        address = client_address[0]
        self.service.count(address)
        imsi = self.service.line_of(address)
        if imsi is None:
            return False
        if self.service.faults.refuses(imsi):
            _reset(request)
            return False
        return True

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._guard:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._guard:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A peer that went away is no news; anything else is a bug and may be seen."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Conversation(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Listener

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the library's name)
        """Says nothing; the platform keeps the log."""

    def _serve(self) -> None:
        service = self.server.service
        imsi = service.line_of(self.client_address[0])
        body = self._body()
        if imsi is None:
            self.close_connection = True
            return
        if body is None:
            self.send_error(413)
            self.close_connection = True
            return
        self._answer(imsi, Request(self.command, self.path, dict(self.headers.items()), body))

    do_GET = do_HEAD = do_OPTIONS = do_PUT = do_POST = do_PATCH = do_DELETE = _serve  # noqa: N815 (http.server's names)

    def _body(self) -> bytes | None:
        text = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not text.isdecimal() or int(text) > MAX_REQUEST_BYTES:
            return None
        return self.rfile.read(int(text))

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
            Asked(
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
            self._do(step)

    def _do(self, step: Step) -> None:
        match step:
            case Send(data, bytes_per_s):
                self._send(data, bytes_per_s)
            case Wait(seconds):
                self._wait(seconds)
            case Close(reset):
                self.close_connection = True
                if reset:
                    _reset(self.connection)

    def _send(self, data: bytes, bytes_per_s: float | None) -> None:
        if bytes_per_s is None:
            self.wfile.write(data)
            return
        for place in range(len(data)):
            self.wfile.write(data[place : place + 1])
            if not self._wait(1 / bytes_per_s):
                self.close_connection = True
                return

    def _wait(self, seconds: float | None) -> bool:
        """False when the peer went away or the server stops before that."""
        until = None if seconds is None else time.monotonic() + seconds
        while until is None or time.monotonic() < until:
            pause = _LOOK_S if until is None else min(_LOOK_S, max(0.0, until - time.monotonic()))
            if self.server.stopping.wait(pause) or _has_gone(self.connection):
                return False
        return True


def _carried_out(platform: Platform, imsi: str, request: Request) -> Response:
    try:
        return answer(platform, imsi, request)
    except Refusal as refusal:
        return Response.json(refusal.status, {"code": refusal.code, "message": refusal.message})


def _has_gone(connection: socket.socket) -> bool:
    if not select.select([connection], [], [], 0)[0]:
        return False
    try:
        return not connection.recv(1, socket.MSG_PEEK)
    except OSError:
        return True


def _reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def _end(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
