"""Edge. The traffic record as a file in the state directory; a lost file costs only history."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from agent.host.durable import owner_of_directory, write_durably
from agent.host.foreign_files import read_bounded, write_until_boot
from agent.resident.traffic_record import TrafficRecord, record_of, record_values

TRAFFIC = "traffic.json"
MAX_BYTES = 4096


def read_record(state: Path, volatile: Path | None = None) -> TrafficRecord:
    """The newer of the record on the disk and the one in `volatile`; an empty record where neither can be read."""
    kept, since = _read(state), _read(volatile) if volatile else TrafficRecord()
    return since if since.since == kept.since and since.passes > kept.passes else kept


def write_record(state: Path, record: TrafficRecord, volatile: Path | None = None) -> None:
    """Writes the record to the disk, or to `volatile`; errors are ignored, since the state file reports a full disk."""
    content = json.dumps(record_values(record)).encode()
    with suppress(OSError):
        if volatile is None:
            write_durably(state / TRAFFIC, content, owner=owner_of_directory(state))
        else:
            write_until_boot(volatile / TRAFFIC, content)


def _read(place: Path) -> TrafficRecord:
    try:
        return record_of(json.loads(read_bounded(place / TRAFFIC, MAX_BYTES)))
    except (OSError, ValueError, RecursionError):
        return TrafficRecord()
