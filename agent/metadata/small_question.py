"""Edge. One small question to the service, asked before the program is loaded.

The question is the one that `subscriber_service` would send, byte for byte. Where the answer shows a change, or is not
plain, `tcp_transport` takes over the connection with what was received, and nothing is asked twice. This file imports
only what is written in C: `_socket` is the part of `socket` that does the work.
"""

from __future__ import annotations

import _socket
import _thread
import time

HEADERS = (("User-Agent", "kitting-agent"), ("Accept-Encoding", "identity"))
"""Beside Host, and Content-Type and Content-Length where there is a body: every byte is paid for on the SIM's bill."""
_PART_BYTES = 16 * 1024
_MAX_BYTES = 300 * 1024
_HTTP_PORT = 80
_BODILESS = 304
_OK = 200

Row = tuple[int, int, int, str, tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]]
"""One row of `socket.getaddrinfo`."""


class Question:
    """A question, and how it leaves."""

    def __init__(self, host: str, port: int, path: str, etag: str) -> None:
        self.host, self.port = host, port
        name = f"[{host}]" if ":" in host else host
        lines = [f"GET {path} HTTP/1.1", f"Host: {name}" if port == _HTTP_PORT else f"Host: {name}:{port}"]
        lines += [f"{header}: {value}" for header, value in HEADERS]
        lines += [f"If-None-Match: {etag}"] if etag else []
        self.text = "\r\n".join([*lines, "", ""]).encode("latin-1")


class Way:
    """By which interface a question leaves, and how long it may take."""

    def __init__(self, interface: str, family: int, timeout_s: float, *, is_address: bool) -> None:
        self.interface, self.is_address = interface, is_address
        self.family, self.timeout_s = family, timeout_s


class Exchange:
    """A question that was asked, and what was received."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.received = b""
        self.connection: _socket.socket | None = None
        """Open as long as the answer may be used."""
        self.row: Row | None = None
        """The address that it is connected to."""
        self.connections = self.sent = 0

    @property
    def is_asked(self) -> bool:
        """Whether the question has left."""
        return self.sent > 0

    def drop(self) -> None:
        """Closes the connection."""
        if self.connection:
            self.connection.close()
            self.connection = None


class PlainAnswer:
    """A complete answer with a known end."""

    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body


def ask(question: Question, way: Way) -> Exchange:
    """Asks, and reads until the answer is complete, or is not plain, or the time is over. Raises nothing."""
    exchange = Exchange(question)
    until = time.monotonic() + way.timeout_s
    try:
        exchange.row = _address(question, way.family, until)
        connection = exchange.connection = _socket.socket(exchange.row[0], exchange.row[1], exchange.row[2])
        connection.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_NODELAY, 1)
        bind(connection, way.interface, is_address=way.is_address)
        connection.settimeout(_left(until))
        connection.connect(exchange.row[4])
        exchange.connections = 1
        connection.settimeout(_left(until))
        connection.sendall(question.text)
        exchange.sent = len(question.text)
        while _is_open_ended(exchange.received):
            connection.settimeout(_left(until))
            exchange.received += _part(connection)
    except (OSError, UnicodeError):
        exchange.drop()
    return exchange


def _part(connection: _socket.socket) -> bytes:
    part = connection.recv(_PART_BYTES)
    if not part:
        raise OSError("the connection was closed")
    return part


def bind(connection: _socket.socket, interface: str, *, is_address: bool) -> None:
    """Binds to an interface by its name, or to a local address, as curl's --interface does. Raises `OSError`."""
    if is_address:
        connection.bind((interface, 0))
    elif interface:
        connection.setsockopt(_socket.SOL_SOCKET, _socket.SO_BINDTODEVICE, interface.encode() + b"\0")


def _left(until: float) -> float:
    left_s = until - time.monotonic()
    if left_s <= 0:
        raise TimeoutError("the time is over")
    return left_s


def _address(question: Question, family: int, until: float) -> Row:
    """The first address of the host; a hanging resolver is abandoned."""
    found: list[Row] = []
    host = question.host.encode("ascii")  # a text would be encoded by modules that cost more than the poll
    done = _thread.allocate_lock()
    done.acquire()

    def look_up() -> None:
        try:
            found.extend(_socket.getaddrinfo(host, question.port, family, _socket.SOCK_STREAM)[:1])
        except (OSError, UnicodeError):
            pass
        finally:
            done.release()

    _thread.start_new_thread(look_up, ())
    if not done.acquire(timeout=_left(until)) or not found:
        raise OSError("no address")
    return found[0]


def _is_open_ended(received: bytes) -> bool:
    """Whether more of the answer is awaited here; an answer that is not plain is read by others."""
    head, gap, body = received.partition(b"\r\n\r\n")
    if not gap:
        return len(received) < _MAX_BYTES
    length = _length(*_head(head))
    return length is not None and len(body) < min(length, _MAX_BYTES)


def plain_answer(received: bytes) -> PlainAnswer | None:
    """The answer, if it is complete and has a known end; else None."""
    head, gap, body = received.partition(b"\r\n\r\n")
    status, headers = _head(head)
    length = _length(status, headers)
    return PlainAnswer(status, headers, body) if gap and length == len(body) else None


def _length(status: int, headers: dict[str, str]) -> int | None:
    """The bytes of the body; None where that is not plain."""
    if status == _BODILESS:
        return 0
    digits = headers.get("content-length", "")
    is_plain = digits.isascii() and digits.isdecimal() and "transfer-encoding" not in headers and status == _OK
    return int(digits[:9]) if is_plain else None


def _head(head: bytes) -> tuple[int, dict[str, str]]:
    """Status and headers, names in lower case; status 0 for what is not HTTP."""
    first, *lines = head.decode("latin-1").split("\r\n")
    version, _, rest = first.partition(" ")
    pairs = (line.partition(":") for line in lines)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    known = version == "HTTP/1.1" and rest[:3].isdecimal() and len(headers) == len(lines)
    return int(rest[:3]) if known else 0, headers
