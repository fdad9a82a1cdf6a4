"""What each answer of the metadata service means."""

import json
from datetime import UTC, datetime

import pytest
import requests
import responses
from hypothesis import example, given
from hypothesis import strategies as st

from agent.errors import Code, Failure, Kind
from agent.identity import Iccid, Imsi, Subscriber
from agent.metadata.answers import MAX_BYTES, HttpAnswer, acknowledge, date_of, imsi_of, subscriber_of, userdata_of
from agent.metadata.patience import AskLater
from agent.metadata.service import MetadataService
from agent.settings import MetadataSettings

URL = "http://metadata.soracom.io"
TAGS = f"{URL}/v1/subscriber/tags"
FORBIDDEN = "You are not allowed to access Metadata Server."
PAGE = "<!DOCTYPE html><title>Router set-up</title>"

RECORD = {
    "imsi": "001010000000001",
    "msisdn": "420000000000001",
    "ipAddress": None,
    "type": "s1.4xfast",
    "groupId": "00000000-0000-4000-8000-000000000001",
    "status": "active",
    "tags": {"name": "gateway-01", "site": "東京"},
    "sessionStatus": {"imei": "490154203237518", "online": True, "cell": {"radioType": "LTE"}},
    "previousSession": {"imei": "356938035643809"},
    "imeiLock": {"imei": "490154203237518|ANONYMOUS"},
    "speedClass": "s1.fast",
    "simId": "8900000000000000001",
    "iccid": "8900000000000000001",
    "localInfo": {"imei": "356938035643809"},
    "subscription": "plan01s",
    "operatorId": "OP0000000000",
    "lastModifiedTime": 1765030000000,
}
SUBSCRIBER = Subscriber(
    imsi=Imsi("001010000000001"),
    sim_id="8900000000000000001",
    iccid=Iccid("8900000000000000001"),
    msisdn="420000000000001",
    group_id="00000000-0000-4000-8000-000000000001",
    status="active",
    speed_class="s1.fast",
    subscription="plan01s",
    operator="OP0000000000",
    imei_lock="490154203237518|ANONYMOUS",
    session_imei="490154203237518",
    online=True,
    tags={"name": "gateway-01", "site": "東京"},
    modified="1765030000000",
)


@pytest.fixture
def http():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as http:
        yield http


@pytest.fixture
def service():
    with MetadataService(MetadataSettings(patience=0.1)) as service:
        yield service


def failure_of(ask, *arguments):
    with pytest.raises(Failure) as caught:
        ask(*arguments)
    return caught.value


def served(http, path, body="", status=200, method="GET", headers=None):
    body = body if isinstance(body, str | bytes) else json.dumps(body)
    http.add(method, f"{URL}{path}", body, status=status, headers=headers, auto_calculate_content_length=True)


def read(record):
    return subscriber_of(HttpAnswer(200, {}, json.dumps(record).encode()), URL)


def test_the_record_as_it_is_today_is_read_without_the_numbers_of_other_devices(http, service):
    served(http, "/v1/subscriber", RECORD)
    assert service.subscriber() == SUBSCRIBER


def test_the_record_of_ten_years_ago_is_read_as_well():
    old = {
        "imsi": "001010000000001",
        "type": "s1.fast",
        "sessionStatus": {"imei": "490154203237518", "online": False},
    }
    assert read(old) == Subscriber(
        Imsi("001010000000001"), speed_class="s1.fast", session_imei="490154203237518", online=False
    )


def test_a_record_needs_nothing_but_an_imsi():
    assert read({"imsi": "001010000000001"}) == Subscriber(Imsi("001010000000001"))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*RECORD, "new"]), json_values))
@example({"tags": {"": ""}})
def test_every_other_member_may_be_anything(members):
    subscriber = read({**members, "imsi": "001010000000001"})
    assert subscriber.imsi == Imsi("001010000000001")
    assert subscriber.card.isprintable()
    for name, value in subscriber.tags.items():
        assert (name + value).encode().decode() == name + value


@pytest.mark.parametrize(
    ("lock", "read_as"),
    [
        (None, None),
        ({"imei": None}, None),
        ({"imei": "490154203237518"}, "490154203237518"),
        ("490154203237518", "490154203237518"),
        ({"imei": 490154203237518}, "(unreadable)"),
        ({"imei": ""}, "(unreadable)"),
        ({"imei": "4901\n54"}, "(unreadable)"),
        (True, "(unreadable)"),
        ([], "(unreadable)"),
    ],
)
def test_a_lock_that_cannot_be_read_is_still_a_lock(lock, read_as):
    assert read({**RECORD, "imeiLock": lock}).imei_lock == read_as


def test_what_no_utf_8_can_carry_in_a_tag_becomes_a_question_mark():
    assert read({**RECORD, "tags": {"site": "\ud800", "count": 3}}).tags == {"site": "?"}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "the answer is empty"),
        (b"null", "JSON, but not an object"),
        (b'["not", "what", "was", "promised"]', "JSON, but not an object"),
        (b'"001010000000001"', "JSON, but not an object"),
        (b"{}", "a JSON object without an IMSI"),
        (b'{"imsi": null}', "a JSON object without an IMSI"),
        (b'{"imsi": 1010000000001}', "a JSON object without an IMSI"),
        (b'{"imsi": "00101000000000x"}', "a JSON object without an IMSI"),
        (b'{"imsi": "001010000000001"', "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (json.dumps(RECORD).encode("utf-16"), "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (PAGE.encode(), "a web page"),
        (b"\xef\xbb\xbf\r\n <html>", "a web page"),
        (PAGE.encode("utf-16"), "a web page"),
        (b"ok", "not JSON"),
    ],
)
def test_what_is_no_record_is_not_soracom(http, service, body, words):
    served(http, "/v1/subscriber", body)
    failure = failure_of(service.subscriber)
    assert failure.code is Code.METADATA_NOT_SORACOM
    assert failure.detail == f"the answer is {words.removeprefix('the answer is ')}"
    assert service.date is None


@pytest.mark.parametrize("path", ["/v1/subscriber", "/v1/userdata"])
@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (403, FORBIDDEN, Code.METADATA_DISABLED),
        (403, "Forbidden", Code.METADATA_DISABLED),
        (403, "", Code.METADATA_DISABLED),
        (403, PAGE, Code.METADATA_NOT_SORACOM),
        (200, PAGE, Code.METADATA_NOT_SORACOM),
        (404, PAGE, Code.METADATA_NOT_SORACOM),
        (401, "", Code.METADATA_NOT_SORACOM),
        (407, "", Code.METADATA_NOT_SORACOM),
        (301, "", Code.METADATA_NOT_SORACOM),
        (304, "", Code.METADATA_NOT_SORACOM),
        (511, "log in first", Code.METADATA_NOT_SORACOM),
        (429, "{}", Code.METADATA_UNAVAILABLE),
        (500, "", Code.METADATA_UNAVAILABLE),
        (502, PAGE, Code.METADATA_UNAVAILABLE),
        (503, "", Code.METADATA_UNAVAILABLE),
        (599, "", Code.METADATA_UNAVAILABLE),
    ],
)
def test_every_status_means_one_thing(http, service, path, status, body, code):
    served(http, path, body, status)
    ask = service.subscriber if path == "/v1/subscriber" else service.userdata
    assert failure_of(ask).code is code


def test_the_sentence_alone_does_not_switch_the_service_off(http, service):
    served(http, "/v1/userdata", FORBIDDEN)
    assert service.userdata() == FORBIDDEN.encode()


@pytest.mark.parametrize(
    ("headers", "after_s"),
    [
        ({"Retry-After": "30"}, 30.0),
        ({"X-Soracom-Ratelimit-Seconds-Before-Refresh": "12"}, 12.0),
        ({"Retry-After": "99999999999999999999"}, 300.0),
        ({"Retry-After": "Mon, 23 Nov 2026 09:00:00 GMT"}, None),
        ({"Retry-After": "-1"}, None),
        ({"Retry-After": "²"}, None),
    ],
)
def test_a_service_that_says_when_to_come_back_is_heard_within_bounds(http, service, headers, after_s):
    served(http, "/v1/subscriber", "", 429, headers=headers)
    failure = failure_of(service.subscriber)
    assert failure.code is Code.METADATA_UNAVAILABLE
    assert (failure.after_s if isinstance(failure, AskLater) else None) == after_s


def test_a_redirect_is_not_followed(http, service):
    http.add("GET", f"{URL}/v1/subscriber", status=302, headers={"Location": "http://evil.example/"})
    http.add("GET", "http://evil.example/", json=RECORD)
    assert failure_of(service.subscriber).code is Code.METADATA_NOT_SORACOM
    assert len(http.calls) == 1


def test_userdata_comes_byte_for_byte(http, service):
    text = "\ufeffhostname: 東京\r\n".encode() + b"\x1f\x8b\xff"
    served(http, "/v1/userdata", text)
    assert service.userdata() == text


@pytest.mark.parametrize(
    ("status", "body"), [(404, "Specified key does not exist."), (204, ""), (200, ""), (200, " \r\n")]
)
def test_userdata_that_nobody_wrote_is_missing(http, service, status, body):
    served(http, "/v1/userdata", body, status)
    assert failure_of(service.userdata).code is Code.USERDATA_MISSING


@pytest.mark.parametrize(("size", "code"), [(MAX_BYTES, None), (MAX_BYTES + 1, Code.USERDATA_TOO_LARGE)])
def test_userdata_has_a_limit(http, service, size, code):
    served(http, "/v1/userdata", b"#" * size)
    if code is None:
        assert len(service.userdata()) == size
    else:
        assert failure_of(service.userdata).code is code


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
    assert failure_of(service.subscriber).code.kind is Kind.NO_ANSWER


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
def test_a_sim_that_may_only_read_is_told_apart_and_not_asked_again(http, service, status, body):
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
def test_a_report_that_was_not_taken_says_why(http, service, status, body, words):
    works(http, service)
    served(http, "/v1/subscriber/tags", body, status, "PUT")
    failure = failure_of(service.put_tags, {"a": "b"})
    assert (failure.code, failure.detail, failure.where) == (Code.REPORT_NOT_SENT, words, TAGS)


def test_a_refusal_says_read_only_only_where_reading_works(http, service):
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


@given(st.text(max_size=40) | st.sampled_from(["Mon, 31 Feb 2026 09:00:00 GMT", "Mon, 1 Jan 99999 0:0:0 +9999"]))
def test_a_date_that_is_none_is_no_date(text):
    moment = date_of(HttpAnswer(200, {"date": text}, b""))
    assert moment is None or moment.tzinfo is UTC


answers = st.builds(
    HttpAnswer,
    st.integers(100, 999),
    st.dictionaries(st.sampled_from(["date", "location", "retry-after"]), st.text(max_size=30)),
    st.binary(max_size=80) | st.sampled_from([PAGE.encode(), FORBIDDEN.encode(), json.dumps(RECORD).encode()]),
    st.booleans(),
)


READERS = {
    "subscriber": lambda answer: subscriber_of(answer, URL),
    "userdata": lambda answer: userdata_of(answer, URL),
    "imsi": lambda answer: imsi_of(answer, URL),
    "tags": lambda answer: acknowledge(answer, URL, reading_works=True),
}


@given(answers, st.sampled_from(list(READERS.values())))
def test_any_answer_is_a_value_or_a_failure_that_quotes_nothing(answer, read_answer):
    said = ""
    try:
        read_answer(answer)
    except Failure as failure:
        said = str(failure)
    assert len(said) < 250
    assert said.isprintable()
    assert "Router" not in said


def test_the_small_question_is_answered_by_a_bare_number(http, service):
    served(http, "/v1/subscriber.lastModifiedTime", "1765030000000")
    assert service.modified() == "1765030000000"


@pytest.mark.parametrize("body", ["", "null", "-1", "1.5", PAGE, "9" * 20, "\u0661"])
def test_whatever_else_answers_the_small_question_is_not_the_service(http, service, body):
    served(http, "/v1/subscriber.lastModifiedTime", body)
    assert failure_of(service.modified).code is Code.METADATA_NOT_SORACOM


@pytest.mark.parametrize("value", [True, 1.5, None, "x", [], -1])
def test_a_record_that_tells_no_time_is_never_compared(value):
    assert read(RECORD | {"lastModifiedTime": value}).modified is None


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
