"""Values. The path of a value in a document, and the spelling of such a path for people."""

from __future__ import annotations

import string
from collections.abc import Iterable

KeyPath = tuple[str | int, ...]
"""Keys and list positions from the top of the document: `("write_files", 2, "path")`."""

MAX_QUOTED = 40
"""Characters of a foreign text that a message quotes."""

_UNPRINTABLE = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_PLAIN_LETTERS = frozenset(string.ascii_letters + string.digits + "_-")
_MAX_PLAIN = 64


def path_text(path: Iterable[str | int]) -> str:
    """The path as people write it: `write_files[2].path`, `report.tags["a b"]`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif 0 < len(step) <= _MAX_PLAIN and _PLAIN_LETTERS.issuperset(step):
            text += f".{step}" if text else step
        else:
            text += f'["{quoted(step)}"]'
    return text


def quoted(text: str) -> str:
    """A foreign text for a message: shortened, and without characters that move a terminal's cursor."""
    letters = (letter if letter.isprintable() else _UNPRINTABLE.get(letter, "�") for letter in text[:MAX_QUOTED])
    return "".join(letters) + ("…" if len(text) > MAX_QUOTED else "")
