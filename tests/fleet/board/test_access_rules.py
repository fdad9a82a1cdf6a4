"""Who may come in: names, networks, and how often somebody may guess."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.board.access_rules import (
    FREE_ATTEMPTS,
    LONGEST_WAIT_S,
    Attempts,
    Listen,
    is_own_form,
    is_own_name,
    listen_of,
    name_of,
    network_of,
)

HERE, EVERYWHERE = Listen("127.0.0.1", 8700), Listen("0.0.0.0", 8700)
NAMES = frozenset({"bench", "bench.local"})


@pytest.mark.parametrize(
    ("text", "listen"),
    [
        ("127.0.0.1:8700", Listen("127.0.0.1", 8700)),
        ("localhost:0", Listen("localhost", 0)),
        ("[::1]:8700", Listen("::1", 8700)),
        (":8700", Listen("0.0.0.0", 8700)),
    ],
)
def test_an_address_is_a_host_and_a_port(text, listen):
    assert listen_of(text) == listen


@pytest.mark.parametrize("text", ["", "8700", "host", "host:", "host:99999", "::1:8700", "a b:1", "[::1]", "h:1:2"])
def test_what_is_no_address_is_refused(text):
    with pytest.raises(ValueError, match="HOST:PORT"):
        listen_of(text)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("bench", False),
    ],
)
def test_a_loopback_address_is_one_that_only_this_machine_reaches(host, loopback):
    assert Listen(host, 1).is_loopback is loopback


@pytest.mark.parametrize(
    ("host", "here", "everywhere"),
    [
        ("127.0.0.1:8700", True, True),
        ("LOCALHOST", True, True),
        ("[::1]:8700", True, True),
        ("192.0.2.7:8700", False, True),
        ("[2001:db8::1]", False, True),
        ("bench.local:8700", False, True),
        ("bench.local.:8700", False, True),
        ("rebound.example:8700", False, False),
        ("127.0.0.1.example", False, False),
        ("", False, False),
        ("a b", False, False),
        ("127.0.0.1:8700:1", False, False),
        ("127.0.0.1@example", False, False),
    ],
)
def test_a_name_that_was_rebound_is_not_answered(host, here, everywhere):
    assert is_own_name(host, HERE, NAMES) is here
    assert is_own_name(host, EVERYWHERE, NAMES) is everywhere


@pytest.mark.parametrize(
    ("origin", "own"),
    [
        (None, True),
        ("http://bench:8700", True),
        ("https://BENCH:8700", True),
        ("http://bench:8701", False),
        ("http://evil.example", False),
        ("null", False),
        ("", False),
        ("http://[", False),
    ],
)
def test_a_form_is_taken_from_pages_of_the_board_only(origin, own):
    assert is_own_form(origin, "bench:8700") is own


@given(st.text())
def test_no_header_breaks_the_gate(host):
    assert isinstance(name_of(host), str)
    assert isinstance(network_of(host), str)


def test_guessing_becomes_slower_and_never_stops_for_good():
    attempts, waits = Attempts(), []
    for _ in range(40):
        attempts = attempts.after_wrong(100.0)
        waits.append(attempts.wait_s(100.0))
    assert waits[:FREE_ATTEMPTS] == [0] * FREE_ATTEMPTS
    assert waits[FREE_ATTEMPTS : FREE_ATTEMPTS + 4] == [4, 8, 16, 32]
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT_S
    assert attempts.wait_s(100.0 + LONGEST_WAIT_S) == 0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("2001:db8::1", "2001:db8::2:3", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
    ],
)
def test_the_addresses_that_one_person_has_are_one_network(one, other, same):
    assert (network_of(one) == network_of(other)) is same
