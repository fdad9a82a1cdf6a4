"""Edge. Serves the board from a socket."""

from __future__ import annotations

import socket
from collections.abc import Callable

from flask import Flask

from agent.errors import Code, Failure
from fleet.board.latest_board import LatestBoard, Source
from fleet.board.logins import Logins
from fleet.board.web import PageSources, app_of
from fleet.listen_address import ListenAddress
from fleet.web_server import WebServer

THREADS = 8


def server_of(source: Source, password: str | None, listen: ListenAddress, names: frozenset[str]) -> Server:
    """The server of a board; raises `board.not_served`.

    Args:
        source: asks the platform for the SIMs.
        password: the password of the board; None lets everybody see it.
        listen: the address to serve at.
        names: names of this machine, in small letters.
    """
    return Server(app_of(PageSources(LatestBoard(source).board, Logins(password), listen, names)), listen)


class Server:
    """The server of the board. It listens from construction on, so that its address can be shown before it serves."""

    def __init__(self, app: Flask, listen: ListenAddress) -> None:
        """Raises `board.not_served` where the address cannot be used."""
        try:
            self._server = WebServer(app, listen.host, listen.port, THREADS)
        except (OSError, ValueError, OverflowError) as error:
            detail = getattr(error, "strerror", None) or str(error)
            raise Failure(Code.BOARD_NOT_SERVED, detail, where=f"{listen.host}:{listen.port}") from None

    @property
    def url(self) -> str:
        """The address for a browser."""
        host, port = self._server.host, self._server.port
        shown = socket.gethostname() if host in {"0.0.0.0", "::"} else host  # noqa: S104 (compared, not bound)
        return f"http://[{shown}]:{port}/" if ":" in shown else f"http://{shown}:{port}/"

    def run(self, announce: Callable[[], object]) -> None:
        """Calls `announce`, and serves until SIGINT or SIGTERM."""
        self._server.run(announce)
