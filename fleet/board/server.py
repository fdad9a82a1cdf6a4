"""Edge: serving the board from a socket, with waitress."""

from __future__ import annotations

import socket
from typing import Any

from flask import Flask

from agent.errors import Code, Failure
from fleet.board.gate import Listen

THREADS = 8


class Server:
    """One that already listens: who is told its address may come."""

    def __init__(self, app: Flask, listen: Listen) -> None:
        """Raises `board.not_served` where the address cannot be taken."""
        from waitress.server import create_server

        try:
            self._server: Any = create_server(
                app,
                host=listen.host,
                port=listen.port,
                threads=THREADS,
                ident=None,
                max_request_header_size=16 * 1024,
                max_request_body_size=64 * 1024,
                channel_timeout=30,
            )
        except (OSError, ValueError, OverflowError) as error:
            raise Failure(Code.BOARD_NOT_SERVED, str(error), where=f"{listen.host}:{listen.port}") from None

    @property
    def url(self) -> str:
        """Where a browser finds it."""
        host, port = self._server.effective_host, self._server.effective_port
        shown = socket.gethostname() if host in {"0.0.0.0", "::"} else host  # noqa: S104 (compared, not bound)
        return f"http://[{shown}]:{port}/" if ":" in shown else f"http://{shown}:{port}/"

    def run(self) -> None:
        """Serves until somebody closes it, or interrupts."""
        self._server.run()

    def close(self) -> None:
        """Serves nobody any more."""
        self._server.close()
