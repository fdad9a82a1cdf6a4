"""Edge: a client that sends bytes as they are, and sends on while it is being answered."""

import socket

from waiting import PATIENCE_S

EARLY_ANSWERS = {
    "a body beyond the limit": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000000\r\n\r\n",
    "headers beyond the limit": b"POST / HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 300_000,
    "a length that is no number": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n",
    "an unknown transfer coding": b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
    "more than one request on a closing connection": b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "more than one request of HTTP/1.0": b"GET / HTTP/1.0\r\n\r\n",
}
"""Requests that a server answers before it has read all that the client sends, and after which it closes."""
REST = b"x" * 1_000_000
"""What is still on its way when the server answers."""


def exchanged(address, request, *, waits):
    """What the server sends until it ends its half, while the client sends a request and the rest of it.

    With `waits` the client sends the rest only once the answer comes in. Raises OSError where the server resets the
    connection instead of ending it.
    """
    with socket.create_connection(address, PATIENCE_S) as connection:
        connection.sendall(request)
        received = connection.recv(1) if waits else b""
        for place in range(0, len(REST), 100_000):
            connection.sendall(REST[place : place + 100_000])
        while part := connection.recv(65536):
            received += part
    return received
