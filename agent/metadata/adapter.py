"""Edge: what `requests` sends through, so that its connections are those of a line. Works with urllib3 1.26 and 2."""

from __future__ import annotations

import socket
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool

from agent.metadata.tcp_line import Line


class LineAdapter(HTTPAdapter):
    """What `requests` sends through, over one kept connection of a line."""

    def __init__(self, line: Line) -> None:
        self._line = line
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **pool_kwargs: Any) -> None:  # noqa: FBT001, FBT002 (the library's signature)
        """As the library does, with connections of the line."""
        super().init_poolmanager(connections, maxsize, block, **pool_kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _pool_over(self._line)}


def _pool_over(line: Line) -> type[HTTPConnectionPool]:
    class Connection(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return line.open(self._dns_host, self.port or 80)

    class Pool(HTTPConnectionPool):
        ConnectionCls = Connection

    return Pool
