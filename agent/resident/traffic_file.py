"""Edge. The traffic record as a file in the state directory; a lost file costs only history."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from agent.host.durable import owner_of_directory, write_durably
from agent.host.foreign_files import read_bounded, write_until_boot
from agent.provision import poll_note
from agent.resident.traffic_record import TrafficRecord, record_of, record_values

TRAFFIC = "traffic.json"
MAX_BYTES = 4096


def read_record(state: Path, volatile: Path | None = None) -> TrafficRecord:
    """The newest of the record on the disk, the one in `volatile` and the one of the quiet polls there.

    An empty record where none can be read.
    """
    newest = _read(state)
    for since in (_read(volatile), _of_quiet_polls(volatile)) if volatile else ():
        newest = since if since.since == newest.since and since.passes > newest.passes else newest
    return newest


def write_record(state: Path, record: TrafficRecord, volatile: Path | None = None) -> None:
    """Writes the record to the disk, or to `volatile`; errors are ignored, since the state file reports a full disk."""
    content = json.dumps(record_values(record)).encode()
    with suppress(OSError):
        if volatile is None:
            write_durably(state / TRAFFIC, content, owner=owner_of_directory(state))
        else:
            write_until_boot(volatile / TRAFFIC, content)


def _of_quiet_polls(volatile: Path) -> TrafficRecord:
    try:
        counted = poll_note.parse(read_bounded(volatile / poll_note.NAME, poll_note.MAX_BYTES)).counted
        values = {"since": counted.since, "passes": counted.passes, "bytes": counted.bytes} if counted else None
        return record_of(values)
    except (OSError, ValueError):
        return TrafficRecord()


def _read(place: Path) -> TrafficRecord:
    try:
        return record_of(json.loads(read_bounded(place / TRAFFIC, MAX_BYTES)))
    except (OSError, ValueError, RecursionError):
        return TrafficRecord()
