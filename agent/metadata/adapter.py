"""Edge. The adapter of `requests`, so that its connections are those of a transport. Works with urllib3 1.26 and 2."""

from __future__ import annotations

import socket
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool

from agent.metadata.tcp_transport import Transport


class TransportAdapter(HTTPAdapter):
    """The transport adapter of `requests` over one kept connection."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **pool_kwargs: Any) -> None:  # noqa: FBT001, FBT002 (the library's signature)
        """Makes the pool manager as the library does, with our connections."""
        super().init_poolmanager(connections, maxsize, block, **pool_kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _pool_over(self._transport)}


def _pool_over(transport: Transport) -> type[HTTPConnectionPool]:
    class Connection(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return transport.open(self._dns_host, self.port or 80)

    class Pool(HTTPConnectionPool):
        ConnectionCls = Connection

    return Pool
