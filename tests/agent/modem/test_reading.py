"""Reading a modem over a real terminal: what it says, whatever it does, and the port given back as it was."""

import fcntl
import os
import pty
import termios
from dataclasses import replace
from pathlib import Path

import pytest
from simulated_ports import HASTY, PATIENT

from agent.errors import Code
from agent.identity import NotRead, Read, Registration, Signal, SimState, Source
from agent.modem.commands import COMMANDS, RESULTS_ON, WAKE
from agent.modem.limits import Limits
from agent.modem.reading import read_equipment, survey
from agent.modem.sim_and_network import best_registration
from agent.settings import ModemSettings
from simulator import modem_faults as faults
from simulator.model_files import load_model
from simulator.modem import Modem
from simulator.pseudo_terminal import ModemOnPty

IMEI = "490154203237518"
MODELS = sorted(path.stem for path in (Path(__file__).parents[3] / "simulator/models").glob("*.toml"))


def read(modem, limits=PATIENT, **wanted):
    with ModemOnPty(modem) as plugged:
        return read_equipment(ModemSettings(port=str(plugged.path)), limits=limits, **wanted)


@pytest.mark.parametrize("echo", [True, False])
@pytest.mark.parametrize("model", MODELS)
def test_every_family_tells_its_imei_and_nothing_is_sent_that_is_not_on_the_list(model, echo):
    modem = Modem(load_model(model), imei=IMEI, echo=echo)
    equipment = read(modem)
    assert equipment.imei.value.digits == IMEI
    assert equipment.imsi.value.digits == modem.imsi
    assert isinstance(equipment.model, Read)
    assert equipment.source is Source.AT
    assert set(modem.commands) <= COMMANDS


def test_the_imei_is_asked_for_twice():
    modem = Modem(load_model())
    read(modem)
    assert modem.commands.count("AT+CGSN") == 2


@pytest.mark.parametrize(
    "fault",
    [
        faults.Noise(),
        faults.CmeError(),
        faults.SimBusy(2),
        faults.NoSim(),
        faults.PinWanted(),
        faults.Pieces(),
        faults.LateAnswer(seconds=0.3),
        faults.NumericResults(),
        faults.LowerCaseEcho(),
        faults.ErrorsInWords(),
        faults.OpenPrompt(),
        faults.PukWanted(),
        faults.SimFailed(),
        faults.NotRegistered(),
        faults.Chatter("NO CARRIER"),
        faults.Chatter(place="before"),
        faults.Chatter(place="inside"),
        faults.Chatter(place="after"),
    ],
    ids=lambda fault: type(fault).__name__,
)
def test_a_modem_with_a_bad_habit_still_tells_its_imei(fault):
    assert read(Modem(load_model(), faults=[fault])).imei.value.digits == IMEI


def test_a_modem_without_result_codes_is_told_to_give_them():
    modem = Modem(load_model(), faults=[faults.QuietResults()])
    assert read(modem, replace(PATIENT, wakes=0)).imei.value.digits == IMEI
    assert modem.commands[0] == RESULTS_ON


@pytest.mark.parametrize(
    "fault", [faults.Silent(), faults.NmeaPort(), faults.Babble()], ids=lambda fault: type(fault).__name__
)
def test_a_port_that_answers_nothing_is_asked_a_few_times_and_then_for_result_codes(fault):
    modem = Modem(load_model(), faults=[fault])
    assert read(modem, HASTY).imei.code is Code.MODEM_SILENT
    assert modem.commands == [WAKE, WAKE, WAKE, RESULTS_ON]


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (faults.GarbagePort(), Code.MODEM_SILENT),
        (faults.DataCall(), Code.MODEM_BUSY),
        (faults.UnsteadyImei(), Code.MODEM_UNVERIFIED),
        (faults.WrongCheckDigit(), Code.MODEM_UNVERIFIED),
        (faults.Imeisv(), Code.MODEM_UNVERIFIED),
        (faults.VanishAfterBytes(10), Code.MODEM_GONE),
        (faults.VanishAtCommand(1), Code.MODEM_GONE),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_cannot_be_read_says_why(fault, code):
    equipment = read(Modem(load_model(), faults=[fault]))
    assert isinstance(equipment.imei, NotRead)
    assert equipment.imei.code is code


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


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        ([], SimState.READY),
        ([faults.NoSim()], SimState.ABSENT),
        ([faults.PinWanted()], SimState.PIN),
        ([faults.PukWanted()], SimState.PUK),
        ([faults.SimFailed()], SimState.FAILED),
    ],
)
def test_the_state_of_the_sim_is_read_and_no_pin_is_ever_sent(fault, state):
    modem = Modem(load_model(), faults=fault)
    assert read(modem, radio=True).radio.sim == Read(state)
    assert not [command for command in modem.commands if command.startswith("AT+CPIN=")]


@pytest.mark.parametrize(
    ("fault", "registration"),
    [
        ([], Registration.HOME),
        ([faults.NotRegistered(0)], Registration.IDLE),
        ([faults.NotRegistered(2)], Registration.SEARCHING),
        ([faults.NotRegistered(3)], Registration.DENIED),
        ([faults.NotRegistered(5)], Registration.ROAMING),
    ],
)
def test_the_network_is_read_where_somebody_wants_to_see_it(fault, registration):
    radio = read(Modem(load_model(), faults=fault), radio=True).radio
    assert radio.registration == Read(registration)
    assert (radio.operator, radio.signal) == (Read("NTT DOCOMO"), Read(Signal(58, -77)))
    assert radio.own_number == Read("+818011112222")


def test_a_pass_asks_for_nothing_that_it_does_not_need():
    modem = Modem(load_model())
    assert read(modem).radio is None
    assert not {"AT+CSQ", "AT+COPS?", "AT+CNUM"} & set(modem.commands)


def test_a_missing_sim_is_said_in_words():
    assert "no SIM is inserted" in read(Modem(load_model(), faults=[faults.NoSim()])).imsi.why


@pytest.mark.parametrize(
    ("port", "code"),
    [("/nowhere/ttyUSB0", Code.MODEM_NO_PORT), ("/dev/null", Code.MODEM_NO_PORT), ("/etc", Code.MODEM_NO_PORT)],
)
def test_a_port_that_is_none_is_said(port, code):
    assert read_equipment(ModemSettings(port=port)).imei.code is code


def test_a_port_that_somebody_claimed_is_left_alone_and_an_unclaimed_one_is_given_back():
    modem = Modem(load_model())
    with ModemOnPty(modem) as plugged:
        settings = ModemSettings(port=str(plugged.path))
        other = os.open(plugged.path, os.O_RDWR | os.O_NOCTTY)
        before = termios.tcgetattr(other)
        fcntl.ioctl(other, termios.TIOCEXCL)
        assert read_equipment(settings, limits=PATIENT).imei.code is Code.MODEM_BUSY
        fcntl.ioctl(other, termios.TIOCNXCL)
        fcntl.flock(other, fcntl.LOCK_EX)
        assert read_equipment(settings, limits=PATIENT).imei.code is Code.MODEM_BUSY
        fcntl.flock(other, fcntl.LOCK_UN)
        assert modem.commands == []
        assert isinstance(read_equipment(settings, limits=PATIENT).imei, Read)
        assert termios.tcgetattr(other) == before
        assert isinstance(read_equipment(settings, limits=PATIENT).imei, Read)
        os.close(other)


def test_a_port_in_a_data_call_is_left_alone():
    master, slave = pty.openpty()
    try:
        fcntl.ioctl(slave, termios.TIOCSETD, (21).to_bytes(4, "little"))
    except OSError as error:
        pytest.skip(f"this kernel has no multiplexer line discipline: {error.strerror}")
    assert read_equipment(ModemSettings(port=os.ttyname(slave))).imei.code is Code.MODEM_BUSY
    os.close(slave)
    os.close(master)


@pytest.mark.parametrize(
    ("said", "best"),
    [
        ([Registration.IDLE, Registration.HOME, Registration.IDLE], Registration.HOME),
        ([Registration.SEARCHING, Registration.ROAMING], Registration.ROAMING),
        ([Registration.DENIED, Registration.IDLE], Registration.DENIED),
    ],
)
def test_a_registration_with_any_part_of_the_network_is_one(said, best):
    assert best_registration(map(Read, said)) == Read(best)
