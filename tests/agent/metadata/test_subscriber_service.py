"""What each answer of the metadata service means."""

from datetime import UTC, datetime

import pytest
import requests
from service_answers import FORBIDDEN, PAGE, RECORD, TAGS, URL, failure_of, served

from agent.errors import Code, FailureKind


def test_a_redirect_is_not_followed(http, service):
    http.add("GET", f"{URL}/v1/subscriber", status=302, headers={"Location": "http://evil.example/"})
    http.add("GET", "http://evil.example/", json=RECORD)
    assert failure_of(service.subscriber).code is Code.METADATA_NOT_SORACOM
    assert len(http.calls) == 1


@pytest.mark.parametrize(
    "error",
    [
        requests.ConnectionError("x"),
        requests.exceptions.ContentDecodingError("x"),
        requests.TooManyRedirects("x"),
        OSError("x"),
        UnicodeError("x"),
        requests.exceptions.InvalidURL("x"),
    ],
)
def test_no_foreign_error_escapes(http, service, error):
    http.add("GET", f"{URL}/v1/subscriber", body=error)
    assert failure_of(service.subscriber).code.kind is FailureKind.NO_ANSWER


def works(http, service):
    served(http, "/v1/subscriber", RECORD)
    service.subscriber()


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (403, FORBIDDEN),
        (405, "Method Not Allowed"),
        (400, '{"code":"MTD0001","message":"the metadata service is read-only"}'),
        (400, "Readonly"),
    ],
)
def test_a_sim_that_may_only_read_is_distinguished_and_not_asked_again(http, service, status, body):
    works(http, service)
    served(http, "/v1/subscriber/tags", body, status, "PUT")
    assert service.read_only is None
    for _ in range(2):
        assert failure_of(service.put_tags, {"a": "b"}).code is Code.REPORT_READ_ONLY
    assert service.read_only is True
    assert http.assert_call_count(TAGS, 1)


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (400, '{"code":"SEM0001","message":"secret"}', "400 Bad Request: the service does not take these tags"),
        (403, PAGE, "metadata.not_soracom: the answer is 403 Forbidden"),
        (200, PAGE, "metadata.not_soracom: the answer is a web page"),
        (404, "", "metadata.not_soracom: the answer is 404 Not Found"),
        (302, "", "metadata.not_soracom: the answer is 302 Found, sending on to another page"),
        (503, "", "metadata.unavailable: 503 Service Unavailable"),
    ],
)
def test_a_report_that_was_not_taken_has_a_reason(http, service, status, body, words):
    works(http, service)
    served(http, "/v1/subscriber/tags", body, status, "PUT")
    failure = failure_of(service.put_tags, {"a": "b"})
    assert (failure.code, failure.detail, failure.where) == (Code.REPORT_NOT_SENT, words, TAGS)


def test_a_refusal_means_read_only_only_where_reading_works(http, service):
    served(http, "/v1/subscriber/tags", FORBIDDEN, 403, "PUT")
    failure = failure_of(service.put_tags, {"a": "b"})
    assert failure.code is Code.REPORT_NOT_SENT
    assert failure.detail == "metadata.disabled: 403 Forbidden"
    assert service.read_only is None


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_a_report_that_was_taken_is_known_to_be_allowed(http, service, status):
    served(http, "/v1/subscriber/tags", "", status, "PUT")
    service.put_tags({})
    assert service.read_only is False
    assert http.calls[0].request.body == b"[]"


def test_the_services_clock_is_that_of_its_last_answer(http, service):
    served(http, "/v1/subscriber", RECORD, headers={"Date": "Mon, 23 Nov 2026 09:05:00 GMT"})
    served(http, "/v1/userdata", "hostname: gw")
    service.subscriber()
    service.userdata()
    assert service.date == datetime(2026, 11, 23, 9, 5, tzinfo=UTC)


def test_the_small_question_is_answered_by_a_bare_number(http, service):
    served(http, "/v1/subscriber.lastModifiedTime", "1765030000000")
    assert service.modified() == "1765030000000"


def test_a_text_that_is_still_the_same_is_not_sent_again(http, service):
    served(http, "/v1/userdata", "hostname: x", headers={"ETag": '"v1"'})
    assert (service.userdata(), service.etag) == (b"hostname: x", '"v1"')
    http.reset()
    served(http, "/v1/userdata", status=304)
    assert service.userdata_unless('"v1"') is None
    assert http.calls[-1].request.headers["If-None-Match"] == '"v1"'


def test_a_text_that_changed_comes_with_its_new_name(http, service):
    served(http, "/v1/userdata", "hostname: y", headers={"ETag": 'W/"v2"'})
    assert (service.userdata_unless('"v1"'), service.etag) == (b"hostname: y", 'W/"v2"')


@pytest.mark.parametrize("etag", ["v1", '"', '"a b"', '"\u00e4"', '"' + "x" * 300 + '"'])
def test_a_name_that_cannot_be_sent_back_counts_as_none(http, service, etag):
    served(http, "/v1/userdata", "hostname: x", headers={"ETag": etag})
    service.userdata()
    assert service.etag is None
