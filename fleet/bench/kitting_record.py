"""Pure. The kitting record of a locked SIM: which device it is in, as tags of the SIM and as a row of the ledger."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import datetime

from agent.host.clock import rfc3339
from agent.identity import Imei
from fleet import desk_tags
from fleet.bench.stage import Row

COLUMNS = ("name", "sim_id", "imsi", "imei", "serial", "site", "configuration", "agent", "provisioned_at", "locked_at")
"""The columns of the ledger."""
_BYTE_ORDER_MARK = "\ufeff"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_EXACT_DIGITS = 11
"""A spreadsheet rounds or rewrites numbers with more digits."""


def record_tags(row: Row, imei: Imei, now: datetime) -> Mapping[str, str]:
    """The record as tags of the SIM."""
    serial = row.sim.tags.get("serial", "")
    return {
        desk_tags.LOCKED_IMEI: imei.digits,
        desk_tags.CONFIGURATION: row.report.configuration,
        desk_tags.AGENT: row.report.agent,
        desk_tags.LOCKED_AT: rfc3339(now),
        **({desk_tags.SERIAL: serial} if serial else {}),
    }


def record_of(row: Row, imei: Imei, now: datetime) -> Mapping[str, str]:
    """The record of a SIM that is locked now: a value for each of `COLUMNS`."""
    serial = row.sim.tags.get("serial", "")
    return _record(row, imei.digits, serial, row.report.configuration, row.report.agent, rfc3339(now))


def stored_record(row: Row) -> Mapping[str, str] | None:
    """The record that the tags of a SIM hold, whichever desk locked it; None where no desk did."""
    tags = row.sim.tags
    imei = tags.get(desk_tags.LOCKED_IMEI, "")
    if not imei:
        return None
    names = (desk_tags.SERIAL, desk_tags.CONFIGURATION, desk_tags.AGENT, desk_tags.LOCKED_AT)
    return _record(row, imei, *(tags.get(name, "") for name in names))


def csv_lines(record: Mapping[str, str], *, header: bool) -> str:
    """A row of the ledger for spreadsheets: no text becomes a formula, and long numbers keep all digits."""
    lines = io.StringIO()
    writer = csv.writer(lines)
    if header:
        lines.write(_BYTE_ORDER_MARK)
        writer.writerow(COLUMNS)
    writer.writerow([_cell(record[name]) for name in COLUMNS])
    return lines.getvalue()


def _record(row: Row, imei: str, serial: str, configuration: str, agent: str, locked_at: str) -> Mapping[str, str]:
    return {
        "name": row.sim.name,
        "sim_id": row.sim.sim_id,
        "imsi": row.sim.imsi.digits if row.sim.imsi else "",
        "imei": imei,
        "serial": serial,
        "site": row.sim.tags.get("site", ""),
        "configuration": configuration,
        "agent": agent,
        "provisioned_at": row.report.at,
        "locked_at": locked_at,
    }


def _cell(text: str) -> str:
    is_long_number = text.isdecimal() and len(text) > _EXACT_DIGITS
    return f"'{text}" if text.startswith(_FORMULA_STARTS) or is_long_number else text
