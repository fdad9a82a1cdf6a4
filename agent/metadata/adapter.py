"""Edge. The adapter of `requests`, so that its connections are those of a transport. Works with urllib3 1.26 and 2."""

from __future__ import annotations

import socket
from http.client import HTTPException
from typing import Any

from requests import RequestException
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import HTTPError

from agent.metadata.tcp_transport import Transport

REQUEST_ERRORS = (RequestException, HTTPError, HTTPException, OSError, UnicodeError)
"""The errors of requests, urllib3, http.client and the socket, while a request is sent and its headers are read."""
BODY_ERRORS = (*REQUEST_ERRORS, ValueError, OverflowError)
"""The errors while a body is read; urllib3 raises the last two for a chunk of negative size."""


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
