"""Pure. Recorded dialogues as files: the bytes from a modem and the value read from them, in the form of the tests.

A file is TOML with `why` and one table `[[dialogue]]` for each exchange. Its keys are `command`, `received` (one
character for each byte), and either the expected value (`imei`, for other commands `value`) or the code of the reason
why there is none (`not_read`). `imsi` is the IMSI that was read before on the same port. A trace of an unknown modem is
therefore a test without any change.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from agent.errors import Code
from agent.identity import Imsi, NotRead, Read, Reading, Registration, SimState, check_digit_holds
from agent.modem import answers, commands, sim_and_network
from agent.modem.dialogue import AtReply, Exchange, ExchangeRecord, Final

_KEPT = 6
"""Leading digits that masking keeps: country and network of an IMSI, most of the type of an IMEI."""
_NUMBER = re.compile(rb"[0-9]{7,}")
_IDENTIFIER_DIGITS = 14


def reading_in(command: str, answer: AtReply, imsi: Imsi | None = None) -> Reading[Any]:
    """The reading of an answer to any command of the list."""
    if command in commands.IMEI_COMMANDS:
        return answers.imei_in(command, answer, imsi)
    meaning = next((meaning for group, meaning in _MEANINGS if command in group), _ended)
    return meaning(command, answer)


def _ended(command: str, answer: AtReply) -> Reading[str]:
    """The final result, as the value of a command whose answer carries no other value."""
    if answer.final is Final.NONE:
        return NotRead(Code.MODEM_SILENT, f"{command}: the answer did not end")
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


def value_text(value: object) -> str:
    """The value in the form that a file contains."""
    return value.name.lower() if isinstance(value, SimState | Registration) else str(value)


def trace(exchanges: Iterable[ExchangeRecord], why: str) -> str:
    """The text of a file that contains these exchanges."""
    return "\n".join([f"why = {_quoted(why)}", "", *_tables(exchanges)])


def _tables(exchanges: Iterable[ExchangeRecord]) -> Iterator[str]:
    """The lines of the tables, one table for each exchange."""
    imsis: dict[str, Imsi] = {}
    for recorded in exchanges:
        exchange = Exchange(recorded.command)
        exchange.feed(recorded.received)
        reading = reading_in(recorded.command, exchange.answer, imsis.get(recorded.port))
        yield "[[dialogue]]"
        yield f"port = {_quoted(recorded.port)}"
        yield f"command = {_quoted(recorded.command)}"
        yield f"received = {_quoted(recorded.received.decode('latin-1'))}"
        yield from _expected(recorded, reading, imsis.get(recorded.port))
        yield ""
        if isinstance(reading, Read) and isinstance(reading.value, Imsi):
            imsis[recorded.port] = reading.value


def _expected(recorded: ExchangeRecord, reading: Reading[Any], imsi: Imsi | None) -> Iterator[str]:
    """The lines of a table that state the expected reading."""
    if isinstance(reading, NotRead):
        yield f"not_read = {_quoted(reading.code.text)}"
    else:
        key = "imei" if recorded.command in commands.IMEI_COMMANDS else "value"
        yield f"{key} = {_quoted(value_text(reading.value))}"
    if imsi and recorded.command in commands.IMEI_COMMANDS:
        yield f"imsi = {_quoted(imsi.digits)}"


def _quoted(text: str) -> str:
    """A basic string of TOML; every character outside printable ASCII is escaped, so that each byte is visible."""
    escapes = {'"': '\\"', "\\": "\\\\", "\r": "\\r", "\n": "\\n"}
    return '"' + "".join(escapes.get(c) or (c if " " <= c <= "~" else f"\\u{ord(c):04x}") for c in text) + '"'


def masked_exchanges(exchanges: Iterable[ExchangeRecord]) -> list[ExchangeRecord]:
    """The exchanges with every number of seven or more digits replaced; equal numbers get equal replacements.

    Identifiers keep their first six digits, and a check digit stays right or stays wrong. The masked answer therefore
    gives a reading of the same kind, or the same code.
    """
    known: dict[bytes, bytes] = {}

    def replacement(match: re.Match[bytes]) -> bytes:
        return known.setdefault(match[0], _mask(match[0].decode(), len(known) + 1).encode())

    return [replace(record, received=_NUMBER.sub(replacement, record.received)) for record in exchanges]


def _mask(digits: str, count: int) -> str:
    """The replacement of a number; `count` makes it different from the other replacements."""
    if len(set(digits)) == 1:
        return digits
    if len(digits) < _IDENTIFIER_DIGITS:
        return "0" * len(digits)
    body = digits[:_KEPT] + str(count).zfill(len(digits) - _KEPT - 1)
    right = next(check for check in "0123456789" if check_digit_holds(body + check))
    return body + (right if check_digit_holds(digits) else str((int(right) + 1) % 10))
