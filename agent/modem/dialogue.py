"""Pure. One command and its answer: takes bytes, gives lines and a final result.

Rules (V.250, 5.7 and 6.2; 3GPP TS 27.007, 4 and 9; and observations of modems):
- Lines end at any sequence of CR and LF. NUL bytes are removed.
- The echo of the command is recognised in upper and lower case. All lines before the last echo belong to something
  else: a late answer, an unsolicited report, the end of an earlier dialogue.
- A final result is a whole line: OK, ERROR, `+CME ERROR: …`, `+CMS ERROR: …`, an error text of some vendors, or 0 and 4
  where results are numeric. `NO CARRIER` and `CONNECT` are results of calls, and never end an answer here.
- An answer belongs to one exchange; no byte is carried over to the next exchange.
"""

from __future__ import annotations

import re
from enum import Enum, unique

from agent.frozen import frozen

MAX_BYTES = 64 * 1024
"""Longest answer. A modem answers with a few hundred bytes; a port that sends more is not a modem's."""

_ERRORS = re.compile(r"ERROR|COMMAND NOT SUPPORT|NA|TOO MANY PARAMETERS|MODEM ERROR: *\d+|4", re.IGNORECASE)
_CODED = re.compile(r"\+CM[ES] ERROR: *(?P<reason>[^^+]{0,60})", re.IGNORECASE)
_BUSY = {"14", "515", "SIM BUSY"}
"""SIM busy (TS 27.007, 9.2.2), and Huawei's "please wait"."""

MOST_NOISE = 256
"""Most bytes outside ASCII in one answer: a wrong speed for a moment makes fewer, another protocol makes more."""


@unique
class Final(Enum):
    """How an answer ended."""

    OK = "OK"
    ERROR = "ERROR"
    BUSY = "busy"
    """The SIM is busy; the command has to be sent again."""
    NONE = "none"
    """The answer has not ended."""


@frozen
class AtReply:
    """The answer to one command, as far as it was received."""

    lines: tuple[str, ...] = ()
    """Information lines after the last echo, in order."""
    final: Final = Final.NONE
    error: str = ""
    """The number or text after `+CME ERROR:`; empty without one."""
    echoed: bool = False
    """Whether the echo of the command was received."""


@frozen
class ExchangeRecord:
    """One command and the bytes received for it, for a trace."""

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
        """The bytes to send: the command and a CR, which alone ends a command line (V.250, 5.2.1)."""
        return self.command.encode("ascii") + b"\r"

    @property
    def overflowed(self) -> bool:
        """Whether more than `MAX_BYTES` were received."""
        return len(self._received) > MAX_BYTES

    @property
    def binary(self) -> bool:
        """Whether the port is not for AT commands: it sends PPP or diagnostic frames, positions, or noise."""
        noise = len(re.findall(rb"[\x80-\xff]", self._received))
        return noise > MOST_NOISE or bool(re.search(rb"\x7e|^\$G[A-Z]{4},", self._received, re.MULTILINE))

    @property
    def data_call(self) -> bool:
        """Whether PPP frames were received (RFC 1662, 3.1 and 4.2): a data call is still open on the port."""
        return bool(re.search(rb"\x7e(\xff\x7d\x23|\xff\x03)", self._received))

    @property
    def prompted(self) -> bool:
        """Whether the modem waits for the text of a message (TS 27.005, 3.5.1), from an unfinished dialogue."""
        return self._received.endswith(b"\n> ")

    @property
    def received(self) -> bytes:
        """All bytes received so far."""
        return bytes(self._received)

    @property
    def at_line_end(self) -> bool:
        """Whether the last byte was the LF that ends a line."""
        return self._received.endswith(b"\n")

    def feed(self, data: bytes) -> None:
        """Adds received bytes, in pieces of any size."""
        self._received += data[: MAX_BYTES + 1]

    @property
    def answer(self) -> AtReply:
        """The answer in the bytes received so far."""
        lines = self._lines()
        echo = max((place for place, line in enumerate(lines) if line.upper() == self.command.upper()), default=-1)
        information: list[str] = []
        final, error = Final.NONE, ""
        for line in lines[echo + 1 :]:
            result, reason = _result(line)
            if result is Final.NONE:
                information.append(line)
            else:
                final, error = result, reason
        return AtReply(tuple(information), final, error, echo >= 0)

    def _lines(self) -> list[str]:
        """The lines that have ended; bytes after the last end of line are left out."""
        text = bytes(self._received).replace(b"\0", b"").decode("latin-1")
        ended, _, _ = text.rpartition("\r") if text.rfind("\r") > text.rfind("\n") else text.rpartition("\n")
        return [line.strip() for line in re.split(r"[\r\n]+", ended) if line.strip()]


def _result(line: str) -> tuple[Final, str]:
    """The final result that a line is, with the reason of an error; `Final.NONE` for an information line."""
    if line.upper() in {"OK", "0"}:
        return Final.OK, ""
    if coded := _CODED.match(line):
        reason = coded["reason"].strip()
        return (Final.BUSY if reason.upper() in _BUSY else Final.ERROR), reason
    return (Final.ERROR, "") if _ERRORS.fullmatch(line) else (Final.NONE, "")
