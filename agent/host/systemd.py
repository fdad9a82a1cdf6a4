"""Edge: the service manager and the journal.

`tell_manager` speaks sd_notify(3) over its socket by itself, since the resident lives for years and importing a library
for one datagram would cost it a tenth of its memory. The journal is written through systemd-python, and only by a
pass, which is gone a moment later. Without systemd both do nothing.
"""

from __future__ import annotations

import os
import select
import socket
import sys
from collections.abc import Mapping

ENDED_MESSAGE_ID = "9f2c0f1d6d5b4c0f8a4e3f1f6f0a7c11"
"""journald's MESSAGE_ID of the one line at the end of each pass; stable, for whoever watches."""


def tell_manager(*assignments: str) -> bool:
    """Sends `READY=1`, `STATUS=…`, `WATCHDOG=1` and the like; False where there is no manager or it does not listen."""
    address = _manager_address()
    if not address:
        return False
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as manager:
            manager.connect(address)
            manager.sendall("\n".join(assignments).encode())
    except OSError:
        return False
    return True


def wait_for_manager(limit_s: float = 1.0) -> bool:
    """Returns once the manager has dealt with everything that was sent (sd_notify_barrier(3)); False where it does not.

    A message whose sender is gone before it is read cannot be told to be of its service, and is lost.
    """
    address = _manager_address()
    if not address:
        return False
    reading, writing = os.pipe()
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as manager:
            manager.connect(address)
            socket.send_fds(manager, [b"BARRIER=1"], [writing])
        os.close(writing)
        writing = -1
        return bool(select.select([reading], [], [], limit_s)[0])
    except OSError:
        return False
    finally:
        os.close(reading)
        if writing >= 0:
            os.close(writing)


def _manager_address() -> str:
    """Empty where there is no manager; an abstract socket begins with a NUL (unix(7))."""
    told = os.environ.get("NOTIFY_SOCKET", "")
    return "\0" + told[1:] if told.startswith("@") else told


def watchdog_interval_s() -> float | None:
    """Seconds within which the manager wants to hear from this process; None where it does not."""
    if os.environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    text = os.environ.get("WATCHDOG_USEC", "")
    return int(text) / 1e6 if text.isdecimal() and int(text) > 0 else None


def standard_error_is_journal() -> bool:
    """Whether what this process prints goes to the journal anyway (systemd.exec(5), JOURNAL_STREAM)."""
    device, _, inode = os.environ.get("JOURNAL_STREAM", "").partition(":")
    try:
        there = os.fstat(sys.stderr.fileno())
    except (OSError, ValueError):
        return False
    return (device, inode) == (str(there.st_dev), str(there.st_ino))


def log_to_journal(message: str, priority: int, fields: Mapping[str, str]) -> None:
    """One entry with structured fields (names in capitals); lost silently where no journal listens."""
    from systemd import journal

    try:
        journal.send(message, PRIORITY=str(priority), SYSLOG_IDENTIFIER="kitting-agent", **fields)
    except OSError:
        return
