"""Edge: the ledger of what the agent's own sockets carried, in the state directory; losing it costs history only."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from agent.host.durable import owner_of_directory, read_bounded, write_durably, write_until_boot
from agent.resident.ledger import Ledger, ledger_of, ledger_values

TRAFFIC = "traffic.json"
MAX_BYTES = 4096


def read_ledger(state: Path, volatile: Path | None = None) -> Ledger:
    """What was carried so far; nothing where nothing is known."""
    kept, since = _read(state), _read(volatile) if volatile else Ledger()
    return since if since.since == kept.since and since.passes > kept.passes else kept


def write_ledger(state: Path, ledger: Ledger, volatile: Path | None = None) -> None:
    """Remembers it, in a volatile place for nothing; a disk that refuses is told of by what else is written."""
    content = json.dumps(ledger_values(ledger)).encode()
    with suppress(OSError):
        if volatile is None:
            write_durably(state / TRAFFIC, content, owner=owner_of_directory(state))
        else:
            write_until_boot(volatile / TRAFFIC, content)


def _read(place: Path) -> Ledger:
    try:
        return ledger_of(json.loads(read_bounded(place / TRAFFIC, MAX_BYTES)))
    except (OSError, ValueError, RecursionError):
        return Ledger()
