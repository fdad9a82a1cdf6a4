"""The one message that is obeyed, and all others, which are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.modem.commands import may_be_sent
from agent.modem.short_messages import MAX_BYTES, Incoming, is_wake, restoring

SAID = b'\r\n+CMT: "+810000000000",,"26/11/23,10:00:00+36"\r\n%s\r\n'


@pytest.mark.parametrize(
    "text", ["kitting wake", "Kitting Wake", "  KITTING WAKE ", "kitting wake".encode("utf-16-be").hex()]
)
def test_the_agreed_text_is_accepted(text):
    assert is_wake(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "kitting",
        "kitting wake now",
        "kitting  wake",
        "wake",
        "please: kitting wake",
        "00",
        "kitting wake\x00",
        "x" * 9999,
    ],
)
def test_no_other_is(text):
    assert not is_wake(text)


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_a_message_is_whole_in_whatever_pieces_it_comes(size):
    data = b"RDY\r\n" + SAID % b"kitting wake" + b"+CREG: 1\r\n" + SAID % b"other"
    incoming = Incoming()
    pieces = [data[place : place + size] for place in range(0, len(data), size)]
    assert [text for piece in pieces for text in incoming.feed(piece)] == ["kitting wake", "other"]


def test_the_text_alone_is_no_message():
    assert list(Incoming().feed(b"kitting wake\r\nOK\r\n")) == []


@given(st.lists(st.binary(max_size=300), max_size=10))
def test_whatever_comes_no_memory_is_lost_and_the_next_message_is_understood(pieces):
    incoming = Incoming()
    for piece in pieces:
        list(incoming.feed(piece))
    assert "kitting wake" in list(incoming.feed(b"\r\n\r\nX\r\n" + SAID % b"kitting wake"))


def test_what_never_ends_is_forgotten():
    incoming = Incoming()
    for _ in range(100):
        list(incoming.feed(b"x" * 1000))
    assert len(incoming._left) <= MAX_BYTES


@pytest.mark.parametrize(
    ("lines", "command"),
    [
        (("+CNMI: 2,1,0,0,0",), "AT+CNMI=2,1,0,0,0"),
        (("+CNMI:1,0,0,0,0",), "AT+CNMI=1,0,0,0,0"),
        ((), None),
        (("+CNMI: 9,9",), None),
        (("+CNMI: 2,1,0,0,0;+CFUN=0",), None),
    ],
)
def test_only_what_could_be_set_is_set_again(lines, command):
    assert restoring(lines) == command
    assert command is None or may_be_sent(command)
