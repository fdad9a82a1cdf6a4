"""Recorded and specified dialogues, and the form of their files."""

import tomllib

import pytest
from recorded_dialogues import all_dialogues, answered

from agent.identity import Imei, Imsi, NotRead, Read, check_digit_holds
from agent.modem.commands import COMMANDS
from agent.modem.dialogue import MAX_BYTES, ExchangeRecord
from agent.modem.dialogue_file import masked_exchanges, reading_in, trace, value_text

DIALOGUES = all_dialogues()


def wanted(message):
    if "imei" in message:
        return Read(Imei(message["imei"]))
    return message["value"] if "value" in message else message["not_read"]


def output(reading):
    match reading:
        case Read(Imei()):
            return reading
        case Read(value):
            return value_text(value)
        case NotRead(code, _):
            return code.text


@pytest.mark.parametrize("size", [1, 7, MAX_BYTES])
@pytest.mark.parametrize("message", [message for _, message in DIALOGUES], ids=[name for name, _ in DIALOGUES])
def test_a_dialogue_ends_as_it_must(message, size):
    data = message["received"].encode("latin-1")
    answer = answered(message["command"], [data[i : i + size] for i in range(0, len(data), size)])
    reading = reading_in(message["command"], answer, Imsi(message["imsi"]) if "imsi" in message else None)
    assert output(reading) == wanted(message)
    if isinstance(reading, NotRead):
        assert reading.why.startswith(message["command"])


def test_a_dialogue_is_one_or_the_other():
    for name, message in DIALOGUES:
        assert len({"imei", "value", "not_read"} & set(message)) == 1, name
        assert message["command"] in COMMANDS


def test_there_are_enough_of_both_kinds():
    assert len(DIALOGUES) >= 60
    assert sum("not_read" in message for _, message in DIALOGUES) >= 25


def test_a_trace_is_read_back_byte_for_byte_with_the_same_reading():
    received = bytes(range(256)) + b'"\\\r\n490154203237518\r\n\r\nOK\r\n'
    exchanges = [
        ExchangeRecord("/dev/a", "AT+CIMI", b"\r\n001010000000001\r\n\r\nOK\r\n"),
        ExchangeRecord("/dev/b", "AT+CGSN", received),
        ExchangeRecord("/dev/a", "AT+CGSN", b"\r\nERROR\r\n"),
    ]
    found = tomllib.loads(trace(exchanges, 'a "new" modem'))
    assert found["why"] == 'a "new" modem'
    assert [message["received"].encode("latin-1") for message in found["dialogue"]] == [
        one.received for one in exchanges
    ]
    assert [message.get("imei") or message.get("value") or message["not_read"] for message in found["dialogue"]] == [
        "001010000000001",
        "490154203237518",
        "modem.refused",
    ]
    assert [message.get("imsi") for message in found["dialogue"]] == [None, None, "001010000000001"]


def test_equal_numbers_have_equal_masks_and_short_numbers_stay():
    numbers = b"490154203237518 490154203237518 490154203237519 08011112222 123456"
    (hidden,) = masked_exchanges([ExchangeRecord("port", "AT+CGSN", numbers)])
    first, again, wrong, short, shortest = hidden.received.decode().split()
    assert first == again != "490154203237518"
    assert (first[:6], wrong[:6], short, shortest) == ("490154", "490154", "0" * 11, "123456")
    assert (check_digit_holds(first), check_digit_holds(wrong)) == (True, False)
