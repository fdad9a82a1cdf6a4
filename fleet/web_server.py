"""Edge: serves a WSGI application (PEP 3333) from one socket, with waitress, and loses no answer at a connection's end.

waitress closes a connection right behind its last answer. Where bytes of the client are still on their way then (a body
that is too large, headers that are too long), the kernel resets the connection, and the client loses the answer. RFC
9112, 9.6 tells what to do: the server ends its own half, reads and drops what still comes, and closes when the client
has closed. waitress ends what its `channel_timeout` finds idle, and so bounds how long that takes.

A server that is stopped closes its door first. Then it answers what was asked before.
"""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import create_server

MAX_HEADER_BYTES, MAX_BODY_BYTES = 16 * 1024, 64 * 1024
IDLE_S = 30
"""After so long without a byte a connection ends."""
FINISH_S = 30.0
"""What a server that was stopped takes at most for the requests that had come before."""
PARTING_S = 2.0
"""How long it then waits at most for its clients to close their connections."""
_LOOK_S = 1.0

Application = Callable[..., Iterable[bytes]]


class WebServer:
    """One server, listening from construction on."""

    def __init__(self, application: Application, host: str, port: int, threads: int = 4) -> None:
        """Raises OSError, ValueError or OverflowError where the address cannot be taken."""
        listener = _listener(host, port)
        self.host, self.port = listener.getsockname()[:2]
        self._stopping = self._closed = False
        self._sockets: dict[int, Any] = {}
        """What waitress waits for, by descriptor."""
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
            clear_untrusted_proxy_headers=True,
        )
        self._server.channel_class = _Channel

    def run(self, announce: Callable[[], object]) -> None:
        """Announces itself, and serves until SIGINT or SIGTERM; the second of them ends the process at once."""
        with _stopped_by_signals(self):
            announce()
            self.serve()

    def serve(self) -> None:
        """Serves until somebody stops it, and has answered what was asked before when it returns."""
        try:
            while not self._stopping:
                self._turn(_LOOK_S)
            self._close_door()
            self._turn(0.0)  # what has come by now is read
            self._turn_while(lambda: any(channel.is_at_work for channel in self._channels), FINISH_S)
            for channel in self._channels:
                channel.will_close = True
            self._turn_while(lambda: bool(self._channels), PARTING_S)
        finally:
            self.close()

    def stop(self) -> None:
        """Makes `serve` return; may be called from another thread and from a signal's handler."""
        self._stopping = True
        if not self._closed:
            self._server.pull_trigger()

    def close(self) -> None:
        """Ends every connection at once."""
        if not self._closed:
            self._closed = True
            self._server.task_dispatcher.shutdown()
            wasyncore.close_all(self._sockets)

    def _turn(self, limit_s: float) -> None:
        """Deals once with every socket that has something, or waits for one that has."""
        wasyncore.loop(timeout=limit_s, map=self._sockets, count=1)

    def _turn_while(self, condition: Callable[[], bool], limit_s: float) -> None:
        until = monotonic() + limit_s
        while condition() and (left_s := until - monotonic()) > 0:
            self._turn(left_s)

    def _close_door(self) -> None:
        """Takes in who has already connected, since closing the socket resets their connections."""
        before = -1
        while len(self._channels) > before:
            before = len(self._channels)
            self._server.handle_accept()
        wasyncore.dispatcher.close(self._server)

    @property
    def _channels(self) -> list[_Channel]:
        return list(self._server.active_channels.values())


class _Channel(HTTPChannel):
    """A connection that reads on after its last answer."""

    _ends = False
    """The server's half has ended."""

    def handle_close(self) -> None:
        """Ends the server's half where it is the server that closes; the client's end, or an error, ends the rest."""
        if self.will_close and not self._ends and self._end_own_half():
            self._ends, self.will_close = True, False
        else:
            super().handle_close()

    @property
    def is_at_work(self) -> bool:
        """Whether a request has come in part, or is being dealt with, or its answer is not sent yet."""
        waits = self.request is not None or self.requests or self.total_outbufs_len or self.close_when_flushed
        return bool(waits) and not self._ends

    def _end_own_half(self) -> bool:
        connection: Any = self.socket
        try:
            connection.shutdown(socket.SHUT_WR)
        except OSError:
            return False
        return True

    def readable(self) -> bool:
        """Also after the last answer."""
        return self._ends or bool(super().readable())

    def handle_read(self) -> None:
        """Drops what comes after the last answer."""
        if not self._ends:
            super().handle_read()
            return
        try:
            self.recv(self.adj.recv_bytes)
        except BlockingIOError:
            return
        except OSError:
            self.handle_close()


def _listener(host: str, port: int) -> socket.socket:
    """The first address of the name that can be taken."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, _, _, _, address = found[0]
    return socket.create_server(address, family=family)


@contextmanager
def _stopped_by_signals(server: WebServer) -> Iterator[None]:
    before = {which: signal.getsignal(which) for which in (signal.SIGINT, signal.SIGTERM)}

    def restore() -> None:
        for which, handler in before.items():
            signal.signal(which, handler)

    def over(*_: object) -> None:
        restore()
        server.stop()

    for which in before:
        signal.signal(which, over)
    try:
        yield
    finally:
        restore()
