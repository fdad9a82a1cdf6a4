"""Beside Debian's real ModemManager: the IMEI is read, and nothing is taken from it."""

from threading import Thread

import pytest
from shared_modem import IMEI
from waiting import joined

from agent.errors import Code
from agent.identity import EquipmentSource, NotRead, Read
from agent.modem.asking import read_port
from agent.modem.limits import Limits
from agent.modem.reading import read_equipment
from agent.settings import ModemSettings

AUTO = ModemSettings()


def read(bed, settings=AUTO, **wanted):
    return read_equipment(settings, system=bed.root, **wanted)


def at(port):
    return read_port(port, 115200, Limits(), lambda _: None, radio=False)


def test_it_is_read_through_modemmanager_while_that_holds_it_and_by_at_after_it_is_gone(bed):
    bed.start_manager()
    through = read(bed, radio=True)
    assert (through.imei.value.digits, through.source) == (IMEI, EquipmentSource.MODEM_MANAGER)
    assert (through.manufacturer, through.model) == (Read("Quectel"), Read("EC25"))
    assert bed.asked()[2] == []

    assert at(bed.port(2)).imei.code is Code.MODEM_BUSY
    assert at(bed.port(3)).imei.value.digits == IMEI
    assert bed.asked()[2] == []
    assert bed.is_managed()

    bed.stop_manager()
    alone = read(bed)
    assert (alone.imei.value.digits, alone.source) == (IMEI, EquipmentSource.AT)


def test_a_wrong_number_that_modemmanager_believes_is_not_believed(bed):
    bed.tell("faults 2 WrongCheckDigit")
    bed.start_manager()
    found = read(bed)
    assert (found.imei.value.digits, found.source, found.port) == (IMEI, EquipmentSource.AT, bed.port(3))
    assert bed.asked()[2] == []
    bed.tell("faults 3 Silent")
    assert isinstance(read(bed).imei, NotRead)
    assert bed.is_managed()


def test_modemmanager_that_arrives_in_the_middle_of_a_pass_gets_its_ports(bed):
    bed.start_manager(and_wait=False)
    found = read(bed)
    assert (found.imei.value.digits, found.source) == (IMEI, EquipmentSource.MODEM_MANAGER)


def test_modemmanager_that_leaves_in_the_middle_of_a_pass_leaves_an_imei_or_an_honest_reason(bed):
    bed.start_manager()
    leaving = Thread(target=bed.stop_manager)
    leaving.start()
    found = [read(bed) for _ in range(3)]
    joined(leaving)
    for one in found:
        assert one.imei == Read(one.imei.value) if isinstance(one.imei, Read) else one.imei.why
    assert found[-1].imei.value.digits == IMEI


@pytest.mark.parametrize("fault", ["Pieces", "SimBusy", "Noise", "LateAnswer", "NumericResults"])
def test_the_same_device_with_a_bad_habit_is_read_by_at(bed, fault):
    bed.tell(f"faults 2 {fault}")
    bed.tell(f"faults 3 {fault}")
    assert read(bed).imei.value.digits == IMEI


def test_a_port_that_vanishes_costs_only_that_port(bed):
    bed.tell("faults 2 VanishAtCommand")
    assert isinstance(at(bed.port(2)).imei, NotRead)
    bed.tell("faults 2 VanishAtCommand")
    assert read(bed).imei.value.digits == IMEI


def test_a_wrong_speed_is_found_out(bed):
    bed.tell("faults 3 WrongSpeed")
    assert read(bed, ModemSettings(port=str((bed.root / "dev/ttyUSB3").resolve()))).imei.value.digits == IMEI
