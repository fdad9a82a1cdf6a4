"""Pure. May this SIM be tied to this device, and what is written down of the two.

A lock to the wrong IMEI shuts a SIM out for good, and one that the carrier cannot check does so as well: a lock is only
set where the device, the network and the plan name the same one.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import datetime

from agent.errors import Code, Failure
from agent.host.clock import rfc3339
from agent.identity import Imei, device_part
from fleet.bench.findings import Finding, Weight
from fleet.bench.stage import LOCKED_TAG, Row, same_device

COLUMNS = ("name", "sim_id", "imsi", "imei", "serial", "site", "configuration", "agent", "provisioned_at", "locked_at")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_LEFT_TO_A_LOCK = frozenset({Finding.LOCK_LOST, Finding.SHIPPED_WITHOUT_LOCK})
"""What a lock mends."""


def device_of(row: Row) -> Imei:
    """The device that the SIM may be locked to; raises `lock.refused` with every reason why there is none."""
    reasons, imei = tuple(_against(row)), row.claim.imei
    if reasons or imei is None:
        raise Failure(Code.LOCK_REFUSED, "; ".join(reasons), where=f"SIM {row.sim.label}")
    return imei


def is_locked(row: Row, imei: Imei) -> bool:
    """Whether the lock is on and was proven: the desk's own word stands beside the platform's."""
    lock = row.sim.lock
    proven = device_part(row.sim.tags.get(LOCKED_TAG)) == device_part(imei.digits)
    return lock is not None and same_device(lock.imei, imei) and proven


def record_tags(row: Row, imei: Imei, now: datetime) -> Mapping[str, str]:
    """The kitting record, as tags of the SIM."""
    return {
        LOCKED_TAG: imei.digits,
        "desk_config": row.claim.configuration,
        "desk_agent": row.claim.agent,
        "desk_at": rfc3339(now),
        **({"desk_serial": serial} if (serial := row.sim.tags.get("serial", "")) else {}),
    }


def record_of(row: Row, imei: Imei, now: datetime) -> Mapping[str, str]:
    """The same for the ledger: a value for each of `COLUMNS`."""
    serial = row.sim.tags.get("serial", "")
    return _record(row, imei.digits, serial, row.claim.configuration, row.claim.agent, rfc3339(now))


def kept_record(row: Row) -> Mapping[str, str] | None:
    """The record as the SIM's tags keep it, whoever locked it; None where the desk did not."""
    tags = row.sim.tags
    if not tags.get(LOCKED_TAG):
        return None
    kept = (tags.get(name, "") for name in ("desk_serial", "desk_config", "desk_agent", "desk_at"))
    return _record(row, tags[LOCKED_TAG], *kept)


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
        "provisioned_at": row.claim.at,
        "locked_at": locked_at,
    }


def as_csv(record: Mapping[str, str], *, header: bool) -> str:
    """Lines of the ledger, for spreadsheets: a tag that looks like a formula is only text, and digits stay digits."""
    out = io.StringIO()
    writer = csv.writer(out)
    if header:
        out.write("\ufeff")
        writer.writerow(COLUMNS)
    writer.writerow([_cell(record[name]) for name in COLUMNS])
    return out.getvalue()


def _against(row: Row) -> Iterator[str]:
    sim, claim = row.sim, row.claim
    seen = sim.session.imei
    if not sim.session.online:
        yield "it is not online, so a lock could not be proven"
    if claim.imei is None:
        yield "the device has not said its IMEI"
    if claim.state != "provisioned":
        yield f"the device is {claim.state or 'not kitted yet'}"
    if seen is None:
        yield "the network tells no IMEI: a lock would shut the SIM out"
    for finding in row.findings:
        if finding.weight is Weight.SUSPICIOUS and finding not in _LEFT_TO_A_LOCK:
            yield finding.what.en


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) or (text.isdecimal() and len(text) > 11) else text  # noqa: PLR2004
