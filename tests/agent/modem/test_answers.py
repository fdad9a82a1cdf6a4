"""The meaning of answers to AT commands: a verified number, or the reason why there is none."""

import re

import pytest
from example_counts import scaled
from hypothesis import given, settings
from hypothesis import strategies as st
from recorded_dialogues import all_dialogues, answered

from agent.identity import Imei, NotRead, Read
from agent.modem.answers import iccid_in, imei_in, imsi_in, text_in
from agent.modem.commands import IMEI_COMMANDS

DIALOGUES = all_dialogues()


FRAGMENTS = st.sampled_from(
    [text["received"].encode("latin-1") for _, text in DIALOGUES]
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
def test_any_bytes_give_no_number_or_a_verified_number(data, command):
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


@pytest.mark.parametrize(
    ("error", "output"),
    [("10", "no SIM is inserted"), ("SIM PIN required", "the SIM needs its PIN"), ("12", "PUK"), ("777", "error 777")],
)
def test_the_state_of_the_sim_is_shown_in_words(error, output):
    reading = imsi_in("AT+CIMI", answered("AT+CIMI", [f"\r\n+CME ERROR: {error}\r\n".encode()]))
    assert output in reading.why


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
