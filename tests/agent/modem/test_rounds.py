"""The ports for each round, and the equipment that their answers make."""

from dataclasses import replace

import pytest

from agent.errors import Code, Failure
from agent.identity import Equipment, EquipmentSource, Iccid, Imei, Imsi, Read
from agent.modem import rounds
from agent.modem.candidate import Candidate
from agent.modem.mmcli import ManagedModem

SILENT = Equipment.unread(Failure(Code.MODEM_SILENT, "no answer"), "/dev/ttyUSB0")
IMEI, IMSI = Read(Imei("490154203237518")), Read(Imsi("001010000000001"))
WITH_IMEI = replace(SILENT, imei=IMEI, port="/dev/ttyUSB1", source=EquipmentSource.AT)
WITH_IMSI = replace(SILENT, imsi=IMSI)
WITH_MODEL = replace(SILENT, model=Read("EC25"))


def port(number, device="a", **more):
    return Candidate(f"/dev/ttyUSB{number}", f"ttyUSB{number}", device, (0, device, number), **more)


def managed(equipment=WITH_IMEI, device="a", ports=("ttyUSB1", "ttyUSB2"), at_ports=("ttyUSB2",)):
    return ManagedModem(equipment, device, ports, at_ports, None)


CALLS = port(3, for_calls=True)
PORTS = [port(1), port(2), CALLS, port(9, "b")]


def test_ports_of_a_managed_modem_are_known_by_its_device_or_their_name():
    modem = managed(device="a", ports=("ttyUSB9",))
    assert rounds.managed_modem_of(port(1), [modem]) is modem
    assert rounds.managed_modem_of(port(9, "b"), [modem]) is modem
    assert rounds.free([*PORTS, port(7, "c")], [modem]) == [port(7, "c")]


def test_the_first_round_has_no_port_for_data_calls_where_the_device_has_another():
    assert rounds.first_round(PORTS, ()) == [port(1), port(2), port(9, "b")]
    assert rounds.first_round([CALLS], ()) == [CALLS]


def test_the_first_round_has_only_the_port_that_answered_the_last_time():
    assert rounds.first_round(PORTS, ["/dev/ttyUSB2", CALLS.path]) == [port(2), port(9, "b")]


def test_the_second_round_has_the_rest_of_the_devices_without_an_imei():
    first = [port(1), port(9, "b")]
    assert rounds.second_round(PORTS, first, ["/dev/ttyUSB9"]) == [port(2), CALLS]
    assert rounds.second_round(PORTS, first, ["/dev/ttyUSB1", "/dev/ttyUSB9"]) == []


@pytest.mark.parametrize(
    ("equipment", "lacking"),
    [
        (SILENT, True),
        (WITH_IMEI, True),
        (WITH_IMSI, True),
        (replace(WITH_IMEI, imsi=IMSI), False),
        (replace(WITH_IMEI, iccid=Read(Iccid("8981000000000000017"))), False),
    ],
)
def test_a_free_port_is_read_where_the_imei_or_the_sim_is_missing(equipment, lacking):
    assert rounds.is_lacking(equipment) is lacking
    assert rounds.beside(PORTS, [managed(equipment)]) == ([port(2)] if lacking else [])


def test_a_free_port_for_data_calls_is_not_read():
    assert rounds.beside(PORTS, [managed(SILENT, at_ports=("ttyUSB2", "ttyUSB3"))]) == [port(2)]


def test_the_best_equipment_has_the_imei_or_else_the_next_important_value():
    assert rounds.best_read([SILENT, WITH_MODEL, WITH_IMSI, WITH_IMEI]) is WITH_IMEI
    assert rounds.best_read([SILENT, WITH_MODEL, WITH_IMSI]) is WITH_IMSI
    assert rounds.best_read([SILENT, WITH_MODEL]) is WITH_MODEL
    assert rounds.best_read([SILENT]) is SILENT


def test_each_device_is_one_modem():
    found = [(port(1), SILENT), (port(9, "b"), WITH_IMSI), (port(2), WITH_IMEI)]
    assert rounds.one_for_each_device(found) == [WITH_IMEI, WITH_IMSI]


def test_only_missing_values_are_filled_and_the_imei_brings_its_source():
    reported = replace(WITH_IMSI, model=Read("EC21"), source=EquipmentSource.MODEM_MANAGER)
    filled = rounds.completed(reported, replace(WITH_IMEI, model=Read("EC25")))
    assert filled == replace(reported, imei=IMEI, source=EquipmentSource.AT, port="/dev/ttyUSB1")
    assert rounds.completed(WITH_IMEI, WITH_IMSI) == replace(WITH_IMEI, imsi=IMSI)


def test_the_other_modems_stand_beside_the_best_one():
    assert rounds.arranged([WITH_IMSI, WITH_IMEI, SILENT]) == replace(WITH_IMEI, others=(WITH_IMSI, SILENT))
