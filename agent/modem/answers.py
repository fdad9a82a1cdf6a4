"""Pure. What each answer says: a number that can be believed, or why not.

- The shape of the line decides, the check digit only confirms: fifteen zeros pass it, one IMSI in ten passes it.
- An IMEI is exactly 15 digits with a right check digit, not all alike and not the IMSI, in a line that is nothing else
  or that carries the asked command's prefix; in the answer to `ATI` only behind the label `IMEI:`.
- 14, 16 and 17 digits carry no check digit of their own (TS 23.003, 6.2) and cannot be verified.
- Two different candidates are none, and nothing counts beside a message: its text may look like anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TypeVar

from agent.errors import Code
from agent.identity import Iccid, Imei, Imsi, NotRead, Read, Reading
from agent.modem.dialogue import AtReply, Final

T = TypeVar("T")

_SERIAL = re.compile(r'(?P<prefix>[+#]C?GSN: *)?"?(?P<digits>[0-9]{14,17})"?(?:,.{0,40})?')
_LABELLED = re.compile(r'IMEI: *"?(?P<digits>[0-9]{14,17})"?(?:[ ,].{0,40})?', re.IGNORECASE)
_IMSI = re.compile(r'(?:\+CIMI: *)?"?(?P<digits>[0-9]{14,15})"?')
_ICCID = re.compile(r'(?:[+^%!]?[A-Z]*ICCID: *|\+Q?CCID: *)?"?(?P<digits>89[0-9]{16,18}[Ff]?)"?', re.IGNORECASE)
_REPORT = re.compile(
    r"RING|RDY|NO CARRIER|CONNECT|BUSY|SMS (?:DONE|READY)|PB DONE|CALL READY|"
    r"[+^*%#$](?!C?GM[IMR]\b)[A-Z0-9]{2,20}(?::.*)?",
    re.IGNORECASE,
)
_MESSAGE = re.compile(r"\+(?:CMT|CBM|CDS|CMGR|CMGL):", re.IGNORECASE)
"""Lines behind which the text of a message stands, whatever that is (TS 27.005, 3.4)."""
MAX_TEXT = 100

_SIM_WORDS = {
    "10": "no SIM is inserted",
    "11": "the SIM wants its PIN",
    "12": "the SIM wants its PUK",
    "13": "the SIM has failed",
    "15": "the SIM is of the wrong kind",
    "17": "the SIM wants its PIN2",
    "18": "the SIM wants its PUK2",
    "SIM NOT INSERTED": "no SIM is inserted",
    "SIM PIN REQUIRED": "the SIM wants its PIN",
    "SIM PUK REQUIRED": "the SIM wants its PUK",
    "SIM FAILURE": "the SIM has failed",
    "SIM WRONG": "the SIM is of the wrong kind",
}
"""What a person is told for `+CME ERROR` (TS 27.007, 9.2)."""


def imei_in(command: str, answer: AtReply, imsi: Imsi | None = None) -> Reading[Imei]:
    """The IMEI in the answer to one of `IMEI_COMMANDS`."""
    shape = _LABELLED if command == "ATI" else _SERIAL
    found = [match for line in answer.lines if (match := shape.fullmatch(line))]
    prefixed = [match for match in found if match.groupdict().get("prefix")]
    numbers = {match["digits"] for match in prefixed or found}
    verified = {imei for number in numbers if (imei := _verified(number)) and (imsi is None or number != imsi.digits)}
    if answer.final is not Final.OK:
        return refused(command, answer)
    if any(_MESSAGE.match(line) for line in answer.lines):
        return NotRead(
            Code.MODEM_UNVERIFIED, f"{command} was answered while a message came, whose text may be a number"
        )
    if len(verified) == 1 and len(numbers) == 1:
        return Read(verified.pop())
    if len(verified) > 1:
        return NotRead(Code.MODEM_UNVERIFIED, f"{command} was answered with two different numbers")
    if numbers:
        return NotRead(Code.MODEM_UNVERIFIED, f"{command} was answered with {_why_not(numbers, imsi)}")
    return NotRead(Code.MODEM_UNVERIFIED, f"{command} was answered without a number of 15 digits")


def _verified(number: str) -> Imei | None:
    try:
        return Imei(number)
    except ValueError:
        return None


def _why_not(numbers: set[str], imsi: Imsi | None) -> str:
    number = min(sorted(numbers), key=lambda digits: abs(len(digits) - 15))
    if len(number) != 15:  # noqa: PLR2004 (an IMEI's digits)
        return f"{len(number)} digits, which carry no check digit"
    if imsi and number == imsi.digits:
        return "the IMSI"
    return "15 digits that are all alike" if len(set(number)) == 1 else "15 digits whose check digit is wrong"


def imsi_in(command: str, answer: AtReply) -> Reading[Imsi]:
    """The IMSI in the answer to `+CIMI` (TS 27.007, 5.6)."""
    return _one(command, answer, _IMSI, Imsi)


def iccid_in(command: str, answer: AtReply) -> Reading[Iccid]:
    """The ICCID; a filler `F` at its end is not part of it."""
    return _one(command, answer, _ICCID, Iccid.from_modem)


def _one(command: str, answer: AtReply, shape: re.Pattern[str], make: Callable[[str], T]) -> Reading[T]:
    if answer.final is not Final.OK:
        return refused(command, answer)
    numbers = {match["digits"] for line in answer.lines if (match := shape.fullmatch(line))}
    if len(numbers) == 1:
        return Read(make(numbers.pop()))
    what = "two different numbers" if numbers else "nothing of the right shape"
    return NotRead(Code.MODEM_UNVERIFIED, f"{command} was answered with {what}")


def text_in(command: str, answer: AtReply) -> Reading[str]:
    """Maker, model or firmware, for people: the first line that is no report."""
    if answer.final is not Final.OK:
        return refused(command, answer)
    name = re.escape(command.removeprefix("AT"))
    text = first_text(re.sub(rf"^{name}: *", "", line) for line in answer.lines)
    return Read(text) if text else NotRead(Code.MODEM_UNVERIFIED, f"{command} was answered without a text")


def first_text(lines: Iterable[str]) -> str | None:
    """The first line that people can read and that is no report, cut to `MAX_TEXT` characters."""
    for line in lines:
        text = line.strip().strip('"')
        if text and text.isprintable() and not _REPORT.fullmatch(text):
            return text[:MAX_TEXT]
    return None


def refused(command: str, answer: AtReply) -> NotRead:
    """Why an answer that did not end with OK says nothing."""
    if answer.final is Final.NONE:
        return NotRead(Code.MODEM_SILENT, f"{command} was not answered to its end")
    if answer.final is Final.BUSY:
        return NotRead(Code.MODEM_REFUSED, f"{command}: the SIM was busy for too long")
    words = _SIM_WORDS.get(answer.error.upper(), f"error {answer.error}" if answer.error else "an error")
    return NotRead(Code.MODEM_REFUSED, f"{command} was answered: {words}")
