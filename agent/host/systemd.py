"""Edge. The service manager and the journal.

`tell_manager` implements sd_notify(3) itself: the resident lives for years, and a library for one datagram would cost
it a tenth of its memory. The journal is written through systemd-python, and only by a pass, which ends soon. Without
systemd both do nothing.
"""

from __future__ import annotations

import os
import select
import socket
import sys
from collections.abc import Mapping

ENDED_MESSAGE_ID = "9f2c0f1d6d5b4c0f8a4e3f1f6f0a7c11"
"""journald's MESSAGE_ID of the line at the end of each pass; stable, for monitoring."""


def tell_manager(*assignments: str) -> bool:
    """Sends `READY=1`, `STATUS=…`, `WATCHDOG=1` and similar; False without a manager that receives it."""
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
    """Returns when the manager has processed everything that was sent (sd_notify_barrier(3)); False after `limit_s`.

    The manager finds the unit of a message by its sender. It drops a message whose sender has ended before it is read.
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
    """The address of the manager's socket, empty without a manager; an abstract socket begins with NUL (unix(7))."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    return "\0" + address[1:] if address.startswith("@") else address


def watchdog_interval_s() -> float | None:
    """Seconds within which the manager expects a watchdog message of this process; None without a watchdog."""
    if os.environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    text = os.environ.get("WATCHDOG_USEC", "")
    return int(text) / 1e6 if text.isdecimal() and int(text) > 0 else None


def standard_error_is_journal() -> bool:
    """Whether standard error is connected to the journal (systemd.exec(5), JOURNAL_STREAM)."""
    device, _, inode = os.environ.get("JOURNAL_STREAM", "").partition(":")
    try:
        there = os.fstat(sys.stderr.fileno())
    except (OSError, ValueError):
        return False
    return (device, inode) == (str(there.st_dev), str(there.st_ino))


def log_to_journal(message: str, priority: int, fields: Mapping[str, str]) -> None:
    """Writes one entry with structured fields (names in capitals); without a journal it is dropped.

    Without systemd-python the entry goes to the journal through standard error, with its priority and without the
    fields (sd-daemon(3)).
    """
    try:
        from systemd import journal
    except ModuleNotFoundError:
        if standard_error_is_journal():
            sys.stderr.write(f"<{priority}>{message}\n")
        return
    try:
        journal.send(message, PRIORITY=str(priority), SYSLOG_IDENTIFIER="kitting-agent", **fields)
    except OSError:
        return
