"""The proof after an apply: the modem that was read before is read again."""

from dataclasses import replace

import pytest
from scripted_edges import EQUIPMENT, World

from agent.errors import Code, Failure
from agent.identity import Equipment, Imei, Read, value_of
from agent.provision.lifecycle import State
from agent.provision.proof import LOOK_S, why_no_witness

IMEI = value_of(EQUIPMENT.imei).digits
BUSY = Equipment.unread(Failure(Code.MODEM_BUSY, "another program holds the port"))
OTHER = replace(EQUIPMENT, imei=Read(Imei("356938035643809")))


class Modem:
    """A modem that gives these readings in turn, the last one for ever, and a clock that only its pauses move."""

    def __init__(self, *readings):
        self.readings, self.now = list(readings), 0.0

    def read(self):
        return self.readings.pop(0) if len(self.readings) > 1 else self.readings[0]

    def sleep(self, seconds):
        self.now += seconds

    def why(self, witness, within_s=10.0):
        return why_no_witness(self.read, witness, within_s, lambda: self.now, self.sleep)


@pytest.mark.parametrize("equipment", [EQUIPMENT, replace(OTHER, others=(EQUIPMENT,))])
def test_a_modem_that_is_read_again_is_witness_enough(equipment):
    assert Modem(equipment).why(IMEI) is None


def test_a_modem_that_comes_back_in_time_is_waited_for():
    modem = Modem(BUSY, BUSY, EQUIPMENT)
    assert (modem.why(IMEI), modem.now) == (None, 2 * LOOK_S)


@pytest.mark.parametrize(
    ("equipment", "reason"),
    [(BUSY, "another program holds the port"), (OTHER, "IMEI 356938035643809 is read instead")],
)
def test_a_modem_that_is_not_read_again_proves_nothing(equipment, reason):
    failure = Modem(equipment).why(IMEI)
    assert failure.code is Code.APPLY_UNCONFIRMED
    assert IMEI in failure.detail
    assert reason in failure.detail


def test_a_modem_that_was_not_read_before_is_not_asked_for():
    assert Modem(BUSY).why(None) is None


class Locking(World):
    """A gateway whose document makes its modem unreadable."""

    def order(self, order):
        self.equipment = BUSY
        return super().order(order)


def test_a_document_that_locks_the_modem_is_taken_back():
    quick = replace(World.settings, apply=replace(World.settings.apply, confirm_within=LOOK_S))
    result = Locking(settings=quick).run()
    assert (result.remembered.state, result.failure.code) == (State.ROLLED_BACK, Code.APPLY_UNCONFIRMED)
    assert "cannot be read any more" in result.failure.detail


def test_the_imei_that_was_read_is_remembered_before_the_order_is_given():
    world = World()
    world.run()
    assert [saved.witness for saved in world.saved][:2] == [IMEI, None]
