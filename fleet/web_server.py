"""Edge. Serves a WSGI application (PEP 3333) from one socket with waitress, and loses no response.

waitress closes a connection directly after its last response. Where bytes of the client are still under way (a body or
headers beyond the limit), the kernel then resets the connection, and the client loses the response. RFC 9112, 9.6 has
the remedy: the server closes its own half, reads and drops further bytes, and closes when the client has closed. The
`channel_timeout` of waitress limits how long that takes.

A server that is stopped accepts no new connections, and answers the requests that arrived before.
"""

from __future__ import annotations

import logging
import signal
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from math import inf
from time import monotonic
from typing import Any

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import create_server

MAX_HEADER_BYTES, MAX_BODY_BYTES = 16 * 1024, 64 * 1024
REQUEST_S = 10.0
"""A request that has not arrived whole after so long is given up, however often a byte of it comes."""
MOST_CONNECTIONS = 400
"""More are accepted as soon as others end; each may hold one request of at most the sizes above."""
IDLE_S = 30
"""A connection without a byte for so long is closed."""
FINISH_S = 30.0
"""The longest time that a stopped server takes for the requests that arrived before."""
PARTING_S = 2.0
"""The longest time that it then waits for its clients to close their connections."""
_LOOK_S = 1.0

logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # That a request waits for a thread is no news to a person.

Application = Callable[..., Iterable[bytes]]


class WebServer:
    """A server that listens from construction on."""

    def __init__(self, application: Application, host: str, port: int, threads: int = 4) -> None:
        """Raises OSError, ValueError or OverflowError where the address cannot be used."""
        listener = _listener(host, port)
        self.host, self.port = listener.getsockname()[:2]
        self._stopping = self._closed = False
        self._sockets: dict[int, Any] = {}
        """Descriptor → an object of waitress that waits for it."""
        server: Any = create_server
        self._server = server(
            application,
            map=self._sockets,
            sockets=[listener],
            threads=threads,
            ident=None,
            max_request_header_size=MAX_HEADER_BYTES,
            max_request_body_size=MAX_BODY_BYTES,
            channel_timeout=IDLE_S,
            connection_limit=MOST_CONNECTIONS + 2,  # waitress counts its listening socket and its trigger
            clear_untrusted_proxy_headers=True,
        )
        self._server.channel_class = _Channel

    def run(self, announce: Callable[[], object]) -> None:
        """Calls `announce`, and serves until SIGINT or SIGTERM; a second signal ends the process at once."""
        with _stopped_by_signals(self):
            announce()
            self.serve()

    def serve(self) -> None:
        """Serves until it is stopped; returns when the requests that arrived before are answered."""
        try:
            while not self._stopping:
                self._turn(_LOOK_S)
            self._stop_listening()
            self._turn(0.0)  # reads the requests that have arrived
            self._turn_while(lambda: any(channel.is_busy for channel in self._channels), FINISH_S)
            for channel in self._channels:
                channel.will_close = True
            self._turn_while(lambda: bool(self._channels), PARTING_S)
        finally:
            self.close()

    def stop(self) -> None:
        """Makes `serve` return; may be called from another thread or from a signal handler."""
        self._stopping = True
        if not self._closed:
            self._server.pull_trigger()

    def close(self) -> None:
        """Closes every connection at once."""
        if not self._closed:
            self._closed = True
            self._server.task_dispatcher.shutdown()
            wasyncore.close_all(self._sockets)

    def _turn(self, limit_s: float) -> None:
        """Handles every socket that is ready, once; waits at most `limit_s` for the first one."""
        wasyncore.loop(timeout=limit_s, map=self._sockets, count=1)
        oldest = monotonic() - REQUEST_S
        for channel in self._channels:
            if channel.waits_for_request_since < oldest:
                channel.give_up()

    def _turn_while(self, condition: Callable[[], bool], limit_s: float) -> None:
        until = monotonic() + limit_s
        while condition() and (left_s := until - monotonic()) > 0:
            self._turn(left_s)

    def _stop_listening(self) -> None:
        """Stops listening; first accepts the clients that have connected already, because closing would reset them."""
        before = -1
        while len(self._channels) > before:
            before = len(self._channels)
            self._server.handle_accept()
        wasyncore.dispatcher.close(self._server)

    @property
    def _channels(self) -> list[_Channel]:
        return list(self._server.active_channels.values())


class _Channel(HTTPChannel):
    """A connection that continues to read after its last response."""

    _half_closed = False
    """Whether the server's half is closed."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._begun = monotonic()
        """When the connection was opened, or the request that is arriving began."""
        self._has_served = False

    @property
    def waits_for_request_since(self) -> float:
        """When the request that is not here yet began; infinity where none is awaited."""
        is_idle = self._has_served and self.request is None
        return inf if self.requests or self._half_closed or self.will_close or is_idle else self._begun

    def received(self, data: bytes) -> bool:
        """Takes bytes of a request; a request after an earlier one begins with its first byte."""
        if self._has_served and self.request is None:
            self._begun = monotonic()
        taken = bool(super().received(data))
        self._has_served = self._has_served or self.request is None
        return taken

    def give_up(self) -> None:
        """Closes a connection whose request did not arrive; nobody waits for a response to half a request."""
        self.will_close = self._half_closed = True
        self.handle_close()

    def handle_close(self) -> None:
        """Closes only the server's half where the server closes; closes all where the client closes or on an error."""
        if self.will_close and not self._half_closed and self._close_own_half():
            self._half_closed, self.will_close = True, False
        else:
            super().handle_close()

    @property
    def is_busy(self) -> bool:
        """Whether a request is arriving or is being answered."""
        pending = self.request is not None or self.requests or self.total_outbufs_len or self.close_when_flushed
        return bool(pending) and not self._half_closed

    def _close_own_half(self) -> bool:
        connection: Any = self.socket
        try:
            connection.shutdown(socket.SHUT_WR)
        except OSError:
            return False
        return True

    def readable(self) -> bool:
        """Whether to read; also after the last response."""
        return self._half_closed or bool(super().readable())

    def handle_read(self) -> None:
        """Reads a request; drops bytes after the last response."""
        if not self._half_closed:
            super().handle_read()
            return
        try:
            self.recv(self.adj.recv_bytes)
        except BlockingIOError:
            return
        except OSError:
            self.handle_close()


def _listener(host: str, port: int) -> socket.socket:
    """A socket that listens at the first address of the host."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, _, _, _, address = found[0]
    return socket.create_server(address, family=family)


@contextmanager
def _stopped_by_signals(server: WebServer) -> Iterator[None]:
    before = {which: signal.getsignal(which) for which in (signal.SIGINT, signal.SIGTERM)}

    def restore() -> None:
        for which, handler in before.items():
            signal.signal(which, handler)

    def stop(*_: object) -> None:
        restore()
        server.stop()

    for which in before:
        signal.signal(which, stop)
    try:
        yield
    finally:
        restore()
