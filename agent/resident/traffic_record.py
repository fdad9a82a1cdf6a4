"""Pure. The traffic that the agent may cause and has caused, and when the budget allows the next pass.

Counted are the bytes that the agent's own sockets sent and received, with the usual headers of TCP and IP. The bill of
the platform counts the same bytes, and those of all other programs on the gateway.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from agent.frozen import frozen
from agent.resident import pace
from agent.setting_values import Budget

MOST_PASSES, MOST_BYTES = 10**9, 10**15
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""Limits of what is read: beyond them arithmetic with times and numbers fails."""

DEFAULT_PERIOD = timedelta(days=30)
"""Period of the record on a device without a budget."""


@frozen
class TrafficRecord:
    """Passes and bytes of the present period; `since` is None until a clock can be trusted."""

    since: datetime | None = None
    passes: int = 0
    bytes: int = 0


def after_pass(record: TrafficRecord, carried_bytes: int, now: datetime | None, period: timedelta) -> TrafficRecord:
    """The record with one more pass; a new period begins with its first pass."""
    if now is not None and (record.since is None or not timedelta(0) <= now - record.since < period):
        carried_before = record if record.since is None else TrafficRecord()
        record = replace(carried_before, since=now)
    return replace(record, passes=record.passes + 1, bytes=record.bytes + carried_bytes)


def affordable_pause_s(budget: Budget, record: TrafficRecord, now: datetime | None) -> float:
    """Seconds until the next pass fits into what is left of the budget; 0 where the budget sets no limit."""
    age_s = None if now is None or record.since is None else (now - record.since).total_seconds()
    return pace.affordable_pause_s(budget.bytes, budget.period.total_seconds(), record.passes, record.bytes, age_s)


def expected_bytes(record: TrafficRecord, budget: Budget, now: datetime | None, pause_s: float) -> int:
    """Bytes of the whole period if each further pass costs the average of the passes so far."""
    if now is None or record.since is None:
        return record.bytes
    left_s = max(0.0, (record.since + budget.period - now).total_seconds())
    return record.bytes + int(left_s / max(pause_s, 1.0) * pace.cost_of_a_pass(record.passes, record.bytes))


def record_values(record: TrafficRecord) -> dict[str, object]:
    """The record as JSON values."""
    since = record.since.astimezone(UTC).isoformat() if record.since else None
    return {"since": since, "passes": record.passes, "bytes": record.bytes}


def record_of(values: object) -> TrafficRecord:
    """The record from JSON values; raises `ValueError` for values that `record_values` does not return."""
    match values:
        case {"since": str() | None as since, "passes": int(passes), "bytes": int(carried)} if (
            0 <= passes <= MOST_PASSES and 0 <= carried <= MOST_BYTES
        ):
            moment = datetime.fromisoformat(since) if since else None
            if moment is not None and (moment.tzinfo is None or not EARLIEST <= moment <= LATEST):
                raise ValueError("a time without a zone, or of no period of this device")
            return TrafficRecord(moment, passes, carried)
        case _:
            raise ValueError("not a traffic record")
