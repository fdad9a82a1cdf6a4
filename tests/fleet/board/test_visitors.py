"""Who is logged in, and who has guessed too often."""

from board_rows import Changing

from fleet.board.gate import FREE_ATTEMPTS, MAX_PASSWORD
from fleet.board.visitors import SESSION_S, Visitors

PASSWORD, NEAR, FAR = "correct horse", "192.0.2.1", "198.51.100.1"


def visitors():
    clock = Changing(1000.0)
    return Visitors(PASSWORD, clock), clock


def test_the_password_gives_a_token_for_a_shift():
    who, clock = visitors()
    token = who.log_in(NEAR, PASSWORD)
    assert who.knows(token)
    clock.now += SESSION_S
    assert not who.knows(token)


def test_every_token_is_another_and_one_that_was_given_back_is_worth_nothing():
    who, _ = visitors()
    first, second = who.log_in(NEAR, PASSWORD), who.log_in(NEAR, PASSWORD)
    who.log_out(first)
    assert (who.knows(first), who.knows(second), who.knows("")) == (False, True, False)


def test_a_wrong_password_gives_nothing():
    who, _ = visitors()
    for wrong in ("", "correct horsf", PASSWORD + " ", "x" * (MAX_PASSWORD + 1), "\ud800"):
        assert who.log_in(FAR, wrong) == ""


def test_who_guesses_too_often_has_to_wait_even_with_the_right_password_and_others_do_not():
    who, clock = visitors()
    for _ in range(FREE_ATTEMPTS + 1):
        who.log_in(FAR, "guess")
    wait_s = who.wait_s(FAR)
    assert wait_s > 0
    assert who.log_in(FAR, PASSWORD) == ""
    assert who.log_in(NEAR, PASSWORD)
    clock.now += wait_s
    assert who.log_in(FAR, PASSWORD)
    assert who.wait_s(FAR) == 0


def test_many_networks_that_guess_once_do_not_free_the_one_that_has_to_wait():
    who, _ = visitors()
    for _ in range(FREE_ATTEMPTS + 1):
        who.log_in(FAR, "guess")
    for number in range(3000):
        who.log_in(f"10.0.{number // 256}.{number % 256}", "guess")
    assert who.wait_s(FAR) > 0


def test_many_sessions_end_the_oldest():
    who, clock = visitors()
    first = who.log_in(NEAR, PASSWORD)
    for _ in range(300):
        clock.now += 1
        last = who.log_in(NEAR, PASSWORD)
    assert (who.knows(first), who.knows(last)) == (False, True)


def test_a_board_without_a_password_knows_everybody():
    assert Visitors(None).knows("")
    assert not Visitors(None).need_password
    assert Visitors(None).log_in(NEAR, "") == ""
