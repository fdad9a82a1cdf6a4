"""Logins, and networks that tried wrong passwords."""

from board_rows import Changing

from fleet.board.access_rules import FREE_ATTEMPTS, MAX_PASSWORD
from fleet.board.logins import SESSION_S, Logins

PASSWORD, NEAR, FAR = "correct horse", "192.0.2.1", "198.51.100.1"


def logins_and_clock():
    clock = Changing(1000.0)
    return Logins(PASSWORD, clock), clock


def test_the_password_gives_a_token_for_a_shift():
    logins, clock = logins_and_clock()
    token = logins.log_in(NEAR, PASSWORD)
    assert logins.is_valid(token)
    clock.now += SESSION_S
    assert not logins.is_valid(token)


def test_every_token_is_unique_and_invalid_after_the_logout():
    logins, _ = logins_and_clock()
    first, second = logins.log_in(NEAR, PASSWORD), logins.log_in(NEAR, PASSWORD)
    logins.log_out(first)
    assert (logins.is_valid(first), logins.is_valid(second), logins.is_valid("")) == (False, True, False)


def test_a_wrong_password_gives_nothing():
    logins, _ = logins_and_clock()
    for wrong in ("", "correct horsf", PASSWORD + " ", "x" * (MAX_PASSWORD + 1), "\ud800"):
        assert logins.log_in(FAR, wrong) is None


def test_a_network_with_too_many_wrong_passwords_has_to_wait_and_others_do_not():
    logins, clock = logins_and_clock()
    for _ in range(FREE_ATTEMPTS + 1):
        logins.log_in(FAR, "guess")
    wait_s = logins.wait_s(FAR)
    assert wait_s > 0
    assert logins.log_in(FAR, PASSWORD) is None
    assert logins.log_in(NEAR, PASSWORD)
    clock.now += wait_s
    assert logins.log_in(FAR, PASSWORD)
    assert logins.wait_s(FAR) == 0


def test_many_networks_with_one_wrong_password_do_not_free_the_one_that_has_to_wait():
    logins, _ = logins_and_clock()
    for _ in range(FREE_ATTEMPTS + 1):
        logins.log_in(FAR, "guess")
    for number in range(3000):
        logins.log_in(f"10.0.{number // 256}.{number % 256}", "guess")
    assert logins.wait_s(FAR) > 0


def test_many_sessions_end_the_oldest():
    logins, clock = logins_and_clock()
    first = logins.log_in(NEAR, PASSWORD)
    for _ in range(300):
        clock.now += 1
        last = logins.log_in(NEAR, PASSWORD)
    assert (logins.is_valid(first), logins.is_valid(last)) == (False, True)


def test_a_board_without_a_password_needs_no_login():
    assert Logins(None).is_valid("")
    assert not Logins(None).need_password
    assert Logins(None).log_in(NEAR, "") is None
