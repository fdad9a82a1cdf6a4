"""Pure. One command and its answer: bytes in, lines and a final result out.

Rules (V.250, 5.7 and 6.2; 3GPP TS 27.007, 4 and 9; what modems do beside them):
- Lines end at any run of CR and LF; NULs are dropped; a line with bytes that are no ASCII is nobody's answer.
- Where the command's echo is among the lines, in whatever case, everything before its last appearance is somebody
  else's: a late answer, a report, the end of an earlier dialogue.
- A final result is a whole line: OK, ERROR, `+CME ERROR: …`, `+CMS ERROR: …`, some makers' own words, or 0 and 4 where
  results are numeric. `NO CARRIER` and `CONNECT` are results of calls, never of a question.
- An answer belongs to one exchange; nothing is carried over to the next.
"""

from __future__ import annotations

import re
from enum import Enum, unique

from agent.frozen import frozen

MAX_BYTES = 64 * 1024
"""An answer to any question here has a few hundred bytes; what talks on is no modem."""

_ERRORS = re.compile(r"ERROR|COMMAND NOT SUPPORT|NA|TOO MANY PARAMETERS|MODEM ERROR: *\d+|4", re.IGNORECASE)
_CODED = re.compile(r"\+CM[ES] ERROR: *(?P<what>[^^+]{0,60})", re.IGNORECASE)
_BUSY = {"14", "515", "SIM BUSY"}
"""SIM busy (TS 27.007, 9.2.2), and Huawei's "please wait"."""

MOST_NOISE = 256
"""Bytes that are no ASCII in one answer: a wrong speed for a moment makes some, another protocol makes more."""


@unique
class Final(Enum):
    """How an answer ended."""

    OK = "OK"
    ERROR = "ERROR"
    BUSY = "busy"
    """The modem wants to be asked again."""
    NONE = "none"
    """It has not ended."""


@frozen
class AtReply:
    """What came for one command."""

    lines: tuple[str, ...] = ()
    """Information lines after the last echo, in order."""
    final: Final = Final.NONE
    error: str = ""
    """What stands after `+CME ERROR:`: a number or words."""
    echoed: bool = False


@frozen
class ExchangeRecord:
    """One exchange as it was, for a trace."""

    port: str
    command: str
    received: bytes


class Exchange:
    """One command whose answer is being received."""

    def __init__(self, command: str) -> None:
        self.command = command
        self._received = bytearray()

    @property
    def request(self) -> bytes:
        """What is sent: CR alone ends a command line (V.250, 5.2.1)."""
        return self.command.encode("ascii") + b"\r"

    @property
    def overflowed(self) -> bool:
        """Whether more came than any answer has."""
        return len(self._received) > MAX_BYTES

    @property
    def binary(self) -> bool:
        """Whether this is no port for AT commands: PPP or diagnostic frames, positions, or only noise."""
        noise = len(re.findall(rb"[\x80-\xff]", self._received))
        return noise > MOST_NOISE or bool(re.search(rb"\x7e|^\$G[A-Z]{4},", self._received, re.MULTILINE))

    @property
    def data_call(self) -> bool:
        """Whether PPP frames come (RFC 1662, 3.1 and 4.2): a data call that nobody ended."""
        return bool(re.search(rb"\x7e(\xff\x7d\x23|\xff\x03)", self._received))

    @property
    def prompted(self) -> bool:
        """Whether the modem waits for the text of a message (TS 27.005, 3.5.1): a dialogue that somebody left open."""
        return self._received.endswith(b"\n> ")

    @property
    def received(self) -> bytes:
        """Everything so far."""
        return bytes(self._received)

    @property
    def at_line_end(self) -> bool:
        """Whether the last byte was the LF that ends a line."""
        return self._received.endswith(b"\n")

    def feed(self, data: bytes) -> None:
        """Bytes as they come, in any pieces."""
        self._received += data[: MAX_BYTES + 1]

    @property
    def answer(self) -> AtReply:
        """What the bytes so far mean."""
        lines = self._lines()
        echo = max((place for place, line in enumerate(lines) if line.upper() == self.command.upper()), default=-1)
        information: list[str] = []
        final, error = Final.NONE, ""
        for line in lines[echo + 1 :]:
            result, what = _result(line)
            if result is Final.NONE:
                information.append(line)
            else:
                final, error = result, what
        return AtReply(tuple(information), final, error, echo >= 0)

    def _lines(self) -> list[str]:
        """The lines that have ended; the rest may still grow."""
        text = bytes(self._received).replace(b"\0", b"").decode("latin-1")
        ended, _, _ = text.rpartition("\r") if text.rfind("\r") > text.rfind("\n") else text.rpartition("\n")
        return [line.strip() for line in re.split(r"[\r\n]+", ended) if line.strip()]


def _result(line: str) -> tuple[Final, str]:
    if line.upper() in {"OK", "0"}:
        return Final.OK, ""
    if coded := _CODED.match(line):
        what = coded["what"].strip()
        return (Final.BUSY if what.upper() in _BUSY else Final.ERROR), what
    return (Final.ERROR, "") if _ERRORS.fullmatch(line) else (Final.NONE, "")
