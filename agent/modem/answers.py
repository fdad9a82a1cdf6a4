"""Pure. The meaning of an answer to an AT command: a verified number or a text, or the reason why it is neither.

- The form of the line decides. The check digit only confirms: fifteen zeros have a right one, and one IMSI in ten.
- An IMEI has exactly 15 digits with a right check digit. They are not all alike and are not the IMSI. The line contains
  nothing else or begins with the prefix of the command; in the answer to `ATI` the IMEI follows the label `IMEI:`.
- 14, 16 and 17 digits carry no check digit of their own (TS 23.003, 6.2) and cannot be verified.
- An answer with two different numbers gives no IMEI. An answer with a message in it gives none either, because the
  text of the message may look like a number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TypeVar

from agent.errors import Code
from agent.identity import Iccid, Imei, Imsi, NotRead, Read, Reading
from agent.modem.dialogue import AtReply, Final

T = TypeVar("T")

_SERIAL = re.compile(r'(?P<prefix>[+#]C?GSN: *)?"?(?P<digits>[0-9]{14,17})"?(?:,.{0,40})?')
_LABELLED = re.compile(r'IMEI: *"?(?P<digits>[0-9]{14,17})"?(?:[ ,].{0,40})?', re.IGNORECASE)
_IMSI = re.compile(r'(?:\+CIMI: *)?"?(?P<digits>[0-9]{14,15})"?')
_ICCID = re.compile(
    r"""(?:[+^%!\#]?[A-Z]*CCID:\ *|\^SCID:\ *|\+CRSM:\ *144,\ *0,\ *)?
        "?(?P<digits>(?:89|98)[0-9F]{16,18}F{0,2})"?
        (?:,"?[0-9]*"?)?""",
    re.IGNORECASE | re.VERBOSE,
)
"""With the EID behind it where the SIM is an eSIM; from the file of the card itself its digits are swapped in pairs."""
_REPORT = re.compile(
    r"RING|RDY|NO CARRIER|CONNECT|BUSY|SMS (?:DONE|READY)|PB DONE|CALL READY|"
    r"[+^*%#$](?!C?GM[IMR]\b)[A-Z0-9]{2,20}(?::.*)?",
    re.IGNORECASE,
)
_MESSAGE = re.compile(r"\+(?:CMT|CBM|CDS|CMGR|CMGL|CUSD|CUSATP|CUSATEND):", re.IGNORECASE)
"""These lines bring a text of one or more lines, which may be anything: a message (TS 27.005, 3.4), an answer of the
network to a code (TS 27.007, 7.15), a menu of the SIM (12.2)."""
MAX_TEXT = 100
"""Longest text in characters."""

_SIM_ERRORS = {
    "10": "no SIM is inserted",
    "11": "the SIM needs its PIN",
    "12": "the SIM needs its PUK",
    "13": "the SIM has failed",
    "15": "the SIM is of the wrong kind",
    "17": "the SIM needs its PIN2",
    "18": "the SIM needs its PUK2",
    "SIM NOT INSERTED": "no SIM is inserted",
    "SIM PIN REQUIRED": "the SIM needs its PIN",
    "SIM PUK REQUIRED": "the SIM needs its PUK",
    "SIM FAILURE": "the SIM has failed",
    "SIM WRONG": "the SIM is of the wrong kind",
}
"""The text for people for each `+CME ERROR` of the SIM (TS 27.007, 9.2)."""


def imei_in(command: str, answer: AtReply, imsi: Imsi | None = None) -> Reading[Imei]:
    """The IMEI in the answer to one of `IMEI_COMMANDS`."""
    shape = _LABELLED if command == "ATI" else _SERIAL
    found = [match for line in answer.lines if (match := shape.fullmatch(line))]
    prefixed = [match for match in found if match.groupdict().get("prefix")]
    numbers = {match["digits"] for match in prefixed or found}
    verified = {imei for number in numbers if (imei := _verified(number)) and (imsi is None or number != imsi.digits)}
    if answer.final is not Final.OK:
        return refusal(command, answer)
    if _may_hold_a_text(answer):
        return _beside_a_text(command)
    if len(verified) == 1 and len(numbers) == 1:
        return Read(verified.pop())
    if len(verified) > 1:
        return NotRead(Code.MODEM_UNVERIFIED, f"{command} was answered with two different numbers")
    if numbers:
        return NotRead(Code.MODEM_UNVERIFIED, f"{command} was answered with {_why_not(numbers, imsi)}")
    return NotRead(Code.MODEM_UNVERIFIED, f"{command} was answered without a number of 15 digits")


def _may_hold_a_text(answer: AtReply) -> bool:
    """Whether a line of the answer may belong to a text that somebody wrote.

    A quotation mark that is opened and not closed in its line belongs to a text of several lines, whatever its prefix.
    """
    return any(_MESSAGE.match(line) or line.count('"') % 2 for line in answer.lines)


def _beside_a_text(command: str) -> NotRead:
    why = f"{command}: a message arrived with the answer, and its text may be a number"
    return NotRead(Code.MODEM_UNVERIFIED, why)


def _verified(number: str) -> Imei | None:
    """The number as an IMEI; None where its digits or its check digit are wrong."""
    try:
        return Imei(number)
    except ValueError:
        return None


def _why_not(numbers: set[str], imsi: Imsi | None) -> str:
    """The reason why none of these numbers is an IMEI; the number nearest to 15 digits is explained."""
    number = min(sorted(numbers), key=lambda digits: abs(len(digits) - 15))
    if len(number) != 15:  # noqa: PLR2004 (an IMEI's digits)
        return f"{len(number)} digits, which carry no check digit"
    if imsi and number == imsi.digits:
        return "the IMSI"
    return "15 digits that are all alike" if len(set(number)) == 1 else "15 digits whose check digit is wrong"


def imsi_in(command: str, answer: AtReply) -> Reading[Imsi]:
    """The IMSI in the answer to `+CIMI` (TS 27.007, 5.6)."""
    return _single_number(command, answer, _IMSI, Imsi)


def iccid_in(command: str, answer: AtReply) -> Reading[Iccid]:
    """The ICCID in the answer to one of `ICCID_COMMANDS`; a filler `F` at its end is not part of the number."""
    return _single_number(command, answer, _ICCID, Iccid.from_modem)


def _single_number(command: str, answer: AtReply, shape: re.Pattern[str], make: Callable[[str], T]) -> Reading[T]:
    """The only number in the lines of the given form; two different numbers give none."""
    if answer.final is not Final.OK:
        return refusal(command, answer)
    if _may_hold_a_text(answer):
        return _beside_a_text(command)
    numbers = {match["digits"] for line in answer.lines if (match := shape.fullmatch(line))}
    if len(numbers) == 1:
        with suppress(ValueError):
            return Read(make(numbers.pop()))
    found = "two different numbers" if numbers else "no line of the expected form"
    return NotRead(Code.MODEM_UNVERIFIED, f"{command} was answered with {found}")


def text_in(command: str, answer: AtReply) -> Reading[str]:
    """Maker, model or firmware for people: the first line of the answer that is not an unsolicited report."""
    if answer.final is not Final.OK:
        return refusal(command, answer)
    prefix = f"{command.removeprefix('AT')}:"
    text = first_text(line.removeprefix(prefix) for line in answer.lines)
    return Read(text) if text else NotRead(Code.MODEM_UNVERIFIED, f"{command} was answered without a text")


def first_text(lines: Iterable[str]) -> str | None:
    """The first printable line that is not an unsolicited report, cut to `MAX_TEXT` characters."""
    for line in lines:
        text = line.strip().strip('"')
        if text and text.isprintable() and not _REPORT.fullmatch(text):
            return text[:MAX_TEXT]
    return None


def refusal(command: str, answer: AtReply) -> NotRead:
    """The reason why an answer that did not end with OK gives no value."""
    if answer.final is Final.NONE:
        return NotRead(Code.MODEM_SILENT, f"{command}: the answer did not end")
    if answer.final is Final.BUSY:
        return NotRead(Code.MODEM_REFUSED, f"{command}: the SIM stayed busy")
    reason = _SIM_ERRORS.get(answer.error.upper(), f"error {answer.error}" if answer.error else "an error")
    return NotRead(Code.MODEM_REFUSED, f"{command} was answered: {reason}")
