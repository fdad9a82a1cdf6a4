"""The simulator's servers end a connection without losing an answer (RFC 9112, 9.6)."""

import socket
import threading

import pytest
from raw_client import EARLY_ANSWERS, exchanged
from waiting import PATIENCE_S, joined

from simulator.api.account import Account
from simulator.api.server import ApiServer
from simulator.connections import part
from simulator.server import MetadataServer


@pytest.fixture(params=["metadata service", "API"])
def address(request, platform):
    kind = {"metadata service": MetadataServer, "API": lambda platform: ApiServer(Account(platform))}[request.param]
    with kind(platform) as server:
        yield server.host, server.port


@pytest.mark.parametrize("waits", [False, True])
@pytest.mark.parametrize("request_", EARLY_ANSWERS.values(), ids=EARLY_ANSWERS)
def test_a_client_that_still_sends_reads_the_whole_answer(address, request_, waits):
    head, _, body = exchanged(address, request_, waits=waits).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 ")
    assert f"Content-Length: {len(body)}".encode() in head


def test_who_is_not_on_a_line_sees_the_end_of_the_connection_and_no_reset(server):
    with socket.create_connection((server.host, server.port), PATIENCE_S, ("127.0.0.77", 0)) as connection:
        connection.sendall(b"GET /v1/subscriber HTTP/1.1\r\n\r\n")
        assert connection.recv(1) == b""


def test_a_server_that_stops_does_not_wait_for_clients_that_never_close(server):
    with socket.create_connection((server.host, server.port), PATIENCE_S) as connection:
        connection.sendall(b"GET /v1/userdata HTTP/1.1\r\nConnection: close\r\n\r\n")
        while connection.recv(65536):
            pass
        server.stop()


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def test_a_client_that_never_closes_is_left_when_the_time_is_over(pair):
    part(pair[0], 0.01)
    assert pair[1].recv(1) == b""


def test_what_a_client_sends_after_the_answer_is_read_to_its_end(pair):
    ours, theirs = pair
    parting = threading.Thread(target=part, args=(ours, PATIENCE_S))
    parting.start()
    theirs.sendall(b"x" * 1_000_000)
    theirs.shutdown(socket.SHUT_WR)
    joined(parting)
    ours.setblocking(False)
    assert ours.recv(1) == b""
