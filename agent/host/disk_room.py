"""Edge. Whether a disk takes a small file. A quiet poll imports this file, so it imports little."""

from __future__ import annotations

import os

READ_ONLY, FULL = "the disk is read-only", "the disk is full"


def refusal(directory: str | os.PathLike[str], least_bytes: int) -> str:
    """Why the disk of a directory does not take so many bytes: `READ_ONLY` or `FULL`; empty where it does.

    Empty too where that cannot be found out: the writing itself then fails with its own reason.
    """
    try:
        disk = os.statvfs(directory)
    except OSError:
        return ""
    if disk.f_flag & os.ST_RDONLY:
        return READ_ONLY
    return FULL if disk.f_bavail * disk.f_frsize < least_bytes else ""
