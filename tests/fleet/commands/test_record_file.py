"""The record of a command."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from refusals import failure_of

from agent.errors import Code
from fleet.commands.record_file import RecordFile

FULL = Path("/dev/full")
NOW = datetime(2026, 11, 23, 12, 0, 1, 500, tzinfo=UTC)


def test_each_entry_is_a_line_that_is_written_at_once(tmp_path):
    path = tmp_path / "record.jsonl"
    path.write_text('{"earlier": true}\n')
    with RecordFile(path, lambda: NOW) as record:
        record.write(sim="1", what="東京")
        lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert lines == [{"earlier": True}, {"at": "2026-11-23T12:00:01+00:00", "sim": "1", "what": "東京"}]


def test_a_record_that_cannot_be_opened_is_named(tmp_path):
    failure = failure_of(lambda: RecordFile(tmp_path / "none" / "record.jsonl"))
    assert (failure.code, failure.where) == (Code.FILE_UNWRITABLE, str(tmp_path / "none" / "record.jsonl"))


@pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_named():
    def write():
        with RecordFile(FULL) as record:
            record.write(sim="1")

    assert failure_of(write).code is Code.FILE_UNWRITABLE
