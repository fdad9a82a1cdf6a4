"""Pure. The kitting record of a locked SIM: which device it is in, as tags of the SIM and as a row of the ledger."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from agent.host.clock import rfc3339
from agent.identity import Imei
from agent.visible_text import visible
from fleet import desk_tags
from fleet.bench.stage import Row

_TAGS = {
    "configuration": desk_tags.CONFIGURATION,
    "agent": desk_tags.AGENT,
    "locked_at": desk_tags.LOCKED_AT,
    "locked_by": desk_tags.LOCKED_BY,
    "shipped_at": desk_tags.SHIPPED_AT,
    "shipped_by": desk_tags.SHIPPED_BY,
    "forced": desk_tags.FORCED,
}
"""Column of the ledger → the tag of the SIM with its value."""
COLUMNS = ("name", "sim_id", "imsi", "imei", "serial", "site", "provisioned_at", *_TAGS)
"""The columns of the ledger."""
BYTE_ORDER_MARK = "\ufeff"
"""The start of a file that a spreadsheet reads as UTF-8."""
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_EXACT_DIGITS = 11
"""A spreadsheet rounds or rewrites numbers with more digits."""


def record_tags(row: Row, imei: Imei, now: datetime, who: str) -> Mapping[str, str]:
    """The record of a SIM that is locked now, as its tags; `who` locks it."""
    serial = row.sim.tags.get("serial", "")
    return {
        desk_tags.LOCKED_IMEI: imei.digits,
        desk_tags.CONFIGURATION: row.report.configuration,
        desk_tags.AGENT: row.report.agent,
        desk_tags.LOCKED_AT: rfc3339(now),
        desk_tags.LOCKED_BY: who,
        **({desk_tags.SERIAL: serial} if serial else {}),
    }


def stored_record(row: Row, tags: Mapping[str, str]) -> Mapping[str, str] | None:
    """The record that the tags of a SIM hold, a value for each of `COLUMNS`; None where no desk locked the SIM."""
    imei = tags.get(desk_tags.LOCKED_IMEI, "")
    if not imei:
        return None
    return {
        "name": row.sim.name,
        "sim_id": row.sim.sim_id,
        "imsi": row.sim.imsi.digits if row.sim.imsi else "",
        "imei": imei,
        "serial": tags.get(desk_tags.SERIAL, ""),
        "site": tags.get("site", ""),
        "provisioned_at": row.report.at,
        **{column: tags.get(tag, "") for column, tag in _TAGS.items()},
    }


def csv_text(records: Iterable[Mapping[str, str]], columns: Sequence[str] = COLUMNS, *, header: bool = True) -> str:
    """Rows of the ledger, for programs; `columns` not in a record stay empty, and hidden characters are replaced."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", extrasaction="ignore", lineterminator="\n")
    if header:
        writer.writeheader()
    writer.writerows({name: visible(text) for name, text in record.items()} for record in records)
    return text.getvalue()


def spreadsheet_record(record: Mapping[str, str]) -> Mapping[str, str]:
    """A row for a spreadsheet: no text becomes a formula, and long numbers keep all digits."""
    return {name: _cell(text) for name, text in record.items()}


def _cell(text: str) -> str:
    is_long_number = text.isdecimal() and len(text) > _EXACT_DIGITS
    return f"'{text}" if text.startswith(_FORMULA_STARTS) or is_long_number else text
