"""The small question: it is the one that the whole program would send, and its connection can be taken over."""

import socket
import time
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from waiting import PATIENCE_S

from agent.errors import Failure
from agent.metadata.early_connection import transports
from agent.metadata.small_question import Question, Way, ask, plain_answer
from agent.metadata.subscriber_service import MetadataService
from agent.settings import MetadataSettings, Settings
from simulator.server import MetadataServer
from simulator.soracom import Group, Platform, Sim

GROUP = "11111111-0000-4000-8000-000000000001"
PATH = "/v1/userdata"


@pytest.fixture
def server():
    sim = Sim("001010000000001", imei="490154203237518", group_id=GROUP)
    with MetadataServer(Platform([sim], [Group(GROUP, userdata="hostname: x\n")])) as running:
        yield running


def way(interface="127.0.0.1"):
    return Way(interface, socket.AF_INET, PATIENCE_S, is_address=True)


def service_after(exchange, url):
    settings = Settings(metadata=MetadataSettings(url=url, interface="127.0.0.1", timeout=PATIENCE_S, patience=0.1))
    return MetadataService(settings.metadata, transports(settings, exchange, is_first_pass=False))


def asked(server, path=PATH, etag=""):
    host, port = server.url.removeprefix("http://").split(":")
    return ask(Question(host, int(port), path, etag), way(server.address_of("001010000000001")))


def test_an_answer_that_came_is_read_and_not_asked_for_again(server):
    exchange = asked(server)
    assert plain_answer(exchange.received).body == b"hostname: x\n"
    with service_after(exchange, server.url) as service:
        assert service.userdata() == b"hostname: x\n"
        assert (service.requests, service.connections) == (1, 1)
        assert (service.bytes_sent, service.bytes_received) == (exchange.sent, len(exchange.received))
        assert service.subscriber().imsi.digits == "001010000000001"
        assert (service.requests, service.connections) == (2, 1), "over the same connection"


def test_another_question_is_asked_over_a_connection_of_its_own(server):
    with service_after(asked(server), server.url) as service:
        assert service.subscriber().imsi.digits == "001010000000001"
        assert service.connections == 2


def test_a_question_without_an_answer_is_counted_and_asked_again(server):
    exchange = asked(server)
    exchange.drop()
    with service_after(exchange, server.url) as service:
        assert service.userdata() == b"hostname: x\n"
        assert (service.requests, service.connections) == (2, 2)
        assert service.bytes_sent == 2 * exchange.sent


def test_a_part_of_an_answer_is_read_to_its_end_by_the_whole_program(server):
    exchange = asked(server)
    whole, exchange.received = (
        exchange.received,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    )
    assert plain_answer(exchange.received) is None
    assert plain_answer(whole)
    with service_after(exchange, server.url) as service:
        assert service.userdata() == b"abc"


@pytest.mark.parametrize("url", ["http://a.example", "http://A.example:8080/base", "http://[::1]:81", "http://[::1]"])
@pytest.mark.parametrize("etag", ["", '"v1"'])
def test_the_request_is_the_one_of_the_whole_program_byte_for_byte(url, etag, monkeypatch):
    sent = []
    ours, theirs = socket.socketpair()
    monkeypatch.setattr("agent.metadata.tcp_transport.Transport.open", lambda *_: Recording(ours, sent))
    theirs.close()
    with MetadataService(MetadataSettings(url=url, patience=0.1)) as service, suppress(Failure):
        service.userdata_unless(etag or None)
    parts = urlsplit(url)
    assert sent[0] == Question(parts.hostname, parts.port or 80, parts.path + PATH, etag).text


class Recording:
    """A connection that keeps what is sent."""

    def __init__(self, connection, sent):
        self.connection, self.sent = connection, sent

    def sendall(self, data):
        self.sent.append(bytes(data))

    def __getattr__(self, name):
        return getattr(self.connection, name)


@pytest.mark.parametrize("interface", ["192.0.2.1"])
def test_a_way_that_does_not_exist_is_no_answer(server, interface):
    host, port = server.url.removeprefix("http://").split(":")
    exchange = ask(Question(host, int(port), PATH, ""), way(interface))
    assert (exchange.connection, exchange.connections, exchange.is_asked) == (None, 0, False)


def test_a_service_that_is_silent_costs_no_more_than_the_time_of_the_settings():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        begun = time.monotonic()
        quick = Way("", socket.AF_INET, 0.2, is_address=False)
        exchange = ask(Question("127.0.0.1", silent.getsockname()[1], PATH, ""), quick)
        assert time.monotonic() - begun < PATIENCE_S
    assert (exchange.connection, exchange.connections, exchange.is_asked) == (None, 1, True)


@pytest.mark.parametrize(
    "received",
    [
        *(b"", b"HTTP/1.1 200 OK", b"HTTP/1.1 200 OK\r\n\r\nhostname: x", b"SSH-2.0\r\n\r\n", b"\xff\r\n\r\n"),
        *(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab"),
        *(b"HTTP/1.1 404 Not Found\r\nContent-Length: 1\r\n\r\nx", b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx"),
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
    ],
)
def test_what_is_not_plain_is_left_to_the_whole_program(received):
    assert plain_answer(received) is None


def test_an_answer_without_a_body_is_plain():
    answer = plain_answer(b'HTTP/1.1 304 Not Modified\r\nETag: "v1"\r\n\r\n')
    assert (answer.status, answer.headers["etag"], answer.body) == (304, '"v1"', b"")
