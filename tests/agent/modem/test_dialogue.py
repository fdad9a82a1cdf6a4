"""One command and its answer: lines, a final result, and what the received bytes show of the port."""

import pytest
from recorded_dialogues import answered

from agent.modem.dialogue import MAX_BYTES, MOST_NOISE, AtReply, Exchange, Final


@pytest.mark.parametrize("error", ["14", "515", "SIM busy"])
def test_a_busy_sim_wants_to_be_asked_again(error):
    assert answered("AT+CIMI", [f"\r\n+CME ERROR: {error}\r\n".encode()]).final is Final.BUSY


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        (b"", AtReply()),
        (b"AT+CIMI\r", AtReply(echoed=True)),
        (b"AT+CIMI\r\r\n0010\r\n", AtReply(("0010",), echoed=True)),
        (b"at+cimi\r\r\n0010\r\n\r\nOK\r\n", AtReply(("0010",), Final.OK, "", echoed=True)),
        (b"late\r\nOK\r\nAT+CIMI\r\r\n", AtReply(echoed=True)),
        (b"\r\n0010\r\n0\r", AtReply(("0010",), Final.OK)),
        (b"\r\n+CME ERROR: 10\r\n", AtReply((), Final.ERROR, "10")),
        (b"\r\nMODEM ERROR: 3\r\n", AtReply((), Final.ERROR)),
        (b"\r\n\0O\0K\r\n", AtReply((), Final.OK)),
        (b"\r\nNO CARRIER\r\n", AtReply(("NO CARRIER",))),
        (b"\r\nO", AtReply()),
    ],
)
def test_an_answer_is_the_lines_after_the_last_echo_up_to_a_final_result(received, expected):
    assert answered("AT+CIMI", [received]) == expected


@pytest.mark.parametrize(
    ("received", "properties"),
    [
        (b"\r\nOK\r\n", {"at_line_end"}),
        (b"\r\n> ", {"prompted"}),
        (b"\x7e\xff\x7d\x23\xc0", {"binary", "data_call"}),
        (b"\x7e\x10", {"binary"}),
        (b"$GPGGA,1,2\r\n", {"binary", "at_line_end"}),
        (b"\xff" * MOST_NOISE, set()),
        (b"\xff" * (MOST_NOISE + 1), {"binary"}),
        (b"x" * MAX_BYTES, set()),
        (b"x" * (MAX_BYTES + 1), {"overflowed"}),
    ],
)
def test_received_bytes_show_what_the_port_is(received, properties):
    exchange = Exchange("AT")
    exchange.feed(received)
    names = ("at_line_end", "prompted", "binary", "data_call", "overflowed")
    assert {name for name in names if getattr(exchange, name)} == properties
