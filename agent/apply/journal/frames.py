"""Pure. Records in a file as lines that show whether they are whole: length and checksum stand before the JSON text."""

from __future__ import annotations

import json
import re
import zlib
from typing import Any

Json = dict[str, Any]

_HEAD = re.compile(rb"([0-9a-f]{8}) ([0-9a-f]{8}) ")


def framed(record: Json) -> bytes:
    """The line of one record."""
    text = json.dumps(record, sort_keys=True, separators=(",", ":")).encode("ascii")
    return b"%08x %08x %s\n" % (len(text), zlib.crc32(text), text)


def unframed(data: bytes) -> tuple[list[Json], int]:
    """The whole records that `data` begins with, and their length in bytes; the rest is torn or damaged."""
    records: list[Json] = []
    end = 0
    while head := _HEAD.match(data, end):
        start = head.end()
        stop = start + int(head[1], 16)
        text = data[start:stop]
        if data[stop : stop + 1] != b"\n" or zlib.crc32(text) != int(head[2], 16):
            break
        records.append(json.loads(text))
        end = stop + 1
    return records, end


def only_record(data: bytes) -> Json:
    """The record of a file that holds exactly one; raises `ValueError`."""
    records, _ = unframed(data)
    if len(records) != 1:
        raise ValueError("not one whole record")
    return records[0]
