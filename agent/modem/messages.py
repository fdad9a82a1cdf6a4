"""Pure. A short message as a modem hands it on, and the one text that is obeyed: it can start a pass, and nothing else.

The modem is told to hand messages on at once instead of storing them (3GPP TS 27.005, 3.4.1): `+CMT: …`, and the text
in the next line; in text mode (3.2.3) it is letters, or, from some modems, four hexadecimal digits each (UCS2).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.settings import WAKE_TEXT

MAX_TEXT = 200
"""Characters of a text that are looked at: one message has at most 160."""
MAX_BYTES = 4096
"""Bytes without an end of line; what talks on is no message."""
_SETTINGS = re.compile(r"\+CNMI: *([0-3],[0-3],[0-3],[0-2],[01])")


def is_wake(text: str) -> bool:
    """Whether a message's whole text is the agreed one, in whatever case and with blanks around it."""
    if len(text) > MAX_TEXT * 4:
        return False
    words = text.strip()
    if re.fullmatch(r"(?:[0-9A-Fa-f]{4})+", words):
        words = bytes.fromhex(words).decode("utf-16-be", "replace").strip()
    return words.casefold() == WAKE_TEXT


def restoring(lines: tuple[str, ...]) -> str | None:
    """The command that sets again what `AT+CNMI?` told; None where it told nothing that could be set."""
    found = next(filter(None, map(_SETTINGS.fullmatch, lines)), None)
    return f"AT+CNMI={found[1]}" if found else None


class Incoming:
    """Bytes as they come, in any pieces; messages as they are whole."""

    def __init__(self) -> None:
        self._left = b""
        self._announced = False

    def feed(self, data: bytes) -> Iterator[str]:
        """The texts of messages that these bytes complete."""
        *lines, self._left = re.split(rb"[\r\n]+", self._left + data)
        self._left = self._left[-MAX_BYTES:]
        for line in lines:
            text = line.replace(b"\0", b"").decode("latin-1").strip()
            if text.startswith("+CMT:"):
                self._announced = True
            elif text and self._announced:
                self._announced = False
                yield text
