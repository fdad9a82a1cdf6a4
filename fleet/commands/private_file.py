"""Edge. A file with a secret of this desk: only its owner may read it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from agent.errors import Code, Failure, failure_from

MAX_SECRET = 1024
"""Characters; of a longer line a little more is read, so that its length is seen to be wrong."""


def private_line(path: Path, what: str) -> str:
    """The first line of a private file; raises `file.unreadable` also where other users may read or write it.

    `what` is the secret, for messages: `password`, `secret`.
    """
    try:
        with path.open("rb") as file:
            mode, line = os.fstat(file.fileno()).st_mode, file.readline(MAX_SECRET + 2)
    except OSError as error:
        raise failure_from(error, Code.FILE_UNREADABLE, path) from None
    if stat.S_IMODE(mode) & 0o077:
        raise unusable(path, f"other users may read the {what}", f"Run this command: chmod 600 {path}")
    try:
        return line.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise unusable(path, "the first line is not UTF-8", f"Write the {what} into it, as text.") from None


def unusable(path: Path, detail: str, advice: str) -> Failure:
    """The failure of a private file that cannot be used."""
    return Failure(Code.FILE_UNREADABLE, detail, where=str(path), advice=advice)
