"""Pure. Dialogues as files: what a modem said, and what is read from it, in the form of the product's own tests.

A file is TOML with `why` and one table `[[dialogue]]` for each exchange: `command`, `received` (one character a byte),
and either what has to be read (`imei`, for other commands `value`) or the code of why not (`not_read`); `imsi` is what
the modem told before. So the file that somebody sends of an unknown modem is a test as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from agent.errors import Code
from agent.identity import Imsi, NotRead, Read, Reading, Registration, SimState, check_digit_holds
from agent.modem import answers, commands, sim_and_network
from agent.modem.dialogue import AtReply, Exchange, ExchangeRecord, Final

_KEPT = 6
"""Digits of an identifier that a mask leaves: of an IMSI country and network, of an IMEI most of the type."""
_NUMBER = re.compile(rb"[0-9]{7,}")
_IDENTIFIER_DIGITS = 14


def reading_in(command: str, answer: AtReply, imsi: Imsi | None = None) -> Reading[Any]:
    """What an answer to any command of the list means."""
    if command in commands.IMEI_COMMANDS:
        return answers.imei_in(command, answer, imsi)
    meaning = next((meaning for asked, meaning in _MEANINGS if command in asked), _ended)
    return meaning(command, answer)


def _ended(command: str, answer: AtReply) -> Reading[str]:
    """How an answer ended that carries nothing."""
    if answer.final is Final.NONE:
        return NotRead(Code.MODEM_SILENT, f"{command} was not answered to its end")
    return Read(answer.final.value)


_MEANINGS: tuple[tuple[tuple[str, ...], Callable[[str, AtReply], Reading[Any]]], ...] = (
    (commands.IMSI_COMMANDS, answers.imsi_in),
    (commands.ICCID_COMMANDS, answers.iccid_in),
    (commands.MANUFACTURER_COMMANDS, answers.text_in),
    (commands.MODEL_COMMANDS, answers.text_in),
    (commands.FIRMWARE_COMMANDS, answers.text_in),
    (commands.SIM_COMMANDS, sim_and_network.sim_state_in),
    (commands.REGISTRATION_COMMANDS, sim_and_network.registration_in),
    (commands.OPERATOR_COMMANDS, sim_and_network.operator_in),
    (commands.SIGNAL_COMMANDS, sim_and_network.signal_in),
    (commands.NUMBER_COMMANDS, sim_and_network.own_number_in),
)


def shown(value: object) -> str:
    """A value as a file has it."""
    return value.name.lower() if isinstance(value, SimState | Registration) else str(value)


def trace(exchanges: Iterable[ExchangeRecord], why: str) -> str:
    """The text of a file with these exchanges."""
    return "\n".join([f"why = {_quoted(why)}", "", *_tables(exchanges)])


def _tables(exchanges: Iterable[ExchangeRecord]) -> Iterator[str]:
    imsis: dict[str, Imsi] = {}
    for one in exchanges:
        exchange = Exchange(one.command)
        exchange.feed(one.received)
        reading = reading_in(one.command, exchange.answer, imsis.get(one.port))
        yield "[[dialogue]]"
        yield f"port = {_quoted(one.port)}"
        yield f"command = {_quoted(one.command)}"
        yield f"received = {_quoted(one.received.decode('latin-1'))}"
        yield from _result(one, reading, imsis.get(one.port))
        yield ""
        if isinstance(reading, Read) and isinstance(reading.value, Imsi):
            imsis[one.port] = reading.value


def _result(one: ExchangeRecord, reading: Reading[Any], imsi: Imsi | None) -> Iterator[str]:
    if isinstance(reading, NotRead):
        yield f"not_read = {_quoted(reading.code.text)}"
    else:
        key = "imei" if one.command in commands.IMEI_COMMANDS else "value"
        yield f"{key} = {_quoted(shown(reading.value))}"
    if imsi and one.command in commands.IMEI_COMMANDS:
        yield f"imsi = {_quoted(imsi.digits)}"


def _quoted(text: str) -> str:
    """A basic string of TOML; what is not printable ASCII is escaped, so that every byte is seen."""
    escapes = {'"': '\\"', "\\": "\\\\", "\r": "\\r", "\n": "\\n"}
    return '"' + "".join(escapes.get(c) or (c if " " <= c <= "~" else f"\\u{ord(c):04x}") for c in text) + '"'


def masked(exchanges: Iterable[ExchangeRecord]) -> list[ExchangeRecord]:
    """The same with numbers of seven digits and more replaced, equal ones by equal ones.

    Of identifiers the first six digits stay, and check digits are as right as before: so what is read, or why not,
    stays the same.
    """
    known: dict[bytes, bytes] = {}

    def instead(match: re.Match[bytes]) -> bytes:
        return known.setdefault(match[0], _mask(match[0].decode(), len(known) + 1).encode())

    return [ExchangeRecord(one.port, one.command, _NUMBER.sub(instead, one.received)) for one in exchanges]


def _mask(digits: str, count: int) -> str:
    if len(set(digits)) == 1:
        return digits
    if len(digits) < _IDENTIFIER_DIGITS:
        return "0" * len(digits)
    body = digits[:_KEPT] + str(count).zfill(len(digits) - _KEPT - 1)
    right = next(check for check in "0123456789" if check_digit_holds(body + check))
    return body + (right if check_digit_holds(digits) else str((int(right) + 1) % 10))
