"""The server of the hook and of the board: no response is lost, at the end of a connection or of the server."""

import socket
import threading
import time
from contextlib import ExitStack

import pytest
from raw_client import EARLY_ANSWERS, exchanged
from waiting import PATIENCE_S, happened, joined, until

from fleet import web_server
from fleet.web_server import MAX_BODY_BYTES, WebServer

WHOLE = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody"


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """A stopped server waits as long as a slow machine needs."""
    monkeypatch.setattr(web_server, "FINISH_S", PATIENCE_S)


def echo(environ, start):
    text = environ["wsgi.input"].read()
    start("200 OK", [("Content-Length", str(len(text)))])
    return [text]


class Held:
    """An application whose request takes until the test ends it."""

    def __init__(self):
        self.began, self.goes_on = threading.Event(), threading.Event()

    def __call__(self, environ, start):
        self.began.set()
        happened("the test lets the application go on", self.goes_on)
        return echo(environ, start)


class Running:
    """A server that serves in a thread."""

    def __init__(self, application):
        self.server = WebServer(application, "127.0.0.1", 0)
        self.address = ("127.0.0.1", self.server.port)
        self.thread = threading.Thread(target=self.server.serve, name="the server")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.thread.is_alive():
            self.server.stop()
            joined(self.thread)
        self.server.close()

    def start(self):
        self.thread.start()
        return self

    def connected(self):
        return socket.create_connection(self.address, PATIENCE_S)


def read_to_the_end(connection):
    received = b""
    while part := connection.recv(65536):
        received += part
    return received


def refuses(address):
    try:
        socket.create_connection(address, PATIENCE_S).close()
    except ConnectionRefusedError:
        return True
    return False


@pytest.mark.parametrize("waits", [False, True])
@pytest.mark.parametrize("request_", EARLY_ANSWERS.values(), ids=EARLY_ANSWERS)
def test_a_client_that_still_sends_reads_the_whole_response(request_, waits):
    with Running(echo).start() as running:
        answer = exchanged(running.address, request_, waits=waits)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith((b"HTTP/1.1 ", b"HTTP/1.0 "))
    assert f"Content-Length: {len(body)}".encode() in head


def test_a_body_within_the_limit_is_read_whole():
    body = b"x" * (MAX_BODY_BYTES - 1)
    with Running(echo).start() as running, running.connected() as connection:
        head = f"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.sendall(head.encode() + body)
        assert read_to_the_end(connection).endswith(b"\r\n\r\n" + body)


def test_a_connection_serves_several_requests():
    with Running(echo).start() as running, running.connected() as connection:
        for _ in range(3):
            connection.sendall(WHOLE)
            received = b""
            while not received.endswith(b"body"):
                received += connection.recv(65536)


def test_a_connection_that_the_client_never_closes_is_closed_as_idle():
    with Running(echo).start() as running, running.connected() as connection:
        connection.sendall(WHOLE.replace(b"Host: x", b"Connection: close"))
        assert read_to_the_end(connection).endswith(b"body")
        until("the server without the connection", lambda: left_after_an_hour(running.server), lambda left: left == [])


def left_after_an_hour(server):
    """The connections that are left after the server has closed those that are idle for an hour."""
    server._server.maintenance(time.time() + 3600)
    server._server.pull_trigger()
    return server._channels


def test_a_request_at_the_application_is_answered_after_the_stop():
    application = Held()
    with Running(application).start() as running, running.connected() as connection:
        connection.sendall(WHOLE)
        happened("the request at the application", application.began)
        running.server.stop()
        until("a closed door", lambda: not running.server._server.accepting)
        application.goes_on.set()
        assert read_to_the_end(connection).endswith(b"body")


def test_requests_that_arrived_before_the_stop_are_answered():
    with Running(echo) as running, running.connected() as whole, running.connected() as half:
        whole.sendall(WHOLE)
        half.sendall(WHOLE[:-2])
        running.server.stop()
        running.start()
        until("a closed door", lambda: not running.server._server.accepting)
        half.sendall(WHOLE[-2:])
        assert read_to_the_end(whole).endswith(b"body")
        assert read_to_the_end(half).endswith(b"body")


def test_a_request_that_waits_for_a_thread_prints_nothing(caplog):
    """The four threads of the server are at work; the fifth request waits."""
    application = Held()
    with Running(application).start() as running, ExitStack() as opened:
        connections = [opened.enter_context(running.connected()) for _ in range(5)]
        for connection in connections:
            connection.sendall(WHOLE.replace(b"x\r\n", b"x\r\nConnection: close\r\n"))
        until("the fifth request in the queue", lambda: running.server._server.task_dispatcher.queue)
        application.goes_on.set()
        assert all(read_to_the_end(connection).endswith(b"body") for connection in connections)
    assert caplog.records == []


def test_an_idle_connection_does_not_delay_the_end():
    with Running(echo).start() as running, running.connected() as connection:
        until("the connection at the server", lambda: running.server._channels)
        running.server.stop()
        assert connection.recv(1) == b""
        connection.close()


def test_an_unfinished_request_does_not_delay_the_end(monkeypatch):
    monkeypatch.setattr(web_server, "FINISH_S", 0.0)
    monkeypatch.setattr(web_server, "PARTING_S", 0.0)
    with Running(echo) as running, running.connected() as connection:
        connection.sendall(WHOLE[:-2])
        running.server.stop()
        running.start()
        joined(running.thread)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_the_server_listens_at_a_name_and_at_an_address(host):
    server = WebServer(echo, host, 0)
    assert not refuses((server.host, server.port))
    server.close()
    server.stop()


def answered(connection):
    """Reads the response to `WHOLE`, which may come in parts."""
    received = b""
    while not received.endswith(b"body"):
        part = connection.recv(65536)
        assert part, received
        received += part


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setattr(web_server, "monotonic", made)
    return made


@pytest.mark.parametrize("begun", [b"", b"P", WHOLE[:-1]], ids=["nothing", "a byte", "all but one"])
def test_a_request_that_does_not_arrive_is_given_up(clock, begun):
    with Running(echo).start() as running, running.connected() as connection:
        connection.sendall(begun)
        until("the server has accepted", lambda: running.server._channels)
        clock.now += web_server.REQUEST_S + 1
        assert read_to_the_end(connection) == b""


def test_half_requests_do_not_keep_the_others_out(clock, monkeypatch):
    monkeypatch.setattr(web_server, "MOST_CONNECTIONS", 5)
    with Running(echo).start() as running, ExitStack() as stack:
        for _ in range(5):
            stack.enter_context(running.connected()).sendall(WHOLE[:20])
        until("all are accepted", lambda: len(running.server._channels) == 5)
        waiting = stack.enter_context(running.connected())
        waiting.sendall(WHOLE)
        clock.now += web_server.REQUEST_S + 1
        answered(waiting)


def test_a_client_that_waits_between_two_requests_is_not_given_up_for_that(clock):
    with Running(echo).start() as running, running.connected() as connection:
        connection.sendall(WHOLE)
        answered(connection)
        clock.now += web_server.REQUEST_S + 1
        connection.sendall(WHOLE)
        answered(connection)
