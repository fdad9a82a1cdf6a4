"""The root half as a service: which outcome belongs to the order that was placed, and which belongs to another."""

import pytest

from agent.errors import Code, Failure
from agent.handover.by_service import TAKEN_WITHIN_S, ByService
from agent.handover.files import clear_order, place_outcome
from agent.handover.order import Outcome, Result, RollBack

UNREADABLE = Outcome(None, None, Result.NOT_APPLIED, failure=Failure(Code.ORDER_INVALID, "not JSON"))


class Service:
    """The two directories, a clock, and a script: at each pause of the waiting side the next action happens."""

    def __init__(self, place):
        self.inbox, self.own = place / "state", place / "apply"
        for directory in (self.inbox, self.own):
            directory.mkdir()
        self.now = 0.0
        self.actions = []
        self.half = ByService(self.inbox, self.own, lambda: self.now, self._sleep)

    def _sleep(self, _):
        self.now += 10.0
        if self.actions:
            self.actions.pop(0)()

    def writes(self, outcome):
        place_outcome(self.own, outcome)


@pytest.fixture
def service(tmp_path):
    return Service(tmp_path)


def test_the_outcome_of_the_placed_order_is_the_answer(service):
    done = Outcome("mine", None, Result.COMMITTED)
    service.writes(Outcome("another", None, Result.COMMITTED))
    service.actions = [lambda: service.writes(done)]
    assert service.half.order(RollBack("mine")) == done


def test_an_order_that_could_not_be_read_is_answered_by_an_outcome_without_id(service):
    service.actions = [lambda: service.writes(UNREADABLE), lambda: clear_order(service.inbox)]
    assert service.half.order(RollBack("mine")).failure.code is Code.ORDER_INVALID


def test_an_earlier_outcome_without_id_does_not_answer_a_new_order(service):
    done = Outcome("mine", None, Result.COMMITTED)
    service.writes(UNREADABLE)
    service.actions = [lambda: None, lambda: service.writes(done), lambda: clear_order(service.inbox)]
    assert service.half.order(RollBack("mine")) == done


def test_two_orders_in_a_row_that_cannot_be_read_are_both_answered(service):
    for order_id in ("first", "second"):
        service.actions = [lambda: service.writes(UNREADABLE), lambda: clear_order(service.inbox)]
        assert service.half.order(RollBack(order_id)).failure.code is Code.ORDER_INVALID


def test_an_order_that_is_not_taken_is_removed(service):
    with pytest.raises(Failure) as raised:
        service.half.order(RollBack("mine"))
    assert (raised.value.code, raised.value.detail) == (Code.APPLY_NOT_TAKEN, "no outcome within 60 s")
    assert service.now > TAKEN_WITHIN_S
    assert list(service.inbox.iterdir()) == []


@pytest.mark.parametrize(
    ("order_id", "outcome", "is_answer"),
    [
        ("1", Outcome("1", "d", Result.COMMITTED), True),
        ("1", Outcome("2", "d", Result.COMMITTED), False),
        (None, Outcome("2", "d", Result.COMMITTED), False),
        (None, UNREADABLE, False),
        (None, Outcome("2", "d", Result.UNCONFIRMED), True),
        ("1", None, False),
    ],
)
def test_an_order_left_open_is_found_by_its_id_or_because_it_waits_for_its_confirmation(
    service, order_id, outcome, is_answer
):
    if outcome:
        service.writes(outcome)
    found = service.half.settle(order_id)
    assert (found is not None) == is_answer
