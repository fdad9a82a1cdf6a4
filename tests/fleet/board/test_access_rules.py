"""Who may use the board: names, forms, networks, and wrong passwords."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.board.access_rules import (
    FREE_ATTEMPTS,
    LONGEST_WAIT_S,
    Attempts,
    is_own_form,
    is_own_name,
    name_of,
    network_of,
)
from fleet.listen_address import ListenAddress

HERE, EVERYWHERE = ListenAddress("127.0.0.1", 8700), ListenAddress("0.0.0.0", 8700)
NAMES = frozenset({"bench", "bench.local"})


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
def test_a_rebound_name_is_not_accepted(host, here, everywhere):
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
def test_a_form_is_accepted_from_pages_of_the_board_only(origin, own):
    assert is_own_form(origin, "bench:8700") is own


@given(st.text())
def test_any_header_has_a_name_and_a_network(host):
    assert isinstance(name_of(host), str)
    assert isinstance(network_of(host), str)


def test_each_wrong_password_lengthens_the_wait_up_to_a_limit():
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
def test_the_addresses_of_one_customer_are_one_network(one, other, same):
    assert (network_of(one) == network_of(other)) is same
