"""Pure. A short message as a modem delivers it, and the one text that starts a pass; no text has any other effect.

The modem is set to deliver messages at once instead of storing them (3GPP TS 27.005, 3.4.1): a line `+CMT: …`, and the
text in the next line. In text mode (3.2.3) the text is plain; some modems send four hexadecimal digits for each
character (UCS2).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.settings import WAKE_TEXT

MAX_TEXT = 200
"""Longest text in characters; a single message has at most 160."""
MAX_BYTES = 4096
"""Longest line that is kept; a longer line is not a message."""
_SETTINGS = re.compile(r"\+CNMI: *([0-3],[0-3],[0-3],[0-2],[01])")


def is_wake(text: str) -> bool:
    """Whether the whole text is `WAKE_TEXT`, in upper or lower case, with or without spaces around it."""
    if len(text) > MAX_TEXT * 4:
        return False
    content = text.strip()
    if re.fullmatch(r"(?:[0-9A-Fa-f]{4})+", content):
        content = bytes.fromhex(content).decode("utf-16-be", "replace").strip()
    return content.casefold() == WAKE_TEXT


def restoring(lines: tuple[str, ...]) -> str | None:
    """The command that restores the setting in the answer to `AT+CNMI?`; None where the answer shows none."""
    found = next(filter(None, map(_SETTINGS.fullmatch, lines)), None)
    return f"AT+CNMI={found[1]}" if found else None


class Incoming:
    """Assembles the messages in received bytes, which arrive in pieces of any size."""

    def __init__(self) -> None:
        self._left = b""
        self._announced = False

    def feed(self, data: bytes) -> Iterator[str]:
        """Adds received bytes; gives the text of each message that they complete."""
        *lines, self._left = re.split(rb"[\r\n]+", self._left + data)
        self._left = self._left[-MAX_BYTES:]
        for line in lines:
            text = line.replace(b"\0", b"").decode("latin-1").strip()
            if text.startswith("+CMT:"):
                self._announced = True
            elif text and self._announced:
                self._announced = False
                yield text
