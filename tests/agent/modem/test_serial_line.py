"""A modem's serial line over a real terminal."""

import os
import termios
from dataclasses import replace

import pytest
from simulated_ports import HASTY, PATIENT

from agent.errors import Code, Failure
from agent.modem.commands import NUMBERED_ERRORS, RESULTS_ON, WAKE
from agent.modem.dialogue import Final
from agent.modem.limits import Limits
from agent.modem.reading import read_equipment, survey
from agent.modem.serial_line import opened_line
from agent.settings import ModemSettings
from simulator import modem_faults as faults
from simulator.model_files import load_model
from simulator.modem import Modem
from simulator.pseudo_terminal import ModemOnPty

IMEI = "490154203237518"


@pytest.mark.parametrize("speed", [9600, 57600, 921600])
def test_a_modem_at_another_speed_is_found_and_the_line_restored(speed):
    limits = replace(PATIENT, wakes=0, wake_s=0.1, speeds=(speed,))
    with ModemOnPty(Modem(load_model(), faults=[faults.WrongSpeed(speed)])) as plugged:
        other = os.open(plugged.path, os.O_RDWR | os.O_NOCTTY)
        before = termios.tcgetattr(other)
        equipment = read_equipment(ModemSettings(port=str(plugged.path)), limits=limits)
        assert equipment.imei.value.digits == IMEI
        assert termios.tcgetattr(other) == before
        os.close(other)


def test_every_usual_speed_is_tried_twice_and_the_line_restored():
    modem = Modem(load_model(), faults=[faults.WrongSpeed(300)])
    limits = replace(HASTY, wakes=1, speed_s=0.02, speeds=Limits().speeds)
    with ModemOnPty(modem) as plugged:
        other = os.open(plugged.path, os.O_RDWR | os.O_NOCTTY)
        before = termios.tcgetattr(other)
        found = survey(ModemSettings(port=str(plugged.path)), limits=limits)
        assert found.equipment.imei.code is Code.MODEM_SILENT
        assert [one.command for one in found.exchanges] == [WAKE, RESULTS_ON, *[WAKE] * 8]
        assert termios.tcgetattr(other) == before
        os.close(other)


@pytest.fixture
def exchanges():
    return []


@pytest.fixture
def line(exchanges):
    with (
        ModemOnPty(Modem(load_model())) as plugged,
        opened_line(str(plugged.path), 9600, PATIENT, exchanges.append) as line,
    ):
        yield line


def test_an_answer_is_received_whole_and_recorded(line, exchanges):
    line.wake()
    answer = line.ask("AT+CGSN", lambda answer: bool(answer.lines))
    assert (answer.lines, answer.final) == ((IMEI,), Final.OK)
    assert [exchange.command for exchange in exchanges] == [WAKE, "AT+CGSN"]
    assert IMEI.encode() in exchanges[-1].received
    assert exchanges[-1].port == line.name


@pytest.mark.parametrize("command", ["AT+EGMR=1,7", "AT&W", "AT+CGSN;+CFUN=0"])
def test_a_command_that_is_not_on_the_list_is_not_sent(line, exchanges, command):
    with pytest.raises(ValueError, match="not in the list"):
        line.ask(command, bool)
    assert exchanges == []


def test_a_busy_sim_is_asked_again(exchanges):
    modem = Modem(load_model(), faults=[faults.SimBusy(2)])
    with ModemOnPty(modem) as plugged, opened_line(str(plugged.path), 9600, PATIENT, exchanges.append) as line:
        line.ask(NUMBERED_ERRORS, bool)
        assert line.ask("AT+CIMI", lambda answer: bool(answer.lines)).final is Final.OK
    assert [exchange.command for exchange in exchanges] == [NUMBERED_ERRORS, *["AT+CIMI"] * 3]


def test_a_modem_that_is_unplugged_is_gone(exchanges):
    modem = Modem(load_model(), faults=[faults.VanishAtCommand(1)])
    with (
        ModemOnPty(modem) as plugged,
        opened_line(str(plugged.path), 9600, PATIENT, exchanges.append) as line,
        pytest.raises(Failure) as caught,
    ):
        line.wake()
    assert caught.value.code is Code.MODEM_GONE
