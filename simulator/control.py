"""Edge. The control socket of a running simulator. One JSON line in, one out; what the lines mean is in `commands.py`.

A UNIX socket with the permissions 0600, since only the owner of the simulator may change it.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from socketserver import BaseRequestHandler, UnixStreamServer
from threading import Thread
from types import TracebackType
from typing import Any, Self

MAX_LINE_BYTES = 1 << 20
TIMEOUT_S = 5.0


def default_path() -> Path:
    """The default path of the control socket, one for each user."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    return Path(runtime or f"/tmp/kitting-sim-{os.getuid()}") / "kitting-sim.sock"  # noqa: S108 (made 0700, and checked)


class ControlSocket:
    """Answers at `path` while it is entered. Raises `OSError` when another simulator answers there already."""

    def __init__(self, path: Path, answer: Callable[[bytes], bytes]) -> None:
        self.path = path
        self._answer = answer

    def __enter__(self) -> Self:
        self._make_room()
        mask = os.umask(0o177)
        try:
            self._server = _Server(str(self.path), self._answer)
        finally:
            os.umask(mask)
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), name="control")
        self._thread.start()
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self.path.unlink(missing_ok=True)

    def _make_room(self) -> None:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self.path.is_socket():
            return
        with socket.socket(socket.AF_UNIX) as other:
            try:
                other.connect(str(self.path))
            except ConnectionRefusedError:
                self.path.unlink()
                return
        raise FileExistsError(f"another simulator answers at {self.path}; give this one a --control of its own")


def ask(path: Path, line: bytes) -> bytes:
    """Sends a line to the simulator at `path`, and returns its answer; raises `OSError` when there is none."""
    with socket.socket(socket.AF_UNIX) as simulator:
        simulator.settimeout(TIMEOUT_S)
        simulator.connect(str(path))
        simulator.sendall(line)
        simulator.shutdown(socket.SHUT_WR)
        return _read_line(simulator)


def _read_line(peer: socket.socket) -> bytes:
    line = b""
    while not line.endswith(b"\n") and (data := peer.recv(65536)):
        line += data
    return line


class _Server(UnixStreamServer):
    def __init__(self, path: str, answer: Callable[[bytes], bytes]) -> None:
        self.answer = answer
        super().__init__(path, _Conversation)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignores a client that closed its connection."""


class _Conversation(BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        self.request.settimeout(TIMEOUT_S)
        line = b""
        with suppress(OSError):
            while b"\n" not in line and len(line) <= MAX_LINE_BYTES and (data := self.request.recv(65536)):
                line += data
            self.request.sendall(self.server.answer(line))
