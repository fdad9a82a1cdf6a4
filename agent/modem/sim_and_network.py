"""Pure. SIM state and network in the answers to AT commands; for people, never for decisions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TypeVar

from agent.errors import Code
from agent.identity import NotRead, Read, Reading, Registration, Signal, SimState
from agent.modem.answers import refusal
from agent.modem.dialogue import AtReply, Final

T = TypeVar("T")

_CPIN = re.compile(r'\+CPIN: *"?(?P<state>[A-Z0-9 _-]{2,20})"?', re.IGNORECASE)
_SIM_STATES = {
    "READY": SimState.READY,
    "SIM PIN": SimState.PIN,
    "SIM PUK": SimState.PUK,
    "SIM PIN2": SimState.READY,
    "SIM PUK2": SimState.READY,
    "NOT INSERTED": SimState.ABSENT,
    "NOT READY": SimState.BUSY,
    "EMPTY_EUICC": SimState.ABSENT,
}
"""States in the answer to `+CPIN?` (TS 27.007, 8.3); the last three are from vendors.

A SIM that needs PIN2 or PUK2 can still use the network.
"""
_SIM_ERRORS = {
    "10": SimState.ABSENT,
    "11": SimState.PIN,
    "12": SimState.PUK,
    "13": SimState.FAILED,
    "14": SimState.BUSY,
    "15": SimState.FAILED,
    "515": SimState.BUSY,
    "SIM NOT INSERTED": SimState.ABSENT,
    "SIM PIN REQUIRED": SimState.PIN,
    "SIM PUK REQUIRED": SimState.PUK,
    "SIM FAILURE": SimState.FAILED,
    "SIM BUSY": SimState.BUSY,
    "SIM WRONG": SimState.FAILED,
}
"""States in a `+CME ERROR` (TS 27.007, 9.2.1)."""
_REGISTRATIONS = {
    0: Registration.IDLE,
    1: Registration.HOME,
    2: Registration.SEARCHING,
    3: Registration.DENIED,
    5: Registration.ROAMING,
    6: Registration.HOME,
    7: Registration.ROAMING,
    9: Registration.HOME,
    10: Registration.ROAMING,
}
"""Registration states (TS 27.007, 7.2); 4 ("unknown") and 8 ("emergency only") have no value here."""
_COPS = re.compile(r'\+COPS: *[0-4],[0-2],"(?P<name>[^"]{1,64})"(?:,[0-9]{1,2})?', re.IGNORECASE)
_CSQ = re.compile(r"\+CSQ: *(?P<rssi>[0-9]{1,2}) *, *[0-9]{1,2}", re.IGNORECASE)
_CESQ = re.compile(r"\+CESQ: *(?:[0-9]{1,3} *, *){5}(?P<rsrp>[0-9]{1,3})(?: *,.{0,40})?", re.IGNORECASE)
_CNUM = re.compile(r'\+CNUM: *[^,]{0,40}, *"(?P<number>\+?[0-9]{3,20})".{0,40}', re.IGNORECASE)
_UCS2_DIGITS = 4
_MOST_RSSI = 31
_MOST_RSRP = 97


def sim_state_in(command: str, answer: AtReply) -> Reading[SimState]:
    """The SIM's state in the answer to `+CPIN?`, which may be an error."""
    if answer.final in {Final.ERROR, Final.BUSY} and (state := _SIM_ERRORS.get(answer.error.upper())):
        return Read(state)
    return _matched(command, answer, _CPIN, lambda match: _sim_state(match["state"].strip().upper()))


def _sim_state(name: str) -> SimState | None:
    return SimState.LOCKED if name.startswith("PH-") else _SIM_STATES.get(name)


def registration_in(command: str, answer: AtReply) -> Reading[Registration]:
    """The registration in the answer to `+CEREG?`, `+CGREG?` or `+CREG?`.

    The answer has two numbers; an unsolicited report has one number and does not count.
    """
    name = re.escape(command.removeprefix("AT").removesuffix("?"))
    shape = re.compile(rf"{name}: *[0-5] *, *(?P<state>[0-9]{{1,2}})(?: *,.{{0,80}})?", re.IGNORECASE)
    return _matched(command, answer, shape, lambda match: _REGISTRATIONS.get(int(match["state"])))


def best_registration(readings: Iterable[Reading[Registration]]) -> Reading[Registration]:
    """Among LTE, packet data and circuit calls: the first that is registered, else the first that was read."""
    found = list(readings)
    for wanted in ({Registration.HOME, Registration.ROAMING}, set(Registration)):
        for reading in found:
            if isinstance(reading, Read) and reading.value in wanted:
                return reading
    return next(iter(found), NotRead(Code.MODEM_SILENT, "no command was sent"))


def operator_in(command: str, answer: AtReply) -> Reading[str]:
    """The operator, by name or number, in the answer to `+COPS?` (TS 27.007, 7.3)."""
    return _matched(
        command, answer, _COPS, lambda match: _plain(match["name"]) if match["name"].isprintable() else None
    )


def _plain(name: str) -> str | None:
    """A name, also where the modem writes four hexadecimal digits for each character (UCS2, TS 27.007, 5.5)."""
    if len(name) < 2 * _UCS2_DIGITS or not re.fullmatch(r"(?:[0-9A-Fa-f]{4})+", name):
        return name.strip()
    text = bytes.fromhex(name).decode("utf-16-be", "replace").strip()
    return text if text.isprintable() else None


def signal_in(command: str, answer: AtReply) -> Reading[Signal]:
    """The strength in the answer to `+CSQ` or `+CESQ` (TS 27.007, 8.5 and 8.69)."""
    if command == "AT+CESQ":
        return _matched(command, answer, _CESQ, lambda match: _by_rsrp(int(match["rsrp"])))
    return _matched(command, answer, _CSQ, lambda match: _by_rssi(int(match["rssi"])))


def _by_rssi(rssi: int) -> Signal | None:
    return Signal(rssi * 100 // _MOST_RSSI, 2 * rssi - 113) if rssi <= _MOST_RSSI else None


def _by_rsrp(rsrp: int) -> Signal | None:
    return Signal(dbm=rsrp - 141) if rsrp <= _MOST_RSRP else None


def own_number_in(command: str, answer: AtReply) -> Reading[str]:
    """The first number in the answer to `+CNUM` (TS 27.007, 7.1); most SIMs store none."""
    return _matched(command, answer, _CNUM, lambda match: match["number"], only=False)


def _matched(
    command: str,
    answer: AtReply,
    shape: re.Pattern[str],
    make: Callable[[re.Match[str]], T | None],
    *,
    only: bool = True,
) -> Reading[T]:
    """The value of the lines of the given form; with `only`, two different values give none."""
    if answer.final is not Final.OK:
        return refusal(command, answer)
    found = [match for line in answer.lines if (match := shape.fullmatch(line))]
    if not found:
        return NotRead(Code.MODEM_UNVERIFIED, f"{command} was answered with no line of the expected form")
    values = [make(match) for match in found]
    first = values[0]
    if only and any(other != first for other in values):
        return NotRead(Code.MODEM_UNVERIFIED, f"{command} was answered with two different values")
    return (
        Read(first)
        if first is not None
        else NotRead(Code.MODEM_UNVERIFIED, f"{command} was answered with an unknown value")
    )
