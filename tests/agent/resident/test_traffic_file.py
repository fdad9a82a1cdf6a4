"""The traffic record on the disk, and in the directory that lasts until the next boot."""

from datetime import UTC, datetime

import pytest

from agent.resident.traffic_file import TRAFFIC, read_record, write_record
from agent.resident.traffic_record import (
    TrafficRecord,
)

NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'{"since": "x", "passes": 1, "bytes": 1}',
        b'{"since": "2026-01-01", "passes": 1, "bytes": 1}',
        b'{"since": null, "passes": -1, "bytes": 1}',
        b"[" * 4000,
    ],
)
def test_a_damaged_ledger_is_an_empty_one(tmp_path, content):
    (tmp_path / TRAFFIC).write_bytes(content)
    assert read_record(tmp_path) == TrafficRecord()


def test_a_ledger_survives(tmp_path):
    write_record(tmp_path, TrafficRecord(NOW, 3, 4))
    assert read_record(tmp_path) == TrafficRecord(NOW, 3, 4)
    write_record(tmp_path / "absent", TrafficRecord())


def test_what_polls_carried_since_the_last_whole_pass_lies_where_it_costs_nothing(tmp_path):
    disk, volatile = tmp_path / "disk", tmp_path / "run"
    disk.mkdir()
    volatile.mkdir()
    write_record(disk, TrafficRecord(NOW, 3, 4))
    write_record(disk, TrafficRecord(NOW, 4, 8), volatile)
    assert (read_record(disk), read_record(disk, volatile)) == (TrafficRecord(NOW, 3, 4), TrafficRecord(NOW, 4, 8))
    write_record(disk, TrafficRecord(NOW, 5, 9))
    assert read_record(disk, volatile) == TrafficRecord(NOW, 5, 9)
    (volatile / TRAFFIC).write_text("[")
    assert read_record(disk, volatile) == TrafficRecord(NOW, 5, 9)
