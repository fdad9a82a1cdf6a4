"""Edge. Connections of HTTP/1.1 over real sockets, each in a thread; answers go out as the steps of a delivery.

A connection is ended as RFC 9112, 9.6 says: the server ends its own half, reads and drops what still comes, and closes
when the client has closed. Closed at once, while bytes of the client are on their way, the kernel would reset it, and
the client would lose the answer.
"""

from __future__ import annotations

import re
import select
import socket
import struct
import sys
import time
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer, ThreadingMixIn
from threading import Event, Lock, Thread
from typing import Any

from simulator.delivery import Close, Send, Step, Wait
from simulator.http_messages import Request

MAX_REQUEST_BYTES = 1 << 20
_PART_BYTES = 65536
_LINE_BYTES = 4096
"""The longest line between the chunks of a body."""
_LOOK_S = 0.02
"""How often a waiting connection looks whether its peer has gone or the server stops."""
PARTING_S = 30.0
"""How long a connection waits at most for its client to close, once the server has ended its own half."""


class Listener(ThreadingMixIn, TCPServer):
    """Listens from construction on, answers between start and stop."""

    allow_reuse_address = True
    request_queue_size = 512
    daemon_threads = False
    server_address: tuple[str, int]

    def __init__(self, host: str, port: int, conversation: type[Conversation]) -> None:
        self.stopping = Event()
        self._open: set[socket.socket] = set()
        self._guard = Lock()
        self._thread: Thread | None = None
        super().__init__((host, port), conversation)

    def start(self) -> None:
        """Begins to answer."""
        if self._thread is None:
            self._thread = Thread(target=self.serve_forever, args=(_LOOK_S,), name=type(self).__name__)
            self._thread.start()

    def stop(self) -> None:
        """Ends all connections and frees the port."""
        self.stopping.set()
        if self._thread is not None:
            self.shutdown()
            self._thread.join()
        with self._guard:
            for connection in self._open:
                _end(connection)
        self.server_close()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Starts the request as the library does, and remembers the connection."""
        with self._guard:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Ends the request as the library does once the client has closed, and forgets the connection."""
        part(request, PARTING_S)
        with self._guard:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Prints nothing for a peer that went away; any other error is a bug and is shown."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class Conversation(BaseHTTPRequestHandler):
    """The requests of one connection; a subclass defines `answer`."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the library's name)
        """Prints nothing; the platform keeps the log."""

    def answer(self, request: Request) -> None:
        """Answers one request by `do`."""
        raise NotImplementedError

    def _serve(self) -> None:
        body = self._body()
        if body is None:
            self.send_error(413)
            self.close_connection = True
            return
        self.answer(Request(self.command, _in_origin_form(self.path), dict(self.headers.items()), body))

    do_GET = do_HEAD = do_OPTIONS = do_PUT = do_POST = do_PATCH = do_DELETE = _serve  # noqa: N815 (http.server's names)

    def _body(self) -> bytes | None:
        """The body, whole; None where its length is missing, wrong, or too large."""
        if "Transfer-Encoding" in self.headers:
            is_chunked = self.headers["Transfer-Encoding"].strip().lower() == "chunked"
            return self._chunks() if is_chunked and "Content-Length" not in self.headers else None
        text = self.headers.get("Content-Length", "0")
        if not (text.isascii() and text.isdecimal()) or int(text) > MAX_REQUEST_BYTES:
            return None
        return self.rfile.read(int(text))

    def _chunks(self) -> bytes | None:
        """A body in chunks (RFC 9112, 7.1), without its trailer; None where it is broken or too much."""
        body = b""
        while size := _chunk_size(self.rfile.readline(_LINE_BYTES)):
            body += self.rfile.read(size) if len(body) + size <= MAX_REQUEST_BYTES else b""
            if self.rfile.readline(_LINE_BYTES) != b"\r\n":
                return None
        while size == 0:
            line = self.rfile.readline(_LINE_BYTES)
            if line == b"\r\n":
                return body
            if not line.endswith(b"\r\n"):
                return None
        return None

    def do(self, step: Step) -> None:
        """Carries out a step of a delivery."""
        match step:
            case Send(data, bytes_per_s):
                self._send(data, bytes_per_s)
            case Wait(seconds):
                self._wait(seconds)
            case Close(is_reset):
                self.close_connection = True
                if is_reset:
                    reset(self.connection)

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
        stopping: Event = self.server.stopping  # type: ignore[attr-defined]
        while until is None or time.monotonic() < until:
            pause = _LOOK_S if until is None else min(_LOOK_S, max(0.0, until - time.monotonic()))
            if stopping.wait(pause) or _has_gone(self.connection):
                return False
        return True


def _in_origin_form(target: str) -> str:
    """A request target without scheme and host, which servers have to take with them (RFC 9112, 3.2.2)."""
    if not target.lower().startswith(("http://", "https://")):
        return target
    _, _, rest = target.partition("://")
    _, slash, path = rest.partition("/")
    return slash + path or "/"


def _chunk_size(line: bytes) -> int | None:
    """The size at the head of a chunk; None where the line is none."""
    text = line.partition(b";")[0].strip()
    if not line.endswith(b"\r\n") or not re.fullmatch(rb"[0-9A-Fa-f]{1,8}", text):
        return None
    return int(text, 16)


def _has_gone(connection: socket.socket) -> bool:
    if not select.select([connection], [], [], 0)[0]:
        return False
    try:
        return not connection.recv(1, socket.MSG_PEEK)
    except OSError:
        return True


def reset(connection: socket.socket) -> None:
    """Ends a connection abruptly."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def part(connection: socket.socket, limit_s: float) -> None:
    """Ends the server's half, and drops what the client still sends until it closes or the time is over."""
    until = time.monotonic() + limit_s
    try:
        connection.shutdown(socket.SHUT_WR)
        while (left_s := until - time.monotonic()) > 0:
            connection.settimeout(left_s)
            if not connection.recv(_PART_BYTES):
                return
    except OSError:  # the time is over, or the connection is gone
        return


def _end(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
