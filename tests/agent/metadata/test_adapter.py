"""The adapter through which `requests` uses the connections of a transport."""

import time

import pytest
import requests
from scripted_service import RECORD, answer, service
from waiting import PATIENCE_S

from agent.errors import Code, Failure
from agent.metadata.adapter import TransportAdapter
from agent.metadata.tcp_transport import Transport


@pytest.fixture
def transport():
    return Transport("", time.monotonic)


@pytest.fixture
def session(transport):
    with requests.Session() as session:
        session.trust_env = False
        session.mount("http://", TransportAdapter(transport))
        yield session


def test_requests_go_over_one_connection_of_the_transport_which_counts_their_bytes(session, transport):
    with service([answer(), answer(b"two")]) as running:
        transport.begin(running.url, PATIENCE_S)
        assert session.get(f"{running.url}/one").content == RECORD
        assert session.get(f"{running.url}/two").content == b"two"
        assert (transport.connections, len(running.peers)) == (1, 1)
        assert transport.bytes_received == len(answer() + answer(b"two"))
        assert transport.bytes_sent == sum(map(len, running.requests))


def test_a_failure_of_the_transport_comes_through_the_library_unchanged(session, transport):
    transport.begin("http://[::1]:1/", PATIENCE_S)
    with pytest.raises(Failure) as caught:
        session.get("http://127.0.0.1:1/")
    assert caught.value.code is Code.METADATA_UNREACHABLE
