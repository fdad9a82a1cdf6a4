"""The source is asked in the background, by one thread, while there are requests."""

import threading
from dataclasses import replace

from board_rows import NOW, READY, board
from waiting import happened, until

from agent.errors import Code, Failure
from fleet.board.latest_board import LatestBoard

FIRST = board(READY)


def asked_until(watch, wanted):
    """Requests the board until it is the wanted one."""
    until("the wanted board", watch.board, lambda seen: seen == wanted)


def test_the_first_request_gets_the_sims_at_once():
    assert LatestBoard(lambda: FIRST).board() == FIRST


def test_the_source_is_not_asked_again_too_early():
    asked = []

    def source():
        asked.append(1)
        return FIRST

    watch = LatestBoard(source, every_s=3600.0)
    assert [watch.board() for _ in range(50)] == [FIRST] * 50
    assert len(asked) == 1


def test_after_a_failure_the_board_before_is_kept_with_the_problem():
    answers = iter([FIRST])

    def source():
        for answer in answers:
            return answer
        raise Failure(Code.PLATFORM_UNREACHABLE, "no route", advice="Look at the cable.")

    watch = LatestBoard(source, every_s=0.0)
    assert watch.board() == FIRST
    asked_until(watch, replace(FIRST, problem="platform.unreachable: no route Look at the cable."))


def test_without_any_answer_the_board_is_empty_with_a_problem():
    def source():
        raise Failure(Code.PLATFORM_BUSY, "later")

    found = LatestBoard(source, now=lambda: NOW).board()
    assert (found.rows, found.taken_at) == ((), NOW)
    assert found.problem.startswith("platform.busy: later")


def test_requests_do_not_wait_for_a_slow_platform_and_cause_one_question():
    go, asked = threading.Event(), []
    second = replace(FIRST, title="second")

    def source():
        asked.append(1)
        if len(asked) == 1:
            return FIRST
        happened("the answer that is let go", go)
        return second

    watch = LatestBoard(source, every_s=0.0)
    watch.board()
    assert {watch.board().title for _ in range(50)} == {FIRST.title}
    assert len(asked) <= 2
    go.set()
    asked_until(watch, second)
