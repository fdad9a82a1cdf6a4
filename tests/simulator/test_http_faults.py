import http.client
import json
import socket

import pytest
from sim_lines import FIRST, SECOND
from waiting import PATIENCE_S, until

from simulator import faults
from simulator.delivery import Close, Send, Wait, deliver
from simulator.faults import FAULTS, Faults
from simulator.http_messages import Response

GONE = (http.client.RemoteDisconnected, ConnectionError)
USERDATA = b"hostname: gw\n"


def test_a_fault_happens_so_many_times_and_never_again():
    wanted = Faults()
    wanted.add(faults.Hang(), times=2)
    assert [wanted.take(FIRST, "GET", "/") for _ in range(3)] == [faults.Hang(), faults.Hang(), None]


def test_a_fault_is_for_whom_and_what_it_was_asked_for():
    wanted = Faults()
    wanted.add(faults.Hang(), imsi=FIRST, path="/v1/subscriber*", method="PUT")
    assert wanted.take(SECOND, "PUT", "/v1/subscriber/tags") is None
    assert wanted.take(FIRST, "GET", "/v1/subscriber/tags") is None
    assert wanted.take(FIRST, "PUT", "/v1/userdata") is None
    assert wanted.take(FIRST, "PUT", "/v1/subscriber/tags") == faults.Hang()


def test_the_first_that_fits_is_the_one_that_happens():
    wanted = Faults()
    wanted.add(faults.EmptyBody(), times=1)
    wanted.add(faults.HtmlPage())
    assert [wanted.take(FIRST, "GET", "/") for _ in range(2)] == [faults.EmptyBody(), faults.HtmlPage()]


def test_faults_are_taken_back_for_one_sim_or_for_all():
    wanted = Faults()
    wanted.add(faults.Hang(), imsi=FIRST)
    wanted.add(faults.EmptyBody())
    wanted.clear(FIRST)
    assert wanted.pending() == (faults.EmptyBody(),)
    wanted.clear()
    assert wanted.pending() == ()


@pytest.mark.parametrize("scope", [{"times": 0}, {"times": -1}])
def test_a_fault_that_never_happens_is_not_taken(scope):
    with pytest.raises(ValueError, match="once or more"):
        Faults().add(faults.Hang(), **scope)


def test_a_connection_cannot_be_refused_for_a_path():
    with pytest.raises(ValueError, match="before a path is known"):
        Faults().add(faults.Refuse(), path="/v1/userdata")


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("body", [b"", b"x", b"xy", "日本".encode()])
def test_every_fault_can_be_delivered_whatever_the_answer_is(kind, body):
    for status in (200, 204, 404):
        steps = deliver(kind(), lambda status=status: Response(status, body), {}, method="GET", path="/").steps
        assert steps
        assert all(isinstance(step, Send | Wait | Close) for step in steps)


def test_a_refused_connection_is_reset_and_the_next_sim_is_not(server, client):
    server.faults.add(faults.Refuse(), imsi=FIRST, times=1)
    with pytest.raises(GONE):
        client().ask("GET", "/v1/userdata")
    assert client("127.0.0.2").ask("GET", "/v1/userdata")[0] == 200
    assert client().ask("GET", "/v1/userdata")[0] == 200


def test_a_reset_comes_before_anything_is_carried_out(server, client, platform):
    server.faults.add(faults.ConnectionReset(), times=1)
    with pytest.raises(ConnectionResetError):
        client().ask("PUT", "/v1/subscriber/tags", '[{"tagName":"a","tagValue":"b"}]')
    assert "a" not in platform.sim(FIRST).tags


def test_a_lost_answer_comes_after_it_was_carried_out(server, client, platform):
    server.faults.add(faults.LostAnswer(), method="PUT", times=1)
    with pytest.raises(http.client.RemoteDisconnected):
        client().ask("PUT", "/v1/subscriber/tags", '[{"tagName":"a","tagValue":"b"}]')
    assert platform.sim(FIRST).tags["a"] == "b"
    assert (platform.requests[-1].status, platform.requests[-1].fault) == (None, "LostAnswer")


@pytest.mark.parametrize("carried_out", [False, True])
def test_a_server_error_comes_before_or_after_the_change(server, client, platform, carried_out):
    server.faults.add(faults.ServerError(500, carried_out=carried_out))
    assert client().ask("PUT", "/v1/subscriber/tags", '[{"tagName":"a","tagValue":"b"}]')[0] == 500
    assert ("a" in platform.sim(FIRST).tags) is carried_out


@pytest.mark.parametrize(
    ("form", "content_type"), [("text", "text/plain"), ("html", "text/html"), ("json", "application/json")]
)
def test_a_server_error_comes_in_three_forms(server, client, form, content_type):
    server.faults.add(faults.ServerError(form=form))
    status, body, headers = client().ask("GET", "/v1/userdata")
    assert (status, headers["Content-Type"]) == (503, content_type)
    assert body


def test_a_hanging_answer_ends_when_the_peer_gives_up(server, client):
    server.faults.add(faults.Hang(), times=1)
    line = client()
    line.connection.request("GET", "/v1/userdata")
    until("the request that hangs", server.faults.pending, lambda left: left == ())
    line.connection.close()
    assert client().ask("GET", "/v1/userdata")[0] == 200


@pytest.mark.parametrize("after_bytes", [-1, 0, 1, 12])
def test_a_cut_answer_has_less_than_it_promised(server, client, after_bytes):
    server.faults.add(faults.CutAnswer(after_bytes))
    with pytest.raises(http.client.IncompleteRead) as caught:
        client().ask("GET", "/v1/userdata")
    assert caught.value.partial == USERDATA[: 6 if after_bytes < 0 else after_bytes]


def test_a_wrong_length_cuts_or_promises(server, client):
    server.faults.add(faults.WrongLength(-5), times=1)
    server.faults.add(faults.WrongLength(5))
    assert client().ask("GET", "/v1/userdata")[1] == USERDATA[:-5]
    with pytest.raises(http.client.IncompleteRead):
        client().ask("GET", "/v1/userdata")


def test_chunks_are_right_or_broken(server, client):
    server.faults.add(faults.Chunked(), times=1)
    server.faults.add(faults.Chunked(broken=True))
    assert client().ask("GET", "/v1/userdata")[1] == USERDATA
    with pytest.raises(http.client.IncompleteRead):
        client().ask("GET", "/v1/userdata")


@pytest.mark.parametrize("fault", [faults.SlowBody(2000), faults.SlowHeaders(2000), faults.Latency(0.05)])
def test_a_slow_answer_is_right(server, client, fault):
    server.faults.add(fault)
    assert client().ask("GET", "/v1/userdata")[1] == USERDATA


def test_slow_headers_come_a_byte_at_a_time(server):
    server.faults.add(faults.SlowHeaders(1 / PATIENCE_S))
    with socket.create_connection((server.host, server.port), timeout=PATIENCE_S) as connection:
        connection.sendall(b"GET /v1/userdata HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.recv(8) == b"H"


def test_too_many_requests_come_with_the_three_headers(server, client):
    server.faults.add(faults.TooManyRequests(42))
    status, body, headers = client().ask("GET", "/v1/subscriber")
    assert (status, headers["X-Soracom-Ratelimit-Seconds-Before-Refresh"]) == (429, "42")
    assert headers["X-Soracom-Ratelimit-Remaining"] == "0"
    assert json.loads(body)["code"]


def test_wrong_content_comes_with_status_200(server, client):
    wrong = [
        faults.HtmlPage(),
        faults.EmptyBody(),
        faults.WrongType(),
        faults.WrongEncoding(),
        faults.HugeBody(100_000),
    ]
    for fault in wrong:
        server.faults.add(fault, times=1)
    answers = [client().ask("GET", "/v1/userdata") for _ in wrong]
    assert {status for status, _, _ in answers} == {200}
    html, empty, list_, utf16, huge = (body for _, body, _ in answers)
    assert b"<html>" in html
    assert empty == b""
    assert isinstance(json.loads(list_), list)
    assert utf16.decode("utf-16").encode() == USERDATA
    assert len(huge) == 100_000


def test_broken_json_has_the_right_length(server, client):
    server.faults.add(faults.BrokenJson())
    body = client().ask("GET", "/v1/subscriber")[1]
    with pytest.raises(json.JSONDecodeError):
        json.loads(body)


def test_a_portal_sends_everybody_to_its_login_page(server, client):
    server.faults.add(faults.CaptivePortal())
    line = client()
    status, _, headers = line.ask("GET", "/v1/subscriber")
    assert (status, headers["Location"]) == (302, "/login")
    status, body, _ = line.ask("GET", headers["Location"])
    assert status == 200
    assert b"log in" in body


def test_a_redirect_leads_elsewhere(server, client):
    server.faults.add(faults.Redirect("http://127.0.0.1:1/", 307))
    status, body, headers = client().ask("GET", "/v1/subscriber")
    assert (status, body, headers["Location"]) == (307, b"", "http://127.0.0.1:1/")
