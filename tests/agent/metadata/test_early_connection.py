"""Connections that are begun while the program is still being loaded: used where they are good, and never trusted."""

import socket
import threading

import pytest
from scripted_service import answer, service
from waiting import PATIENCE_S, joined, until

from agent.errors import Code, Failure
from agent.identity import Imsi
from agent.metadata import early_connection
from agent.metadata.subscriber_service import MetadataService
from agent.settings import MetadataSettings, PathSettings, Settings

WHOLE = answer()
USERDATA = answer(b"hostname: gw\n")


def settings_for(url, tmp_path):
    return Settings(metadata=MetadataSettings(url, "", PATIENCE_S, 0.0), paths=PathSettings(state=tmp_path))


def asking(settings):
    return MetadataService(settings.metadata, early_connection.transports(settings, is_first_pass=False))


@pytest.fixture
def known(tmp_path):
    """The state directory of a device that has made a pass."""
    return tmp_path


def test_what_was_begun_is_what_is_asked_over(known):
    with service([WHOLE, USERDATA]) as running, asking(settings_for(running.url, known)) as metadata:
        assert metadata.subscriber().imsi == Imsi("001010000000001")
        assert metadata.userdata() == b"hostname: gw\n"
        assert metadata.connections == len(running.peers) == 1


def test_a_new_device_has_a_second_one_for_its_userdata(tmp_path):
    with service([WHOLE], [WHOLE]) as running:
        settings = settings_for(running.url, tmp_path)
        lines = early_connection.transports(settings, is_first_pass=True)
        with MetadataService(settings.metadata, lines) as metadata:
            metadata.read_userdata_ahead()
            metadata.subscriber()
            metadata.userdata()
            assert metadata.connections == len(running.peers) == len(lines) == 2


def test_one_that_ended_meanwhile_is_replaced_at_once(known):
    with service(["close"], [WHOLE]) as running, asking(settings_for(running.url, known)) as metadata:
        until("the connection that was begun", lambda: metadata.connections)
        metadata.subscriber()
        assert metadata.connections == 2


def serve_one(place):
    connection, _ = place.accept()
    with connection:
        connection.recv(65536)
        connection.sendall(WHOLE)


def test_a_connection_that_was_refused_early_is_tried_again(known):
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        settings = settings_for(f"http://127.0.0.1:{place.getsockname()[1]}", known)
        begun = early_connection.transports(settings, is_first_pass=False)
        joined(begun[0]._pending._making)
        with MetadataService(settings.metadata, begun) as metadata:
            place.listen()
            serving = threading.Thread(target=serve_one, args=(place,))
            serving.start()
            metadata.subscriber()
            joined(serving)
            assert metadata.connections == 1


def test_one_to_somewhere_else_is_not_used(known):
    with service([WHOLE]) as elsewhere, service([WHOLE]) as running:
        lines = early_connection.transports(settings_for(elsewhere.url, known), is_first_pass=False)
        with MetadataService(settings_for(running.url, known).metadata, lines) as metadata:
            metadata.subscriber()
        assert (len(running.requests), elsewhere.requests) == (1, [])


def test_what_has_to_be_new_is_not_what_was_begun_before(known):
    text = [answer(b"001010000000001")]
    with service(["hang"], text) as running, asking(settings_for(running.url, known)) as metadata:
        until("the connection that was begun", lambda: metadata.connections)
        metadata.answers_anew(PATIENCE_S)
        assert metadata.connections == 2


@pytest.mark.parametrize("url", ["http://service.test", "http://[::1]:1"])
def test_a_wrong_name_and_a_closed_port_are_reported_by_the_caller(known, url):
    with asking(settings_for(url, known)) as metadata, pytest.raises(Failure) as caught:
        metadata.subscriber()
    assert caught.value.code in {Code.METADATA_NO_NAME, Code.METADATA_UNREACHABLE}
