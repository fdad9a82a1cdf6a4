"""Pure. How the userdata of a group changes: the lines that differ, and the digest of the text before and after."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterator

MOST_LINES = 60
"""The most lines of a difference that are shown."""
_CONTEXT_LINES = 2
_DIGEST_LETTERS = 12


def text_digest(text: object) -> str:
    """The start of the SHA-256 of a text; `nothing` for anything else."""
    if not isinstance(text, str):
        return "nothing"
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()[:_DIGEST_LETTERS]}"


def userdata_diff(before: object, wanted: str) -> Iterator[str]:
    """The lines that go (`-`) and come (`+`), with lines around them, without control characters."""
    old = before.splitlines() if isinstance(before, str) else []
    lines = list(difflib.unified_diff(old, wanted.splitlines(), lineterm="", n=_CONTEXT_LINES))[2:]
    if not lines:
        yield "  (only the ends of lines differ)"
    for line in lines[:MOST_LINES]:
        yield "".join(letter if letter.isprintable() else "?" for letter in line.replace("\t", "    "))
    if len(lines) > MOST_LINES:
        yield f"… and {len(lines) - MOST_LINES} lines more"
