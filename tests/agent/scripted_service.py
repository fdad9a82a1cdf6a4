"""A server over a real socket that sends exactly the given bytes, for faults that no HTTP library would make."""

import socket
import struct
import threading
from contextlib import contextmanager, suppress

from waiting import PATIENCE_S, joined, until

RECORD = b'{"imsi":"001010000000001"}'


def answer(body=RECORD, status=b"200 OK", *headers):
    return b"\r\n".join([b"HTTP/1.1 " + status, b"Content-Length: %d" % len(body), *headers, b"", body])


class Service:
    """Each connection follows its own script, the last script again and again.

    A script is a list of: bytes (sent when a request has come), `("drip", bytes)` (one byte, and the next when `client`
    has read it), "wait for a request", "reset", "reset when read" (when `client` has read all), "close", "hang".
    """

    def __init__(self, scripts):
        self.scripts = list(scripts)
        self.requests = []
        self.peers = []
        self.client = None
        self.over = threading.Event()
        self.open = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.threads = [threading.Thread(target=self.listen)]
        self.threads[0].start()

    def listen(self):
        while True:
            try:
                connection, peer = self.listener.accept()
            except OSError:
                return
            self.open.append(connection)
            self.peers.append(peer[0])
            script = self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]
            self.threads.append(threading.Thread(target=self.follow, args=(connection, script)))
            self.threads[-1].start()

    def follow(self, connection, script):
        self.sent = 0
        with connection:
            connection.settimeout(PATIENCE_S)
            try:
                for step in script:
                    if isinstance(step, bytes):
                        self.read(connection)
                        connection.sendall(step)
                        self.sent += len(step)
                    elif not self.special(connection, step):
                        return
            except OSError:
                return

    def special(self, connection, step):
        if step == "hang":
            self.over.wait(PATIENCE_S)
        elif step == "wait for a request":
            self.read(connection)
            return True
        elif step in {"reset", "reset when read"}:
            if step == "reset when read":
                self.wait_until_read()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif isinstance(step, tuple):
            self.read(connection)
            for place in range(len(step[1])):
                connection.sendall(step[1][place : place + 1])
                self.sent += 1
                self.wait_until_read()
            return not self.over.is_set()
        return False

    def wait_until_read(self):
        until("the client reads what was sent", lambda: self.over.is_set() or self.client.bytes_received >= self.sent)

    def read(self, connection):
        request = b""
        while b"\r\n\r\n" not in request:
            part = connection.recv(65536)
            if not part:
                raise OSError
            request += part
        head, _, body = request.partition(b"\r\n\r\n")
        text = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        length = int(text[0].split(b":")[1]) if text else 0
        while len(body) < length:
            body += connection.recv(65536)
        self.requests.append(head + b"\r\n\r\n" + body)

    def end(self):
        self.over.set()
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for connection in self.open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        joined(*self.threads)


@contextmanager
def service(*scripts):
    """Runs while the block does; without a script it refuses connections."""
    running = Service(scripts)
    try:
        yield running
    finally:
        running.end()
