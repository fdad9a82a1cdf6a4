"""Edge: the ledger of what the agent's own sockets carried, in the state directory; losing it costs history only."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from agent.budget import Ledger, ledger_of, ledger_values
from agent.durable import owner_of_directory, read_bounded, write_durably

TRAFFIC = "traffic.json"
MAX_BYTES = 4096


def read_ledger(state: Path) -> Ledger:
    """What was carried so far; nothing where nothing is known."""
    try:
        return ledger_of(json.loads(read_bounded(state / TRAFFIC, MAX_BYTES)))
    except (OSError, ValueError, RecursionError):
        return Ledger()


def write_ledger(state: Path, ledger: Ledger) -> None:
    """Remembers it; a disk that refuses is told of by what else is written there."""
    with suppress(OSError):
        write_durably(state / TRAFFIC, json.dumps(ledger_values(ledger)).encode(), owner=owner_of_directory(state))
