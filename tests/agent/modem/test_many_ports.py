"""Several ports and several modems: who is asked, when, and which of them is ours."""

from dataclasses import replace
from threading import Timer

import pytest
from simulated_ports import QUICK, Machine

from agent.errors import Code
from agent.identity import Iccid, Imsi, NotRead, Subscriber
from agent.modem.known_ports import known_ports, remember
from agent.modem.limits import Limits
from agent.modem.reading import read_equipment, survey
from agent.resident.schedule import MODEM_LIMIT_S
from agent.settings import ModemSettings
from simulator import modem_faults as faults
from simulator.model_files import load_model
from simulator.modem import Modem
from simulator.pseudo_terminal import ModemOnPty

IMEI, OTHER = "490154203237518", "356938035643809"
AUTO = ModemSettings()


@pytest.fixture
def machine(tmp_path):
    with Machine(tmp_path / "machine") as machine:
        yield machine


@pytest.fixture
def state(tmp_path):
    (tmp_path / "state").mkdir()
    return tmp_path / "state"


def read(machine, state=None, settings=AUTO, **wanted):
    return read_equipment(settings, state, limits=QUICK, system=machine.root, **wanted)


def silent():
    return Modem(load_model(), faults=[faults.Silent()])


class Logged(Modem):
    """A modem that writes down on which port, of all, a command came."""

    def __init__(self, port, log, **values):
        super().__init__(**values)
        self.port, self.log = port, log

    def feed(self, data):
        self.log.append(self.port)
        return super().feed(data)


def test_eight_ports_with_one_good_are_asked_side_by_side(machine):
    log = []
    for number in range(8):
        wrong = [] if number == 5 else [faults.Silent()]
        machine.port(f"ttyUSB{number}", number, Logged(number, log, imei=IMEI, faults=wrong))
    assert read(machine).imei.value.digits == IMEI
    before_any_second = log[: next(place for place, port in enumerate(log) if port != 5 and log.index(port) < place)]
    assert set(before_any_second) == set(range(8))


def test_ports_that_are_no_good_do_not_hide_the_one_that_is(machine):
    machine.port("ttyUSB0", 0, Modem(load_model(), faults=[faults.GarbagePort()]))
    machine.port("ttyUSB1", 1, Modem(load_model(), faults=[faults.NmeaPort()]))
    machine.port("ttyUSB2", 2, Modem(load_model(), faults=[faults.Babble()]))
    machine.port("ttyUSB3", 3, Modem(load_model(), faults=[faults.VanishAtCommand(1)]))
    machine.port("ttyUSB4", 4)
    machine.port("ttyUSB5", 5, Modem(load_model(), imei=IMEI))
    assert read(machine).imei.value.digits == IMEI


def test_no_port_at_all_is_said(machine):
    assert read(machine).imei == NotRead(
        Code.MODEM_NO_PORT, "no USB serial port of a modem is there, and ModemManager has none"
    )


def test_a_port_for_data_calls_is_left_alone_where_another_answers(machine):
    calls = Modem(load_model(), imei=IMEI)
    machine.port("ttyUSB1", 1, Modem(load_model(), imei=IMEI))
    machine.port("ttyUSB3", 3, calls, udev="ID_MM_PORT_TYPE_AT_PPP")
    assert read(machine).imei.value.digits == IMEI
    assert calls.commands == []


def test_a_port_for_data_calls_is_asked_where_no_other_answers(machine):
    machine.port("ttyUSB1", 1, silent())
    machine.port("ttyUSB3", 3, Modem(load_model(), imei=IMEI), udev="ID_MM_PORT_TYPE_AT_PPP")
    assert read(machine).imei.value.digits == IMEI


def test_the_next_time_only_the_good_port_is_asked(machine, state):
    others = [silent(), Modem(load_model(), imei=IMEI)]
    machine.port("ttyUSB1", 1, others[0])
    machine.port("ttyUSB2", 2, Modem(load_model(), imei=IMEI), udev="ID_MM_PORT_TYPE_AT_PRIMARY")
    read(machine, state)
    asked = len(others[0].commands)
    assert known_ports(state) == (str(machine.root / "dev/ttyUSB2"),)
    assert read(machine, state).imei.value.digits == IMEI
    assert len(others[0].commands) == asked


def test_a_remembered_port_that_fell_silent_gives_way_to_the_others(machine, state):
    remember(state, [str(machine.root / "dev/ttyUSB1")])
    machine.port("ttyUSB1", 1, silent())
    machine.port("ttyUSB2", 2, Modem(load_model(), imei=IMEI))
    assert read(machine, state).imei.value.digits == IMEI
    assert known_ports(state) == (str(machine.root / "dev/ttyUSB2"),)


def two(machine):
    machine.port("ttyUSB0", 0, Modem(load_model(), imei=OTHER, imsi="001010000000009"), device="1-1")
    machine.port("ttyUSB4", 0, Modem(load_model(), imei=IMEI, imsi="001010000000001"), device="1-2")


@pytest.mark.parametrize(
    ("subscriber", "imei"),
    [
        (Subscriber(Imsi("001010000000001")), IMEI),
        (Subscriber(Imsi("001010000000009")), OTHER),
        (Subscriber(Imsi("440100000000000"), iccid=Iccid("8981000000000000011")), IMEI),
        (Subscriber(Imsi("440100000000000")), OTHER),
    ],
)
def test_of_two_modems_the_one_with_the_sim_counts(machine, subscriber, imei):
    two(machine)
    found = read(machine).carrying(subscriber)
    assert found.imei.value.digits == imei
    assert [other.imei.value.digits for other in found.others] == [{IMEI: OTHER, OTHER: IMEI}[imei]]


def test_both_of_two_modems_are_remembered(machine, state):
    two(machine)
    read(machine, state)
    assert len(known_ports(state)) == 2
    assert len(read(machine, state).others) == 1


def test_a_modem_that_was_here_is_waited_for(machine, state):
    remember(state, [str(machine.root / "dev/ttyUSB0")])
    later = Timer(0.1, lambda: machine.port("ttyUSB0", 0, Modem(load_model(), imei=IMEI)))
    later.start()
    patient = replace(QUICK, appears_s=20.0)
    assert read_equipment(AUTO, state, limits=patient, system=machine.root).imei.value.digits == IMEI
    later.join()


def test_a_uart_that_the_settings_name_is_asked_too(machine):
    with ModemOnPty(Modem(load_model(), imei=IMEI)) as plugged:
        settings = ModemSettings(uarts=(str(plugged.path),))
        assert read(machine, settings=settings).port == str(plugged.path)


def test_everything_that_was_asked_can_be_seen(machine):
    machine.port("ttyUSB0", 0, silent())
    machine.port("ttyUSB1", 1, Modem(load_model(), imei=IMEI))
    found = survey(AUTO, limits=QUICK, system=machine.root)
    assert [(port.name, said.imei == found.equipment.imei) for port, said in found.asked] == [
        ("ttyUSB0", False),
        ("ttyUSB1", True),
    ]
    assert {one.command for one in found.exchanges if one.port.endswith("ttyUSB1")} >= {"AT", "AT+CGSN", "AT+CIMI"}
    assert any(one.port.endswith("ttyUSB0") and one.received == b"" for one in found.exchanges)


def test_where_no_time_is_left_no_port_is_opened(machine):
    modem = Modem(load_model(), imei=IMEI)
    machine.port("ttyUSB0", 0, modem)
    found = read_equipment(AUTO, limits=replace(QUICK, all_s=0.0), system=machine.root)
    assert "no time was left" in found.imei.why
    assert modem.commands == []


def test_what_is_waited_for_leaves_time_for_the_ports(machine, state):
    remember(state, ["/dev/ttyUSB0"])
    hasty = replace(QUICK, appears_s=600.0, all_s=0.5, port_s=0.4)
    assert read_equipment(AUTO, state, limits=hasty, system=machine.root).imei.code is Code.MODEM_NO_PORT


def test_the_bounds_fit_into_what_a_pass_has_for_them():
    most = Limits()
    assert most.all_s + most.manager_answer_s + most.close_s < MODEM_LIMIT_S
