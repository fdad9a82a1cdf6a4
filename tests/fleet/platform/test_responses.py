"""From the bytes of a response to a value or a failure."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from refusals import failure_of

from agent.errors import Code, Failure
from fleet.platform.responses import (
    MOST_PAUSE_S,
    ApiResponse,
    HttpResponse,
    api_response,
    refusal,
    requested_pause_s,
)

WHERE = "GET /sims"


def response(body, status=200, **headers):
    return HttpResponse(status, headers, body if isinstance(body, bytes) else json.dumps(body).encode())


def test_a_response_is_its_json_value_and_the_key_of_the_next_page():
    assert api_response(response([1], **{"x-soracom-next-key": "k"}), WHERE) == ApiResponse([1], "k")
    assert api_response(response(b" \r\n", status=204), WHERE) == ApiResponse(None)


@pytest.mark.parametrize("body", [b"<html>", b"{", b"\xff\xfe", b"[" * 100_000])
def test_content_that_is_not_json_is_not_understood(body):
    failure = failure_of(lambda: api_response(response(body), WHERE))
    assert (failure.code, failure.where) == (Code.PLATFORM_NOT_UNDERSTOOD, WHERE)


@pytest.mark.parametrize(
    ("body", "text", "platform_code"),
    [
        ({"code": "SEM0001", "message": "no\nmore"}, "HTTP 400: SEM0001 no more", "SEM0001"),
        ({"httpStatus": 400, "errorMessage": {"code": "X1", "message": "nested"}}, "HTTP 400: X1 nested", "X1"),
        ({"message": "without a code"}, "HTTP 400: without a code", None),
        ({"code": 5}, "HTTP 400: no message", None),
        ("just text", "HTTP 400: no message", None),
        ([1], "HTTP 400: no message", None),
        (b"<html>", "HTTP 400: no message", None),
    ],
)
def test_a_refusal_has_the_platforms_message_and_its_status_and_code_as_members(body, text, platform_code):
    failure = failure_of(lambda: api_response(response(body, status=400), WHERE))
    assert (failure.code, failure.detail, failure.where) == (Code.PLATFORM_REFUSED, text, WHERE)
    assert (failure.status, failure.platform_code) == (400, platform_code)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (302, Code.PLATFORM_UNREACHABLE),
        (400, Code.PLATFORM_REFUSED),
        (401, Code.PLATFORM_NOT_SIGNED_IN),
        (403, Code.PLATFORM_FORBIDDEN),
        (404, Code.PLATFORM_NO_SUCH),
        (409, Code.PLATFORM_REFUSED),
        (429, Code.PLATFORM_BUSY),
        (500, Code.PLATFORM_UNREACHABLE),
        (503, Code.PLATFORM_UNREACHABLE),
    ],
)
def test_the_status_chooses_the_code(status, code):
    assert refusal(response({}, status=status), WHERE).code is code


@given(st.binary(max_size=80), st.integers(300, 599))
def test_any_body_of_a_refusal_gives_a_failure(body, status):
    assert isinstance(refusal(response(body, status=status), WHERE), Failure)


@pytest.mark.parametrize(
    ("headers", "pause_s"),
    [
        ({}, 0.0),
        ({"retry-after": "17"}, 17.0),
        ({"x-soracom-ratelimit-seconds-before-refresh": "5"}, 5.0),
        ({"retry-after": "600"}, MOST_PAUSE_S),
        ({"retry-after": "soon"}, 0.0),
        ({"retry-after": "-1"}, 0.0),
        ({"retry-after": "١٧"}, 0.0),
    ],
)
def test_the_pause_that_the_platform_asks_for_is_read_from_two_headers(headers, pause_s):
    assert requested_pause_s(response({}, status=429, **headers)) == pause_s
