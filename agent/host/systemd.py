"""Edge. The service manager and the journal.

Both take one datagram (sd_notify(3), and the native protocol of the journal, systemd.io/JOURNAL_NATIVE_PROTOCOL). It is
sent by `_socket`, the part of `socket` that is written in C, since `socket` alone would cost a quiet poll more than the
rest of its work. Without systemd both do nothing.
"""

from __future__ import annotations

import _socket
import os
import select
import sys

TYPE_CHECKING = False  # typing would be the largest module that a quiet poll loads
if TYPE_CHECKING:
    from collections.abc import Mapping

JOURNAL = "/run/systemd/journal/socket"
"""The journal's socket."""
ENDED_MESSAGE_ID = "9f2c0f1d6d5b4c0f8a4e3f1f6f0a7c11"
"""journald's MESSAGE_ID of the line at the end of each pass; stable, for monitoring."""


def tell_manager(*assignments: str) -> bool:
    """Sends `READY=1`, `STATUS=…`, `WATCHDOG=1` and similar; False without a manager that receives it."""
    address = _manager_address()
    if not address:
        return False
    return _sent(address, "\n".join(assignments).encode())


def wait_for_manager(limit_s: float = 1.0) -> bool:
    """Returns when the manager has processed everything that was sent (sd_notify_barrier(3)); False after `limit_s`.

    The manager finds the unit of a message by its sender. It drops a message whose sender has ended before it is read.
    """
    address = _manager_address()
    if not address:
        return False
    reading, writing = os.pipe()
    try:
        is_sent = _sent(address, b"BARRIER=1", writing)
        os.close(writing)
        return is_sent and bool(select.select([reading], [], [], limit_s)[0])
    finally:
        os.close(reading)


def _sent(address: str, message: bytes, descriptor: int | None = None) -> bool:
    """Sends one datagram, with an open file if one is named; whether somebody receives it."""
    rights = [] if descriptor is None else [descriptor.to_bytes(4, sys.byteorder)]
    passed = [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, right) for right in rights]
    sending = _socket.socket(_socket.AF_UNIX, _socket.SOCK_DGRAM | _socket.SOCK_CLOEXEC)
    try:
        sending.connect(address)
        sending.sendmsg([message], passed)
    except OSError:
        return False
    finally:
        sending.close()
    return True


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

    What does not fit into a datagram goes through systemd-python, and without that library through standard error, with
    its priority and without the fields (sd-daemon(3)).
    """
    entry = {"MESSAGE": message, "PRIORITY": str(priority), "SYSLOG_IDENTIFIER": "kitting-agent", **fields}
    if _sent(JOURNAL, b"".join(_member(name, text.encode("utf-8", "replace")) for name, text in entry.items())):
        return
    try:
        from systemd import journal
    except ModuleNotFoundError:
        if standard_error_is_journal():
            sys.stderr.write(f"<{priority}>{message}\n")
        return
    try:
        journal.send(**entry)
    except OSError:
        return


def log_end(text: str, priority: int, values: Mapping[str, str]) -> None:
    """Writes the entry at the end of a pass, whose fields are for monitoring; an empty one is left out."""
    log_to_journal(text, priority, {"MESSAGE_ID": ENDED_MESSAGE_ID, **{name: of for name, of in values.items() if of}})


def _member(name: str, text: bytes) -> bytes:
    """One field of an entry; a text of several lines is written with its length before it."""
    if b"\n" not in text:
        return name.encode() + b"=" + text + b"\n"
    return name.encode() + b"\n" + len(text).to_bytes(8, "little") + text + b"\n"
