"""SIM state and network in the answers to AT commands."""

import pytest

from agent.errors import Code
from agent.identity import Read, Registration, Signal, SimState, value_of
from agent.modem.dialogue import AtReply, Final
from agent.modem.sim_and_network import (
    best_registration,
    operator_in,
    own_number_in,
    registration_in,
    signal_in,
    sim_state_in,
)


@pytest.mark.parametrize(
    ("output", "best"),
    [
        ([Registration.IDLE, Registration.HOME, Registration.IDLE], Registration.HOME),
        ([Registration.SEARCHING, Registration.ROAMING], Registration.ROAMING),
        ([Registration.DENIED, Registration.IDLE], Registration.DENIED),
    ],
)
def test_a_registration_with_any_part_of_the_network_is_one(output, best):
    assert best_registration(map(Read, output)) == Read(best)


def reading(meaning, command, *lines):
    return meaning(command, AtReply(lines, Final.OK))


@pytest.mark.parametrize(
    ("line", "state"),
    [
        ("+CPIN: READY", SimState.READY),
        ("+CPIN: SIM PIN", SimState.PIN),
        ("+CPIN: SIM PUK2", SimState.READY),
        ('+CPIN: "PH-NET PIN"', SimState.LOCKED),
        ("+CPIN: NOT INSERTED", SimState.ABSENT),
    ],
)
def test_the_state_of_the_sim_is_in_the_answer(line, state):
    assert reading(sim_state_in, "AT+CPIN?", line) == Read(state)


@pytest.mark.parametrize(("error", "state"), [("10", SimState.ABSENT), ("SIM busy", SimState.BUSY)])
def test_an_error_may_be_the_state_of_the_sim(error, state):
    assert sim_state_in("AT+CPIN?", AtReply((), Final.ERROR, error)) == Read(state)


@pytest.mark.parametrize(
    ("lines", "registration"),
    [
        (["+CEREG: 0,1"], Registration.HOME),
        (['+CEREG: 2,5,"1A2B","01",7'], Registration.ROAMING),
        (["+CEREG: 0,4"], None),
        (["+CEREG: 1"], None),
        (["+CREG: 0,1"], None),
        (["+CEREG: 0,1", "+CEREG: 0,2"], None),
    ],
)
def test_a_registration_has_two_numbers_and_a_report_has_one(lines, registration):
    assert value_of(reading(registration_in, "AT+CEREG?", *lines)) is registration


@pytest.mark.parametrize(
    ("command", "line", "signal"),
    [
        ("AT+CSQ", "+CSQ: 18,99", Signal(58, -77)),
        ("AT+CSQ", "+CSQ: 99,99", None),
        ("AT+CESQ", "+CESQ: 99,99,255,255,20,56", Signal(dbm=-85)),
        ("AT+CESQ", "+CESQ: 99,99,255,255,255,255", None),
    ],
)
def test_the_strength_is_in_per_cent_or_dbm_and_unknown_numbers_are_none(command, line, signal):
    assert value_of(reading(signal_in, command, line)) == signal


def test_operator_and_number_are_texts_of_their_lines():
    assert reading(operator_in, "AT+COPS?", '+COPS: 0,0,"NTT DOCOMO",7') == Read("NTT DOCOMO")
    assert value_of(reading(operator_in, "AT+COPS?", "+COPS: 0")) is None
    lines = ('+CNUM: "","+818011112222",145', '+CNUM: "fax","0311112222",129')
    assert reading(own_number_in, "AT+CNUM", *lines) == Read("+818011112222")


def test_an_error_gives_no_value():
    assert operator_in("AT+COPS?", AtReply((), Final.ERROR, "3")).code is Code.MODEM_REFUSED
