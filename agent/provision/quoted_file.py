"""Edge. The first line of a file on the gateway, for an extra tag of the report."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from agent.errors import Code, Failure, failure_from

MAX_LINE_BYTES = 4096


def first_line(root: Path, path: str) -> str:
    """The first line of a file on the gateway, for an extra tag.

    Only regular files that everybody may read are quoted: a tag must not be a way to look into a gateway's secrets.
    """
    try:
        descriptor = os.open(root / path.lstrip("/"), os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            mode = os.fstat(descriptor).st_mode
            if not stat.S_ISREG(mode) or not mode & stat.S_IROTH:
                raise Failure(Code.REPORT_UNREADABLE, "not a regular file that everybody may read", where=path)
            line = file.read(MAX_LINE_BYTES).replace(b"\0", b"\n").strip().partition(b"\n")[0]
        return line.decode().strip()
    except OSError as error:
        raise failure_from(error, Code.REPORT_UNREADABLE, path) from None
    except UnicodeDecodeError:
        raise Failure(Code.REPORT_UNREADABLE, "not UTF-8 text", where=path) from None
