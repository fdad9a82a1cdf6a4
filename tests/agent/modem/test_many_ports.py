"""Several ports and several modems: who is asked, when, and which of them is ours."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import pytest
from simulated_ports import PATIENT, Machine
from waiting import PATIENCE_S, until

from agent.errors import Code
from agent.identity import Iccid, Imsi, NotRead, Subscriber
from agent.modem.commands import FIRMWARE_COMMANDS
from agent.modem.known_ports import known_ports, save_ports
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
    return read_equipment(settings, state, limits=PATIENT, system=machine.root, **wanted)


@contextmanager
def beside(call, *arguments, **more):
    """Runs a call in a thread of its own; what it returns is the result of the future."""
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(call, *arguments, **more)


def silent():
    return Modem(load_model(), faults=[faults.Silent()])


def garbage():
    return Modem(load_model(), faults=[faults.GarbagePort()])


def is_read_to_its_end(modem):
    until("the last question", lambda: list(modem.commands), lambda commands: FIRMWARE_COMMANDS[0] in commands)


class Logged(Modem):
    """A modem that writes down on which port, of all, a command came."""

    def __init__(self, port, log, **values):
        super().__init__(**values)
        self.port, self.log = port, log

    def feed(self, data):
        self.log.append(self.port)
        return super().feed(data)


def test_eight_ports_with_one_good_are_asked_side_by_side(machine):
    """The silent ones are not given up before all have been asked: each has been asked once by then."""
    log, mute = [], []
    for number in range(8):
        wrong = [] if number == 5 else [faults.Silent()]
        modem = Logged(number, log, model=load_model(), imei=IMEI, faults=wrong)
        plugged = machine.port(f"ttyUSB{number}", number, modem)
        mute += [] if number == 5 else [plugged]
    with beside(read, machine) as reading:
        until("a question at each port", lambda: sorted(set(log)), lambda asked: asked == list(range(8)))
        assert [log.count(number) for number in range(8) if number != 5] == [1] * 7
        for plugged in mute:
            plugged.unplug()
        assert reading.result().imei.value.digits == IMEI


def test_ports_that_are_no_good_do_not_hide_the_one_that_is(machine):
    good = Modem(load_model(), imei=IMEI)
    machine.port("ttyUSB0", 0, garbage())
    nmea = machine.port("ttyUSB1", 1, Modem(load_model(), faults=[faults.NmeaPort()]))
    babble = machine.port("ttyUSB2", 2, Modem(load_model(), faults=[faults.Babble()]))
    machine.port("ttyUSB3", 3, Modem(load_model(), faults=[faults.VanishAtCommand(1)]))
    machine.port("ttyUSB4", 4)
    machine.port("ttyUSB5", 5, good)
    with beside(read, machine) as reading:
        is_read_to_its_end(good)
        nmea.unplug()
        babble.unplug()
        assert reading.result().imei.value.digits == IMEI


def test_no_port_at_all_is_reported(machine):
    assert read(machine).imei == NotRead(
        Code.MODEM_NO_PORT, "there is no USB serial port of a modem, and ModemManager has no modem"
    )


def test_a_port_for_data_calls_is_left_alone_where_another_answers(machine):
    calls = Modem(load_model(), imei=IMEI)
    machine.port("ttyUSB1", 1, Modem(load_model(), imei=IMEI))
    machine.port("ttyUSB3", 3, calls, udev="ID_MM_PORT_TYPE_AT_PPP")
    assert read(machine).imei.value.digits == IMEI
    assert calls.commands == []


def test_a_port_for_data_calls_is_asked_where_no_other_answers(machine):
    machine.port("ttyUSB1", 1, garbage())
    machine.port("ttyUSB3", 3, Modem(load_model(), imei=IMEI), udev="ID_MM_PORT_TYPE_AT_PPP")
    assert read(machine).imei.value.digits == IMEI


def test_the_next_time_only_the_good_port_is_asked(machine, state):
    others = [garbage(), Modem(load_model(), imei=IMEI)]
    machine.port("ttyUSB1", 1, others[0])
    machine.port("ttyUSB2", 2, Modem(load_model(), imei=IMEI), udev="ID_MM_PORT_TYPE_AT_PRIMARY")
    read(machine, state)
    asked = len(others[0].commands)
    assert known_ports(state) == (str(machine.root / "dev/ttyUSB2"),)
    assert read(machine, state).imei.value.digits == IMEI
    assert len(others[0].commands) == asked


def test_a_remembered_port_that_is_no_good_any_more_gives_way_to_the_others(machine, state):
    save_ports(state, [str(machine.root / "dev/ttyUSB1")])
    machine.port("ttyUSB1", 1, garbage())
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
    save_ports(state, [str(machine.root / "dev/ttyUSB0")])
    looked = machine.root / "looked"
    machine.program(f"#!/bin/sh\necho x >> {looked}\nexit 1\n")
    with beside(read_equipment, AUTO, state, limits=replace(PATIENT, appears_s=PATIENCE_S), system=machine.root) as one:
        until("a look at ModemManager, without any port", looked.exists)
        machine.port("ttyUSB0", 0, Modem(load_model(), imei=IMEI))
        assert one.result().imei.value.digits == IMEI


def test_a_uart_that_the_settings_name_is_asked_too(machine):
    with ModemOnPty(Modem(load_model(), imei=IMEI)) as plugged:
        settings = ModemSettings(uarts=(str(plugged.path),))
        assert read(machine, settings=settings).port == str(plugged.path)


def test_everything_that_was_asked_can_be_seen(machine):
    good = Modem(load_model(), imei=IMEI)
    mute = machine.port("ttyUSB0", 0, silent())
    machine.port("ttyUSB1", 1, good)
    with beside(survey, AUTO, limits=PATIENT, system=machine.root) as reading:
        is_read_to_its_end(good)
        mute.unplug()
        found = reading.result()
    assert [(port.name, output.imei == found.equipment.imei) for port, output in found.asked] == [
        ("ttyUSB0", False),
        ("ttyUSB1", True),
    ]
    assert {one.command for one in found.exchanges if one.port.endswith("ttyUSB1")} >= {"AT", "AT+CGSN", "AT+CIMI"}
    assert any(one.port.endswith("ttyUSB0") and one.received == b"" for one in found.exchanges)


def test_where_no_time_is_left_no_port_is_opened(machine):
    modem = Modem(load_model(), imei=IMEI)
    machine.port("ttyUSB0", 0, modem)
    found = read_equipment(AUTO, limits=replace(PATIENT, all_s=0.0), system=machine.root)
    assert "no time was left for this port" in found.imei.why
    assert modem.commands == []


def test_what_is_waited_for_leaves_time_for_the_ports(machine, state):
    save_ports(state, ["/dev/ttyUSB0"])
    hasty = replace(PATIENT, appears_s=600.0, all_s=0.5, port_s=0.4)
    assert read_equipment(AUTO, state, limits=hasty, system=machine.root).imei.code is Code.MODEM_NO_PORT


def test_the_bounds_fit_into_what_a_pass_has_for_them():
    most = Limits()
    assert most.all_s + most.manager_answer_s + most.close_s < MODEM_LIMIT_S
