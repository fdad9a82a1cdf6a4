"""A SIM's line for tests: two SIMs, and a client that speaks through one of them."""

import http.client

from waiting import PATIENCE_S

FIRST, SECOND = "001010000000001", "001010000000002"


class Client:
    """One keep-alive connection from a SIM's address."""

    def __init__(self, server, address="127.0.0.1"):
        self.connection = http.client.HTTPConnection(
            server.host, server.port, timeout=PATIENCE_S, source_address=(address, 0)
        )

    def ask(self, method, path, body=None):
        self.connection.request(method, path, body)
        response = self.connection.getresponse()
        return response.status, response.read(), response.headers
