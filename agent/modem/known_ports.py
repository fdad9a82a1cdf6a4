"""Edge. The ports that answered the last time (`modem.json` in the state directory).

With this file AT commands are sent only to the port of a modem that answers them, and the others are not disturbed. A
lost file costs some seconds at the next reading.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from agent.errors import Failure
from agent.host.durable import owner_of_directory, write_durably
from agent.host.foreign_files import read_bounded

FILE = "modem.json"
VERSION = 1
MAX_BYTES = 16 * 1024
MOST_PORTS = 16


def known_ports(state: Path | None) -> tuple[str, ...]:
    """Paths of the ports on which the IMEI was read; none where the file is missing, damaged or of another version."""
    if state is None:
        return ()
    try:
        members = json.loads(read_bounded(state / FILE, MAX_BYTES).decode())
    except (OSError, ValueError, RecursionError):
        return ()
    if not isinstance(members, dict) or members.get("version") != VERSION or not isinstance(members.get("ports"), list):
        return ()
    return tuple(port for port in members["ports"] if isinstance(port, str) and port.startswith("/"))[:MOST_PORTS]


def save_ports(state: Path | None, ports: Iterable[str]) -> None:
    """Writes the ports to the file if they have changed; a file that cannot be written is no failure."""
    wanted = tuple(ports)
    if state is None or not wanted or wanted == known_ports(state):
        return
    text = json.dumps({"version": VERSION, "ports": wanted}, indent=1)
    with suppress(OSError, Failure):
        write_durably(state / FILE, f"{text}\n".encode(), owner=owner_of_directory(state))
