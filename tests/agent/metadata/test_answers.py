"""The meaning of each answer of the metadata service."""

import json
from datetime import UTC

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from service_answers import FORBIDDEN, PAGE, RECORD, SUBSCRIBER, URL, failure_of, served

from agent.errors import Code, Failure
from agent.identity import Imsi, Subscriber
from agent.metadata.answers import MAX_BYTES, HttpAnswer, acknowledge, date_of, imsi_of, subscriber_of, userdata_of
from agent.metadata.patience import AskLater


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
def test_a_service_that_names_the_time_of_the_next_request_is_followed_within_bounds(http, service, headers, after_s):
    served(http, "/v1/subscriber", "", 429, headers=headers)
    failure = failure_of(service.subscriber)
    assert failure.code is Code.METADATA_UNAVAILABLE
    assert (failure.after_s if isinstance(failure, AskLater) else None) == after_s


def test_userdata_comes_byte_for_byte(http, service):
    text = "\ufeffhostname: 東京\r\n".encode() + b"\x1f\x8b\xff"
    served(http, "/v1/userdata", text)
    assert service.userdata() == text


@pytest.mark.parametrize(
    ("status", "body"), [(404, "Specified key does not exist."), (204, ""), (200, ""), (200, " \r\n")]
)
def test_userdata_that_is_not_set_is_missing(http, service, status, body):
    served(http, "/v1/userdata", body, status)
    assert failure_of(service.userdata).code is Code.USERDATA_MISSING


@pytest.mark.parametrize(("size", "code"), [(MAX_BYTES, None), (MAX_BYTES + 1, Code.USERDATA_TOO_LARGE)])
def test_userdata_has_a_limit(http, service, size, code):
    served(http, "/v1/userdata", b"#" * size)
    if code is None:
        assert len(service.userdata()) == size
    else:
        assert failure_of(service.userdata).code is code


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
    output = ""
    try:
        read_answer(answer)
    except Failure as failure:
        output = str(failure)
    assert len(output) < 250
    assert output.isprintable()
    assert "Router" not in output


@pytest.mark.parametrize("body", ["", "null", "-1", "1.5", PAGE, "9" * 20, "\u0661"])
def test_whatever_else_answers_the_small_question_is_not_the_service(http, service, body):
    served(http, "/v1/subscriber.lastModifiedTime", body)
    assert failure_of(service.modified).code is Code.METADATA_NOT_SORACOM


@pytest.mark.parametrize("value", [True, 1.5, None, "x", [], -1])
def test_a_record_that_has_no_time_is_never_compared(value):
    assert read(RECORD | {"lastModifiedTime": value}).modified is None
