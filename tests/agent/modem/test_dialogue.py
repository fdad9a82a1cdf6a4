"""Recorded and specified answers to "what is your IMEI?": a number that can be believed, or an honest "not read"."""

import re

import pytest
from example_counts import scaled
from hypothesis import given, settings
from hypothesis import strategies as st
from recorded_dialogues import all_dialogues, answered

from agent.identity import Imei, Imsi, NotRead, Read
from agent.modem.answers import iccid_in, imei_in, imsi_in, text_in
from agent.modem.commands import COMMANDS, IMEI_COMMANDS
from agent.modem.dialogue import MAX_BYTES, Final
from agent.modem.dialogue_file import reading_in, shown

DIALOGUES = all_dialogues()


def wanted(told):
    if "imei" in told:
        return Read(Imei(told["imei"]))
    return told["value"] if "value" in told else told["not_read"]


def said(reading):
    match reading:
        case Read(Imei()):
            return reading
        case Read(value):
            return shown(value)
        case NotRead(code, _):
            return code.text


@pytest.mark.parametrize("size", [1, 7, MAX_BYTES])
@pytest.mark.parametrize("told", [told for _, told in DIALOGUES], ids=[name for name, _ in DIALOGUES])
def test_a_dialogue_ends_as_it_must(told, size):
    data = told["received"].encode("latin-1")
    answer = answered(told["command"], [data[i : i + size] for i in range(0, len(data), size)])
    reading = reading_in(told["command"], answer, Imsi(told["imsi"]) if "imsi" in told else None)
    assert said(reading) == wanted(told)
    if isinstance(reading, NotRead):
        assert reading.why.startswith(told["command"])


def test_a_dialogue_is_one_or_the_other():
    for name, told in DIALOGUES:
        assert len({"imei", "value", "not_read"} & set(told)) == 1, name
        assert told["command"] in COMMANDS


def test_there_are_enough_of_both_kinds():
    assert len(DIALOGUES) >= 60
    assert sum("not_read" in told for _, told in DIALOGUES) >= 25


FRAGMENTS = st.sampled_from(
    [told["received"].encode("latin-1") for _, told in DIALOGUES]
    + [b"AT+CGSN\r", b"\r\nOK\r\n", b"\r\nERROR\r\n", b"\r\n+CREG: 1,5\r\n", b"\0", b"\r\n+CMT: 3569380356\r\n"]
)
TRUE = "490154203237518"


@settings(max_examples=scaled(2000))
@given(st.lists(FRAGMENTS, max_size=4), st.sampled_from(IMEI_COMMANDS))
def test_what_stands_before_our_echo_is_never_our_answer(before, command):
    label = "IMEI: " if command == "ATI" else ""
    data = b"".join(before) + b"\r\n" + f"{command}\r\r\n{label}{TRUE}\r\n\r\nOK\r\n".encode()
    assert imei_in(command, answered(command, [data])) == Read(Imei(TRUE))


@settings(max_examples=scaled(2000))
@given(st.binary(max_size=300), st.sampled_from(IMEI_COMMANDS))
def test_any_bytes_are_an_answer_that_says_nothing_or_a_verified_number(data, command):
    answer = answered(command, [data])
    reading = imei_in(command, answer)
    assert isinstance(reading, NotRead | Read)
    for meaning in (imsi_in, iccid_in, text_in):
        assert isinstance(meaning(command, answer), NotRead | Read)


@settings(max_examples=scaled(1000))
@given(st.from_regex(re.compile(r"[0-9]{15}"), fullmatch=True))
def test_only_a_right_check_digit_is_believed(digits):
    reading = imei_in("AT+CGSN", answered("AT+CGSN", [f"\r\n{digits}\r\n\r\nOK\r\n".encode()]))
    try:
        assert reading == Read(Imei(digits))
    except ValueError:
        assert isinstance(reading, NotRead)


@pytest.mark.parametrize("error", ["14", "515", "SIM busy"])
def test_a_busy_sim_wants_to_be_asked_again(error):
    assert answered("AT+CIMI", [f"\r\n+CME ERROR: {error}\r\n".encode()]).final is Final.BUSY


@pytest.mark.parametrize(
    ("error", "said"),
    [("10", "no SIM is inserted"), ("SIM PIN required", "the SIM needs its PIN"), ("12", "PUK"), ("777", "error 777")],
)
def test_the_state_of_the_sim_is_said_in_words(error, said):
    reading = imsi_in("AT+CIMI", answered("AT+CIMI", [f"\r\n+CME ERROR: {error}\r\n".encode()]))
    assert said in reading.why


@pytest.mark.parametrize(
    "line",
    [
        "8981000000000000017",
        "+CCID: 8981000000000000017",
        '+ICCID: "8981000000000000017F"',
        "^ICCID: 8981000000000000017F",
    ],
)
def test_the_iccid_comes_in_many_dresses(line):
    answer = answered("AT+CCID", [f"\r\n{line}\r\n\r\nOK\r\n".encode()])
    assert iccid_in("AT+CCID", answer).value.digits == "8981000000000000017"


def test_a_text_is_the_first_line_that_is_no_report():
    answer = answered("AT+CGMM", [b'AT+CGMM\r\r\n^RSSI:18\r\n\r\n+CGMM: "EC25"\r\n\r\nOK\r\n'])
    assert text_in("AT+CGMM", answer) == Read("EC25")
