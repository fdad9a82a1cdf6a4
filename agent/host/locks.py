"""Edge. Locked files that show which process of the agent is at work."""

from __future__ import annotations

import fcntl
from pathlib import Path

from agent import RESIDENT_LOCK


def resident_pid(place: Path) -> int | None:
    """The process that holds a state directory as its resident; None where there is none."""
    try:
        with (place / RESIDENT_LOCK).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        text = (place / RESIDENT_LOCK).read_text("ascii", "replace").strip()
        return int(text) if text.isdecimal() else None
    except OSError:
        return None
    return None
