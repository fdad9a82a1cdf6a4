"""Edge: TCP connections to the metadata service that leave by one interface, keep one deadline, and are counted.

`requests` knows limits for the pause between two bytes, not for a whole answer; a service that drips would hold a pass
for ever. So the socket itself caps every wait by what is left of the request's time. What goes wrong with time, names
and routes is raised here as a `Failure`, which passes through urllib3 and requests as it is.
It needs nothing of requests, so that a pass connects while it still loads the rest of itself.
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

from agent.errors import Code, Failure

Address = tuple[Any, Any, int, str, Any]
"""One row of `socket.getaddrinfo`."""


class Line:
    """The way to the service: what it may take now, and what it has carried so far."""

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
        self._coming: _Coming | None = None

    def begin(self, where: str, limit_s: float) -> None:
        """From now on every wait together takes `limit_s` at most."""
        self._where, self._limit_s = where, limit_s
        self._until = self._clock() + limit_s
        self.begin_again()

    def begin_again(self) -> None:
        """The same request once more, within the same time."""
        self.lost = False
        self._received_before = self.bytes_received

    @property
    def received(self) -> int:
        """Bytes since the request began."""
        return self.bytes_received - self._received_before

    def remaining_s(self) -> float:
        """Seconds that are left; raises `metadata.timeout` when there are none."""
        left_s = self._until - self._clock()
        if left_s <= 0:
            raise self.late()
        return left_s

    def late(self) -> Failure:
        """The time is over."""
        came = f"only {self.received} bytes of an answer" if self.received else "no answer"
        return Failure(Code.METADATA_TIMEOUT, f"{came} within {self._limit_s:g} s", where=self._where)

    def broken(self) -> Failure:
        """The connection ended before the answer did."""
        if self.received:
            detail = f"the connection ended after {self.received} bytes"
            return Failure(Code.METADATA_TRUNCATED, detail, where=self._where)
        return self._unreachable("the connection was closed without an answer")

    def begin_to_connect(self, url: str, limit_s: float) -> None:
        """Begins to connect beside what is done meanwhile; whoever opens that host next is given the connection."""
        with suppress(ValueError):
            parts = urlsplit(url)
            if parts.scheme == "http" and parts.hostname:
                self.begin(url, limit_s)
                self._coming = _Coming(self._open, parts.hostname, parts.port or 80)

    def forget_coming(self) -> None:
        """What was begun is not wanted any more."""
        if self._coming:
            self._coming.forget()
            self._coming = None

    def open(self, host: str, port: int) -> socket.socket:
        """A connection to the first address that takes one, or the one that is coming already."""
        coming, self._coming = self._coming, None
        return (coming and coming.take(host, port)) or self._open(host, port)

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
                    raise self._unreachable(_no_connection(error, found[4][0], limit_s)) from None
            else:
                self._connected = (host, port, found)
                return connection
        raise self._no_name(f"{host} has no address")

    def _connect_early(self, host: str, port: int) -> socket.socket | None:
        """A connection to where the last one went, while the name is being looked up: a round trip less."""
        if self._connected is None or self._connected[:2] != (host, port):
            return None
        try:
            return self._connect(self._connected[2], self.remaining_s() / 2)
        except OSError:
            return None

    def _connect(self, to: Address, limit_s: float) -> socket.socket:
        connection = _Socket(to[0], socket.SOCK_STREAM)
        connection.line = self
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
        """To the interface by its name, or to a local address, as curl's --interface does."""
        if not self._interface:
            return
        try:
            if _is_address(self._interface):
                connection.bind((self._interface, 0))
            else:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, self._interface.encode() + b"\0")
        except OSError as error:
            raise self._unreachable(_not_bound(error, self._interface)) from None

    def _look_up(self, host: str, port: int) -> Callable[[], list[Address]]:
        """Begins to look a name up, and returns how to wait for it; a resolver that hangs is left behind."""
        family = _family(self._interface)
        with suppress(OSError, UnicodeError):
            known = socket.getaddrinfo(host, port, family, socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
            return lambda: known
        told: queue.SimpleQueue[list[Address] | Exception] = queue.SimpleQueue()
        Thread(target=_look_up, args=(host, port, family, told), daemon=True).start()

        def answer() -> list[Address]:
            try:
                found = told.get(timeout=self.remaining_s())
            except queue.Empty:
                raise self._no_name(f"no word about {host} within {self._limit_s:g} s") from None
            if isinstance(found, Exception):
                raise self._no_name(f"{host}: {getattr(found, 'strerror', None) or 'not a name'}")
            return found

        return answer

    def _no_name(self, detail: str) -> Failure:
        return Failure(Code.METADATA_NO_NAME, detail, where=self._where)

    def _unreachable(self, detail: str) -> Failure:
        return Failure(Code.METADATA_UNREACHABLE, detail, where=self._where)


class _Coming:
    """A connection that is being made; one that cannot be made is tried again by who wants it, and told then."""

    def __init__(self, make: Callable[[str, int], socket.socket], host: str, port: int) -> None:
        self._to = (host, port)
        self._made: socket.socket | None = None
        self._making = Thread(target=self._run, args=(make,), daemon=True)
        self._making.start()

    def take(self, host: str, port: int) -> socket.socket | None:
        """The connection, once it is there; None where it leads somewhere else, or nowhere."""
        if (host, port) != self._to:
            self.forget()
            return None
        self._making.join()
        return self._made

    def forget(self) -> None:
        """It is closed as soon as it is there."""
        Thread(target=self._close, daemon=True).start()

    def _run(self, make: Callable[[str, int], socket.socket]) -> None:
        with suppress(Failure, OSError):
            self._made = make(*self._to)

    def _close(self) -> None:
        self._making.join()
        if self._made:
            self._made.close()


class _Socket(socket.socket):
    """Waits no longer than its line allows, and tells it what went through."""

    line: Line

    def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0) -> int:
        """As of a socket; every read of http.client comes through here."""
        self.settimeout(self.line.remaining_s())
        try:
            count = super().recv_into(buffer, nbytes, flags)
        except TimeoutError:
            raise self.line.late() from None
        except OSError:
            self.line.lost = True
            raise
        self.line.bytes_received += count
        self.line.lost |= not count
        return count

    def sendall(self, data: Any, flags: int = 0) -> None:
        """As of a socket; every write of http.client comes through here."""
        self.settimeout(self.line.remaining_s())
        try:
            super().sendall(data, flags)
        except TimeoutError:
            raise self.line.late() from None
        except OSError:
            self.line.lost = True
            raise
        self.line.bytes_sent += len(data)


def _look_up(host: str, port: int, family: int, told: queue.SimpleQueue[list[Address] | Exception]) -> None:
    try:
        told.put(socket.getaddrinfo(host, port, family, socket.SOCK_STREAM))
    except (OSError, UnicodeError) as error:
        told.put(error)


def _is_address(interface: str) -> bool:
    try:
        ip_address(interface)
    except ValueError:
        return False
    return True


def _family(interface: str) -> int:
    """Only addresses of its own kind can be reached from a local address."""
    if not _is_address(interface):
        return socket.AF_UNSPEC
    return socket.AF_INET if ip_address(interface).version == 4 else socket.AF_INET6  # noqa: PLR2004 (IPv4)


def _no_connection(error: OSError, address: str, limit_s: float) -> str:
    if isinstance(error, TimeoutError) and error.errno is None:
        return f"no connection to {address} within {limit_s:.3g} s"
    return f"no connection to {address}: {error.strerror or error}"


def _not_bound(error: OSError, interface: str) -> str:
    match error.errno:
        case errno.ENODEV:
            return f"there is no interface {interface} ([metadata] interface)"
        case errno.EADDRNOTAVAIL:
            return f"this device has no address {interface} ([metadata] interface)"
        case errno.EPERM:
            return f"this user may not bind to {interface} ([metadata] interface)"
        case _:
            return f"cannot leave by {interface} ([metadata] interface): {error.strerror or error}"
