"""The metadata service over real sockets that behave as networks do."""

import json
import re

import pytest
from clocks import Paused
from example_counts import scaled
from hypothesis import given, settings
from hypothesis import strategies as st
from scripted_service import RECORD, answer, service
from service_answers import failure_of
from service_over_sockets import USERDATA, WHOLE, asking, failing, patiently
from waiting import until

from agent.errors import Code, Failure
from agent.identity import Imsi
from agent.metadata.answers import MAX_BYTES


def test_a_pass_needs_one_connection():
    with service([WHOLE, USERDATA, answer(b"{}")]) as running, asking(running.url) as metadata:
        assert metadata.subscriber().imsi == Imsi("001010000000001")
        assert metadata.userdata() == b"hostname: gw\n"
        metadata.put_tags({"kitting_state": "provisioned"})
        assert (metadata.connections, metadata.requests) == (1, 3)
        assert metadata.bytes_sent == sum(map(len, running.requests))
        assert metadata.bytes_received == len(WHOLE + USERDATA + answer(b"{}"))


def test_a_web_page_behind_a_genuine_record_is_what_the_operator_wrote():
    page = answer(b"<html>copied by mistake</html>")
    with service([WHOLE, page]) as running, patiently(running.url, Paused()) as metadata:
        metadata.subscriber()
        failure = failure_of(metadata.userdata)
    assert (failure.code, len(running.requests)) == (Code.USERDATA_SYNTAX, 2)
    assert "a web page" in failure.detail


def test_a_web_page_over_another_connection_is_another_servers():
    page = answer(b"<html>log in</html>", b"200 OK", b"Connection: close")
    with service([WHOLE, "close"], [page]) as running, asking(running.url) as metadata:
        metadata.subscriber()
        assert failure_of(metadata.userdata).code is Code.METADATA_NOT_SORACOM


def test_a_request_has_no_more_headers_than_it_needs():
    with service([WHOLE, answer(b"{}")]) as running, asking(running.url) as metadata:
        metadata.subscriber()
        metadata.put_tags({"site": "東京", "kitting_error": ""})
    assert sorted(running.requests[0].split(b"\r\n")) == sorted(
        [
            b"GET /v1/subscriber HTTP/1.1",
            b"Host: 127.0.0.1:%d" % running.port,
            b"User-Agent: kitting-agent",
            b"Accept-Encoding: identity",
            b"",
            b"",
        ]
    )
    head, _, body = running.requests[1].partition(b"\r\n\r\n")
    assert json.loads(body) == [
        {"tagName": "site", "tagValue": "東京"},
        {"tagName": "kitting_error", "tagValue": ""},
    ]
    assert head.startswith(b"PUT /v1/subscriber/tags HTTP/1.1\r\n")
    assert b"Content-Type: application/json" in head


def test_nothing_of_the_environment_counts(monkeypatch, tmp_path):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login x password secret\n")
    (tmp_path / ".netrc").chmod(0o600)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("HOME", str(tmp_path))
    with service([answer(RECORD, b"200 OK", b"Set-Cookie: a=b"), USERDATA]) as running, asking(running.url) as metadata:
        metadata.subscriber()
        metadata.userdata()
    assert not [word for word in (b"Authorization", b"Cookie", b"Proxy") if word in b"".join(running.requests)]


@pytest.mark.parametrize(
    ("script", "code", "words"),
    [
        (["reset"], Code.METADATA_UNREACHABLE, "without an answer|Connection reset by peer"),
        (["wait for a request", "reset"], Code.METADATA_UNREACHABLE, "without an answer"),
        (["wait for a request", "close"], Code.METADATA_UNREACHABLE, "without an answer"),
        ([WHOLE[:-1], "close"], Code.METADATA_TRUNCATED, "ended before its 26 bytes"),
        ([WHOLE[: -len(RECORD)], "close"], Code.METADATA_TRUNCATED, "ended before its 26 bytes"),
        ([WHOLE[:10], "close"], Code.METADATA_TRUNCATED, "ended after 10 bytes"),
        ([WHOLE[:17], "close"], Code.METADATA_TRUNCATED, "ended after 17 bytes"),
        ([WHOLE[:30], "close"], Code.METADATA_TRUNCATED, "ended after 30 bytes"),
        ([WHOLE[:38], "close"], Code.METADATA_TRUNCATED, "ended after 38 bytes"),
        ([WHOLE[:-9], "reset when read"], Code.METADATA_TRUNCATED, "ended before its 26 bytes"),
        ([b"SSH-2.0-dropbear\r\n", "close"], Code.METADATA_NOT_SORACOM, "not HTTP"),
        ([b"\x16\x03\x01\0\0\r\n" * 9], Code.METADATA_NOT_SORACOM, "not HTTP"),
        ([b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 300 + b"\r\n"], Code.METADATA_NOT_SORACOM, "not HTTP"),
        ([b"HTTP/1.1 200 OK\r\nA: " + b"b" * 70_000 + b"\r\n\r\n"], Code.METADATA_NOT_SORACOM, "not HTTP"),
        (
            [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"],
            Code.METADATA_TRUNCATED,
            "the body broke off",
        ),
        (
            [b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n{"imsi":\r\n', "close"],
            Code.METADATA_TRUNCATED,
            "the body broke off",
        ),
        ([answer(b"<html>login</html>")], Code.METADATA_NOT_SORACOM, "a web page"),
        ([b"HTTP/1.0 200 OK\r\n\r\n<html>login</html>", "close"], Code.METADATA_NOT_SORACOM, "a web page"),
        (
            [answer(b"", b"302 Found", b"Location: http://login.example/?session=secret")],
            Code.METADATA_NOT_SORACOM,
            "302 Found, sending on to login.example$",
        ),
        ([answer(b"", b"302 Found", b"Location: http://[::1")], Code.METADATA_NOT_SORACOM, "another page"),
        ([answer(b" " * (MAX_BYTES + 1))], Code.METADATA_NOT_SORACOM, "more than 262144 bytes"),
    ],
)
def test_every_way_in_which_a_network_fails_is_distinguished(script, code, words):
    failure = failing(script)
    assert failure.code is code
    assert re.search(words, failure.detail), failure.detail
    assert "secret" not in str(failure)


@pytest.mark.parametrize("size", [b"-5", b"-1", b"-" + b"f" * 40, b"f" * 70, b"8000000000000000", b"", b"0x5", b"\xb2"])
def test_a_chunk_without_a_possible_size_is_a_body_that_broke_off(size):
    chunk = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + size + b"\r\nhostname: gw\r\n0\r\n\r\n"
    assert failing([chunk, "close"]).code is Code.METADATA_TRUNCATED


pieces = st.lists(
    st.sampled_from(
        [
            b"HTTP/1.1 200 OK\r\n",
            b"HTTP/1.0 403 Forbidden\r\n",
            b"HTTP/1.1 302 \xff\r\nLocation: \xff://[\r\n",
            b"Content-Length: 26\r\n",
            b"Content-Length: 26, 27\r\n",
            b"Content-Length: " + b"9" * 5000 + b"\r\n",
            b"Content-Length: \xb2\r\n",
            b"Transfer-Encoding: chunked\r\n",
            b"Content-Encoding: gzip\r\n",
            b"Content-Type: text/html; charset=\x00\r\n",
            b"Set-Cookie: a=b; expires=never; domain=[\r\n",
            b"Date: \x00\r\n",
            b"Retry-After: 1e9\r\n",
            b"no colon\r\n",
            b"\r\n",
            b"1a\r\n",
            b"0\r\n\r\n",
            RECORD,
        ]
    )
    | st.binary(max_size=8),
    max_size=10,
)


@settings(max_examples=scaled(200))
@given(pieces, st.sampled_from(["subscriber", "userdata"]))
def test_whatever_comes_is_a_value_or_a_failure(parts, ask):
    with service([b"".join(parts), "close"]) as running, asking(running.url) as metadata:
        try:
            getattr(metadata, ask)()
        except Failure as failure:
            output = str(failure)
        else:
            output = ""
    assert len(output) < 200


def test_a_body_without_end_is_not_read_to_its_end():
    endless = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n" + b"#" * 2_000_000
    assert failing([endless, "hang"], "userdata").code is Code.USERDATA_TOO_LARGE


def test_a_redirect_with_a_huge_body_is_not_read_to_its_end():
    endless = b"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 99999999999\r\n\r\n" + b"#" * 2_000_000
    with service([endless, "hang"]) as running, asking(running.url) as metadata:
        assert failure_of(metadata.subscriber).code is Code.METADATA_NOT_SORACOM
        assert metadata.bytes_received < 2 * MAX_BYTES


@pytest.mark.parametrize("cut", range(1, len(USERDATA), 7))
def test_userdata_that_ends_in_the_middle_is_never_taken_for_the_whole(cut):
    assert failing([USERDATA[:cut], "close"], "userdata").code is Code.METADATA_TRUNCATED


def test_userdata_without_a_length_is_not_taken_as_complete():
    assert failing([b"HTTP/1.1 200 OK\r\n\r\nhostname: gw\n", "close"], "userdata").code is Code.METADATA_TRUNCATED


def test_chunks_are_as_good_as_a_length():
    chunks = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhostn\r\n8\r\name: gw\n\r\n0\r\n\r\n"
    with service([chunks, WHOLE]) as running, asking(running.url) as metadata:
        assert metadata.userdata() == b"hostname: gw\n"
        assert metadata.subscriber().imsi == Imsi("001010000000001")
        assert metadata.connections == 1


def test_userdata_that_is_packed_comes_as_it_is():
    packed = b"\x1f\x8b\x08anything"
    with service([answer(packed, b"200 OK", b"Content-Encoding: gzip")]) as running, asking(running.url) as metadata:
        assert metadata.userdata() == packed


def test_a_service_that_comes_up_late_is_waited_for():
    scripts = (
        ["reset"],
        ["wait for a request", "close"],
        [answer(b"", b"503 Service Unavailable", b"Connection: close")],
        [WHOLE],
    )
    with service(*scripts) as running, patiently(running.url, Paused()) as metadata:
        assert metadata.subscriber().imsi == Imsi("001010000000001")
        assert metadata.requests == 4


def test_the_patience_is_that_of_the_whole_pass():
    time = Paused()
    with service(["reset"]) as running, patiently(running.url, time) as metadata:
        failure_of(metadata.subscriber)
        spent = sum(time.pauses)
        requests = metadata.requests
        failure_of(metadata.userdata)
    assert 59 < spent <= 60
    assert sum(time.pauses) == spent
    assert metadata.requests == requests + 1


def test_after_an_apply_the_question_takes_a_new_connection():
    imsi = answer(b"001010000000001\n")
    with service([WHOLE, imsi], [imsi]) as running, asking(running.url) as metadata:
        metadata.subscriber()
        metadata.answers_anew(2.0)
        assert metadata.connections == 2
    assert running.requests[1].startswith(b"GET /v1/subscriber.imsi ")


@pytest.mark.parametrize(
    ("script", "code"),
    [
        (["reset"], Code.METADATA_UNREACHABLE),
        ([answer(b"Router set-up")], Code.METADATA_NOT_SORACOM),
        ([answer(b"")], Code.METADATA_NOT_SORACOM),
        ([answer(b"<html>")], Code.METADATA_NOT_SORACOM),
    ],
)
def test_after_an_apply_only_the_services_own_answer_counts(script, code):
    with service(script) as running, patiently(running.url, Paused()) as metadata:
        assert failure_of(lambda: metadata.answers_anew(60.0)).code is code


def test_after_an_apply_the_failure_names_the_whole_time_and_not_what_was_left_of_it():
    time = Paused()
    with (
        service(["reset"], ["wait for a request", "hang"]) as running,
        asking(running.url, clock=time.clock, sleep=time.sleep, random=lambda: 0.9) as metadata,
    ):
        failure = failure_of(lambda: metadata.answers_anew(1.0))
    assert (failure.code, failure.detail) == (Code.METADATA_TIMEOUT, "no answer within 1 s")


def test_after_an_apply_a_service_that_comes_back_in_time_counts():
    scripts = ["reset"], ["reset"], [answer(b"001010000000001")]
    with service(*scripts) as running, patiently(running.url, Paused()) as metadata:
        metadata.answers_anew(60.0)


def test_a_report_that_is_not_acknowledged_has_a_reason_and_nothing_else_escapes():
    with service(["wait for a request", "close"]) as running, asking(running.url) as metadata:
        failure = failure_of(lambda: metadata.put_tags({"a": "b"}))
    assert failure.code is Code.REPORT_NOT_SENT
    assert failure.detail == "metadata.unreachable: the connection was closed without an answer"


def test_a_tag_that_no_utf_8_can_carry_still_leaves():
    with service([answer(b"{}")]) as running, asking(running.url) as metadata:
        metadata.put_tags({"a": "\ud800"})
    assert running.requests[0].endswith(b'[{"tagName":"a","tagValue":"?"}]')


def test_userdata_that_was_read_ahead_is_not_asked_for_again():
    text = answer(b"hostname: gw\n")
    with service([text], [WHOLE]) as running, asking(running.url) as metadata:
        metadata.read_userdata_ahead()
        until("the question for the userdata", lambda: running.requests)
        metadata.subscriber()
        assert metadata.userdata() == b"hostname: gw\n"
        assert (metadata.connections, metadata.requests, len(running.requests)) == (2, 2, 2)
        assert metadata.bytes_received == len(text) + len(WHOLE)


def test_userdata_that_could_not_be_read_ahead_is_asked_for_in_its_turn():
    with service(["reset"], [WHOLE, answer(b"hostname: gw\n")]) as running, asking(running.url) as metadata:
        metadata.read_userdata_ahead()
        until("the connection for the userdata", lambda: running.peers)
        metadata.subscriber()
        assert metadata.userdata() == b"hostname: gw\n"
        assert metadata.requests == 3
