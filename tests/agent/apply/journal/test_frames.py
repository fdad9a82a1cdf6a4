"""Lines that show whether they are whole."""

import json

import pytest
from any_records import junk
from hypothesis import given
from hypothesis import strategies as st

from agent.apply.journal.frames import framed, only_record, unframed


@given(st.binary(max_size=80), st.lists(junk, max_size=3))
def test_of_any_bytes_only_whole_records_are_read(tail, records):
    data = b"".join(framed(record) for record in records)
    found, length = unframed(data + tail)
    assert found[: len(records)] == json.loads(json.dumps(records))
    assert length >= len(data)


RECORD = framed({"a": 1})


@pytest.mark.parametrize("length", range(len(RECORD)))
def test_a_torn_line_is_no_record(length):
    assert unframed(RECORD + RECORD[:length]) == ([{"a": 1}], len(RECORD))


@pytest.mark.parametrize("position", range(len(RECORD)))
def test_a_changed_byte_is_noticed(position):
    damaged = bytearray(RECORD)
    damaged[position] ^= 1
    assert unframed(bytes(damaged)) == ([], 0)


@pytest.mark.parametrize("data", [b"", RECORD * 2, RECORD[:-1]])
def test_a_file_of_one_record_has_exactly_one(data):
    with pytest.raises(ValueError, match="one whole record"):
        only_record(data)
    assert only_record(RECORD) == {"a": 1}
