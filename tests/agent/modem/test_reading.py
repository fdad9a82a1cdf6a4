"""Reading a modem over a real terminal: what it says, whatever it does, and the port given back as it was."""

from dataclasses import replace
from pathlib import Path

import pytest
from simulated_ports import HASTY, PATIENT

from agent.errors import Code
from agent.identity import EquipmentSource, NotRead, Read, Registration, Signal, SimState
from agent.modem.commands import COMMANDS, RESULTS_ON, WAKE
from agent.modem.reading import read_equipment
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
def test_every_family_reports_its_imei_and_nothing_is_sent_that_is_not_on_the_list(model, echo):
    modem = Modem(load_model(model), imei=IMEI, echo=echo)
    equipment = read(modem)
    assert equipment.imei.value.digits == IMEI
    assert equipment.imsi.value.digits == modem.imsi
    assert isinstance(equipment.model, Read)
    assert equipment.source is EquipmentSource.AT
    assert set(modem.commands) <= COMMANDS


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
def test_a_modem_with_a_bad_habit_still_reports_its_imei(fault):
    assert read(Modem(load_model(), faults=[fault])).imei.value.digits == IMEI


def test_a_modem_without_result_codes_is_set_to_give_them():
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
def test_what_cannot_be_read_has_a_reason(fault, code):
    equipment = read(Modem(load_model(), faults=[fault]))
    assert isinstance(equipment.imei, NotRead)
    assert equipment.imei.code is code


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
def test_the_network_is_read_where_a_person_asks_for_it(fault, registration):
    radio = read(Modem(load_model(), faults=fault), radio=True).radio
    assert radio.registration == Read(registration)
    assert (radio.operator, radio.signal) == (Read("NTT DOCOMO"), Read(Signal(58, -77)))
    assert radio.own_number == Read("+818011112222")


def test_a_missing_sim_is_shown_in_words():
    assert "no SIM is inserted" in read(Modem(load_model(), faults=[faults.NoSim()])).imsi.why
