"""TCP connections to the metadata service: deadlines, names, interfaces, and connections that end."""

import re
import socket
import threading
from itertools import count

import pytest
from clocks import LateAnswer
from scripted_service import RECORD, answer, service
from service_answers import failure_of
from service_over_sockets import USERDATA, WHOLE, asking, failing, hastily
from waiting import PATIENCE_S

from agent.errors import Code


def test_a_service_that_does_not_answer_in_time_is_reported_with_the_limit_of_the_settings():
    failure = failing(["wait for a request", "hang"], make=hastily)
    assert (failure.code, failure.detail) == (Code.METADATA_TIMEOUT, "no answer within 0.3 s")


@pytest.mark.parametrize(
    "script",
    [
        [("drip", WHOLE)],
        [("drip", b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500)],
        [b"HTTP/1.1 100 Continue\r\n\r\n" * 2, "hang"],
        [WHOLE[:-9], "hang"],
        [WHOLE[:-9], ("drip", b"")],
    ],
)
def test_an_answer_that_goes_on_when_the_time_is_over_is_no_answer(script):
    late = LateAnswer()
    with service(script) as running, asking(running.url, clock=late.clock) as metadata:
        late.service = running.client = metadata
        failure = failure_of(metadata.subscriber)
    assert failure.code is Code.METADATA_TIMEOUT
    assert re.fullmatch(rf"only \d+ bytes of an answer within {PATIENCE_S:g} s", failure.detail)


@pytest.mark.parametrize("end", ["reset", "close"])
def test_a_kept_connection_that_died_meanwhile_is_replaced_at_once(end):
    with (
        service([WHOLE, "wait for a request", end], [USERDATA, "wait for a request", end], [answer(b"{}")]) as running,
        asking(running.url) as metadata,
    ):
        metadata.subscriber()
        assert metadata.userdata() == b"hostname: gw\n"
        metadata.put_tags({"kitting_state": "provisioned"})
        assert (metadata.connections, metadata.requests) == (3, 5)


def test_a_new_connection_that_dies_is_not_replaced_without_a_pause():
    with service(["wait for a request", "close"]) as running, asking(running.url) as metadata:
        failure_of(metadata.subscriber)
        assert metadata.connections == 1


def test_a_service_that_closes_after_each_answer_is_served_as_well():
    closing = answer(RECORD, b"200 OK", b"Connection: close")
    with service([closing, "close"]) as running, asking(running.url) as metadata:
        metadata.subscriber()
        metadata.subscriber()
        assert metadata.connections == 2


def test_a_closed_port_is_unreachable():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
    failure = failure_of(asking(url).subscriber)
    assert failure.code is Code.METADATA_UNREACHABLE
    assert failure.detail == "no connection to 127.0.0.1: Connection refused"
    assert failure.where == f"{url}/v1/subscriber"


def test_a_connection_that_is_never_taken_is_unreachable():
    with socket.socket() as full, socket.socket() as waiting:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting.connect(full.getsockname())
        url = f"http://127.0.0.1:{full.getsockname()[1]}"
        failure = failure_of(asking(url, timeout=0.3, clock=count(0.0, 0.001).__next__).subscriber)
    assert (failure.code, failure.detail) == (Code.METADATA_UNREACHABLE, "no connection to 127.0.0.1 within 0.3 s")


@pytest.mark.parametrize("host", ["no-such-name.invalid", "x" * 80 + ".invalid", "ba..d", "日本.invalid"])
def test_a_name_that_does_not_resolve_is_named(host):
    failure = failure_of(asking(f"http://{host}").subscriber)
    assert failure.code is Code.METADATA_NO_NAME


def test_a_resolver_that_hangs_is_left_behind(monkeypatch):
    over = threading.Event()
    really = socket.getaddrinfo

    def hang(host, *args, **kwargs):
        if host == "metadata.soracom.io" and not kwargs.get("flags"):
            over.wait()
        return really(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    try:
        failure = failure_of(hastily("http://metadata.soracom.io").subscriber)
    finally:
        monkeypatch.undo()
        over.set()
    assert (failure.code, failure.detail) == (Code.METADATA_NO_NAME, "no answer about metadata.soracom.io within 0.3 s")


def test_requests_leave_by_the_local_address_that_is_set():
    with service([WHOLE]) as running, asking(running.url, interface="127.0.0.7") as metadata:
        metadata.subscriber()
    assert running.peers == ["127.0.0.7"]


def test_requests_leave_by_the_interface_that_is_set():
    with service([WHOLE]) as running, asking(running.url, interface="lo") as metadata:
        metadata.subscriber()
    assert running.peers == ["127.0.0.1"]


@pytest.mark.parametrize(
    ("interface", "words"),
    [
        ("wwan7", "there is no interface wwan7 ([metadata] interface)"),
        ("an-interface-with-a-long-name", "there is no interface an-interface-with-a-long-name ([metadata] interface)"),
        ("192.0.2.77", "this device has no address 192.0.2.77 ([metadata] interface)"),
    ],
)
def test_an_interface_that_is_missing_is_named(interface, words):
    failure = failing([WHOLE], interface=interface)
    assert (failure.code, failure.detail) == (Code.METADATA_UNREACHABLE, words)


def test_an_address_of_the_wrong_kind_reaches_nothing():
    assert failing([WHOLE], interface="::1").code is Code.METADATA_NO_NAME


@pytest.fixture
def names(monkeypatch):
    """Addresses by name, as a resolver would tell them; a name that is not there does not resolve."""
    really, text = socket.getaddrinfo, {}

    def look_up(host, port, family=0, kind=0, **more):
        if host.replace(".", "").isdigit():
            return really(host, port, family, kind, **more)
        if more or host not in text:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return really(text[host], port, family, kind)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return text


def test_the_name_is_looked_up_anew_for_a_new_connection_and_has_to_resolve(names):
    names["service.test"] = "127.0.0.1"
    with service([WHOLE]) as running, asking(f"http://service.test:{running.port}") as metadata:
        metadata.subscriber()
        del names["service.test"]
        assert failure_of(metadata.subscriber_anew).code is Code.METADATA_NO_NAME


def test_a_name_with_a_new_address_is_followed_and_no_other_address_is_used(names):
    names["service.test"] = "127.0.0.1"
    with service([WHOLE], ["hang"]) as running, asking(f"http://service.test:{running.port}") as metadata:
        metadata.subscriber()
        names["service.test"] = "127.0.0.2"
        assert failure_of(metadata.subscriber_anew).detail.startswith("no connection to 127.0.0.2")
        assert len(running.requests) == 1


def test_a_name_that_stayed_costs_one_connection(names):
    names["service.test"] = "127.0.0.1"
    with service([WHOLE], [WHOLE]) as running, asking(f"http://service.test:{running.port}") as metadata:
        metadata.subscriber()
        metadata.subscriber_anew()
        assert metadata.connections == len(running.peers) == 2
