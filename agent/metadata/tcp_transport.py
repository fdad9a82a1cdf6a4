"""Edge. TCP connections to the metadata service that leave by one interface, keep one deadline, and are counted.

`requests` limits the pause between two bytes, not the whole answer; a server that sends a byte now and then would hold
a pass for ever. So the socket limits every wait to the rest of the request's time. Errors of time, names and routes are
raised here as a `Failure`, which passes through urllib3 and requests unchanged.
This module does not import requests, so that a pass connects while the rest of the program is being loaded.
"""

from __future__ import annotations

import errno
import queue
import socket
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from ipaddress import ip_address
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from agent.errors import Code, Failure, text_of
from agent.metadata.small_question import Exchange, bind

Address = tuple[Any, Any, int, str, Any]
"""One row of `socket.getaddrinfo`."""


class Transport:
    """Connections to the service one after the other, with the deadline of the present request and counts of bytes."""

    def __init__(self, interface: str, clock: Callable[[], float]) -> None:
        self.bytes_sent = 0
        self.bytes_received = 0
        self.connections = 0
        self.lost = False
        """Whether a connection has ended or broken since the request began."""
        self._interface = interface
        self._clock = clock
        self._where = ""
        self._limit_s = self._until = 0.0
        self._received_before = 0
        self._connected: tuple[str, int, Address] | None = None
        """Host, port and address of the last connection."""
        self._pending: _Pending | _Taken | None = None
        self.failed_requests = 0
        """Requests before the first one of this transport that had no whole answer."""

    def begin(self, where: str, limit_s: float, named_s: float | None = None) -> None:
        """Begins a request: all its waits together take at most `limit_s`.

        A failure names `limit_s`, or `named_s`, the limit of the settings of which `limit_s` is what is left.
        """
        self._where, self._limit_s = where, limit_s if named_s is None else named_s
        self._until = self._clock() + limit_s
        self.begin_again()

    def begin_again(self) -> None:
        """Begins the same request again, within the same deadline."""
        self.lost = False
        self._received_before = self.bytes_received

    @property
    def received(self) -> int:
        """Bytes since the request began."""
        return self.bytes_received - self._received_before

    def remaining_s(self) -> float:
        """Seconds until the deadline; raises `metadata.timeout` after it."""
        left_s = self._until - self._clock()
        if left_s <= 0:
            raise self.late()
        return left_s

    def late(self) -> Failure:
        """The failure of a request that did not end before its deadline."""
        came = f"only {self.received} bytes of an answer" if self.received else "no answer"
        return Failure(Code.METADATA_TIMEOUT, f"{came} within {self._limit_s:g} s", where=self._where)

    def broken(self) -> Failure:
        """The failure of a connection that ended before the answer."""
        if self.received:
            detail = f"the connection ended after {self.received} bytes"
            return Failure(Code.METADATA_TRUNCATED, detail, where=self._where)
        return self._unreachable("the connection was closed without an answer")

    def begin_to_connect(self, url: str, limit_s: float) -> None:
        """Connects in the background; the next `open` of that host takes the connection."""
        with suppress(ValueError):
            parts = urlsplit(url)
            if parts.scheme == "http" and parts.hostname:
                self.begin(url, limit_s)
                self._pending = _Pending(self._open, parts.hostname, parts.port or 80)

    def take_over(self, asked: Exchange) -> None:
        """Takes over a question that was asked already: its request is not sent again, and its answer is read here."""
        question = asked.question
        if asked.connection is None or asked.row is None:
            self.connections += asked.connections
            self.failed_requests += asked.is_asked
            self.bytes_sent += asked.sent
            self.bytes_received += len(asked.received)
            return
        self.connections += 1
        self._connected = (question.host, question.port, asked.row)
        taken = _Socket(asked.row[0], socket.SOCK_STREAM, fileno=asked.connection.detach())
        taken.transport, taken.asked, taken.held = self, question.text, asked.received
        self._pending = _Taken(taken, question.host, question.port)

    def drop_pending(self) -> None:
        """Closes a connection that was begun in the background."""
        if self._pending:
            self._pending.drop()
            self._pending = None

    def open(self, host: str, port: int) -> socket.socket:
        """A connection to the first address that accepts one, or the one that was begun in the background."""
        pending, self._pending = self._pending, None
        return (pending and pending.take(host, port)) or self._open(host, port)

    def _open(self, host: str, port: int) -> socket.socket:
        answer = self._look_up(host, port)
        with ExitStack() as otherwise:
            early = self._connect_early(host, port)
            if early:
                otherwise.callback(early.close)
            addresses = answer()
            if early and self._connected and self._connected[2] in addresses:
                otherwise.pop_all()
                return early
        return self._connect_to_one_of(addresses, host, port)

    def _connect_to_one_of(self, addresses: Sequence[Address], host: str, port: int) -> socket.socket:
        for place, found in enumerate(addresses, 1):
            limit_s = self.remaining_s() / (len(addresses) - place + 1)
            try:
                connection = self._connect(found, limit_s)
            except OSError as error:
                if place == len(addresses):
                    raise self._unreachable(_no_connection(error, found[4][0], self._limit_s)) from None
            else:
                self._connected = (host, port, found)
                return connection
        raise self._no_name(f"{host} has no address")

    def _connect_early(self, host: str, port: int) -> socket.socket | None:
        """A connection to the address of the last one while the name is looked up, which saves a round trip."""
        if self._connected is None or self._connected[:2] != (host, port):
            return None
        try:
            return self._connect(self._connected[2], self.remaining_s() / 2)
        except OSError:
            return None

    def _connect(self, to: Address, limit_s: float) -> socket.socket:
        connection = _Socket(to[0], socket.SOCK_STREAM)
        connection.transport = self
        with ExitStack() as otherwise:
            otherwise.callback(connection.close)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._bind(connection)
            connection.settimeout(limit_s)
            connection.connect(to[4])
            otherwise.pop_all()
        self.connections += 1
        return connection

    def _bind(self, connection: socket.socket) -> None:
        """Binds to an interface by its name, or to a local address, as curl's --interface does."""
        if not self._interface:
            return
        try:
            bind(connection, self._interface, is_address=is_local_address(self._interface))
        except OSError as error:
            raise self._unreachable(_not_bound(error, self._interface)) from None

    def _look_up(self, host: str, port: int) -> Callable[[], list[Address]]:
        """Starts the look-up of a name; the returned function waits for its result. A hanging resolver is abandoned."""
        family = family_of(self._interface)
        with suppress(OSError, UnicodeError):
            known = socket.getaddrinfo(host, port, family, socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
            return lambda: known
        results: queue.SimpleQueue[list[Address] | Exception] = queue.SimpleQueue()
        Thread(target=_look_up, args=(host, port, family, results), daemon=True).start()

        def answer() -> list[Address]:
            try:
                found = results.get(timeout=self.remaining_s())
            except queue.Empty:
                raise self._no_name(f"no answer about {host} within {self._limit_s:g} s") from None
            if isinstance(found, Exception):
                raise self._no_name(f"{host}: {getattr(found, 'strerror', None) or 'not a name'}")
            return found

        return answer

    def _no_name(self, detail: str) -> Failure:
        return Failure(Code.METADATA_NO_NAME, detail, where=self._where)

    def _unreachable(self, detail: str) -> Failure:
        return Failure(Code.METADATA_UNREACHABLE, detail, where=self._where)


class _Pending:
    """A connection that is opened in the background. A failure here is retried, and reported, by its first user."""

    def __init__(self, make: Callable[[str, int], socket.socket], host: str, port: int) -> None:
        self._to = (host, port)
        self._made: socket.socket | None = None
        self._making = Thread(target=self._run, args=(make,), daemon=True)
        self._making.start()

    def take(self, host: str, port: int) -> socket.socket | None:
        """The connection, when it is open; None for another host, or where it could not be opened."""
        if (host, port) != self._to:
            self.drop()
            return None
        self._making.join()
        return self._made

    def drop(self) -> None:
        """Closes the connection as soon as it is open."""
        Thread(target=self._close, daemon=True).start()

    def _run(self, make: Callable[[str, int], socket.socket]) -> None:
        with suppress(Failure, OSError):
            self._made = make(*self._to)

    def _close(self) -> None:
        self._making.join()
        if self._made:
            self._made.close()


class _Taken:
    """A connection over which a question was asked already."""

    def __init__(self, made: socket.socket, host: str, port: int) -> None:
        self._made, self._to = made, (host, port)

    def take(self, host: str, port: int) -> socket.socket | None:
        """The connection; None for another host."""
        if (host, port) == self._to:
            return self._made
        self.drop()
        return None

    def drop(self) -> None:
        """Closes the connection."""
        self._made.close()


class _Socket(socket.socket):
    """A socket that waits no longer than its transport allows, and counts bytes there."""

    transport: Transport
    asked = b""
    """A request that was sent already."""
    held = b""
    """What was received before this socket was made."""

    def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0) -> int:
        """Reads as a socket does; every read of http.client calls this."""
        if self.held:
            size = min(len(self.held), nbytes or len(buffer))
            buffer[:size], self.held = self.held[:size], self.held[size:]
            self.transport.bytes_received += size
            return size
        self.settimeout(self.transport.remaining_s())
        try:
            count = super().recv_into(buffer, nbytes, flags)
        except TimeoutError:
            raise self.transport.late() from None
        except OSError:
            self.transport.lost = True
            raise
        self.transport.bytes_received += count
        self.transport.lost |= not count
        return count

    def sendall(self, data: Any, flags: int = 0) -> None:
        """Writes as a socket does; every write of http.client calls this.

        A request that was sent already is not sent again. Where another one has to be sent, the connection is given up.
        """
        if self.asked:
            is_asked, self.asked = data == self.asked, b""
            if not is_asked:
                self.transport.lost = True
                raise ConnectionResetError("another question was asked over this connection")
            self.transport.bytes_sent += len(data)
            return
        self.settimeout(self.transport.remaining_s())
        try:
            super().sendall(data, flags)
        except TimeoutError:
            raise self.transport.late() from None
        except OSError:
            self.transport.lost = True
            raise
        self.transport.bytes_sent += len(data)


def _look_up(host: str, port: int, family: int, results: queue.SimpleQueue[list[Address] | Exception]) -> None:
    try:
        results.put(socket.getaddrinfo(host, port, family, socket.SOCK_STREAM))
    except (OSError, UnicodeError) as error:
        results.put(error)


def is_local_address(interface: str) -> bool:
    """Whether this names a local address, not an interface."""
    try:
        ip_address(interface)
    except ValueError:
        return False
    return True


def family_of(interface: str) -> int:
    """The address family to look up: a local address reaches only addresses of its own family."""
    if not is_local_address(interface):
        return socket.AF_UNSPEC
    return socket.AF_INET if ip_address(interface).version == 4 else socket.AF_INET6  # noqa: PLR2004 (IPv4)


def _no_connection(error: OSError, address: str, limit_s: float) -> str:
    if isinstance(error, TimeoutError) and error.errno is None:
        return f"no connection to {address} within {limit_s:g} s"
    return f"no connection to {address}: {text_of(error)}"


def _not_bound(error: OSError, interface: str) -> str:
    match error.errno:
        case errno.ENODEV:
            return f"there is no interface {interface} ([metadata] interface)"
        case errno.EADDRNOTAVAIL:
            return f"this device has no address {interface} ([metadata] interface)"
        case errno.EPERM:
            return f"this user may not bind to {interface} ([metadata] interface)"
        case _:
            return f"cannot leave by {interface} ([metadata] interface): {text_of(error)}"
