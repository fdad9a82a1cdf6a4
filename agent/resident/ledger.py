"""Pure. How much traffic the agent may cause, has caused, and when it can afford the next pass.

What is counted is what its own sockets carried, with the headers of TCP and IP as they usually are; the platform's bill
counts the same bytes, and everybody else's as well.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from agent.frozen import frozen
from agent.setting_values import Budget

CONNECTION_BYTES = 392
"""Headers of the three packets that open a TCP connection over IPv4 and the four that close it, time stamps too."""
EXCHANGE_BYTES = 156
"""Likewise of a request, its answer, and an acknowledgement that travels alone."""
TYPICAL_PASS_BYTES = 1500
"""What a pass is taken to cost as long as none was counted."""
RESERVE = 0.1
"""Part of the budget that polling leaves for reports of failures."""
LONGEST_PAUSE = timedelta(days=1)
"""However little is left: a device that never asks can never be mended."""

DEFAULT_PERIOD = timedelta(days=30)
"""Of the ledger of a device without a budget."""


@frozen
class Ledger:
    """What the passes of the present period carried; `since` is None until a clock can be trusted."""

    since: datetime | None = None
    passes: int = 0
    bytes: int = 0


def at_ip_layer(payload_bytes: int, connections: int, requests: int) -> int:
    """Bytes with the headers of TCP and IP."""
    return payload_bytes + connections * CONNECTION_BYTES + requests * EXCHANGE_BYTES


def after_pass(ledger: Ledger, carried_bytes: int, now: datetime | None, period: timedelta) -> Ledger:
    """The ledger with one more pass; a new period begins with its first pass."""
    if now is not None and (ledger.since is None or not timedelta(0) <= now - ledger.since < period):
        carried_before = ledger if ledger.since is None else Ledger()
        ledger = replace(carried_before, since=now)
    return replace(ledger, passes=ledger.passes + 1, bytes=ledger.bytes + carried_bytes)


def affordable_pause_s(budget: Budget, ledger: Ledger, now: datetime | None) -> float:
    """Seconds until the next pass fits into what is left of the budget; 0 where the budget stands in nobody's way."""
    if now is None or ledger.since is None:
        return budget.period.total_seconds() / max(1.0, _for_polling(budget) / _cost(ledger))
    left_s = (ledger.since + budget.period - now).total_seconds()
    left_bytes = _for_polling(budget) - ledger.bytes
    pause_s = left_s / (left_bytes / _cost(ledger)) if left_bytes > _cost(ledger) else left_s
    return max(0.0, min(pause_s, LONGEST_PAUSE.total_seconds()))


def expected_bytes(ledger: Ledger, budget: Budget, now: datetime | None, pause_s: float) -> int:
    """What the whole period will have carried if every pass costs what they cost so far."""
    if now is None or ledger.since is None:
        return ledger.bytes
    left_s = max(0.0, (ledger.since + budget.period - now).total_seconds())
    return ledger.bytes + int(left_s / max(pause_s, 1.0) * _cost(ledger))


def ledger_values(ledger: Ledger) -> dict[str, object]:
    """As JSON keeps it."""
    since = ledger.since.astimezone(UTC).isoformat() if ledger.since else None
    return {"since": since, "passes": ledger.passes, "bytes": ledger.bytes}


def ledger_of(values: object) -> Ledger:
    """Back from JSON; raises `ValueError` for anything that this would not have written."""
    match values:
        case {"since": str() | None as since, "passes": int(passes), "bytes": int(carried)} if (
            min(passes, carried) >= 0
        ):
            moment = datetime.fromisoformat(since) if since else None
            if moment is not None and moment.tzinfo is None:
                raise ValueError("a time without a zone")
            return Ledger(moment, passes, carried)
        case _:
            raise ValueError("not a ledger")


def _for_polling(budget: Budget) -> float:
    return budget.bytes * (1 - RESERVE)


def _cost(ledger: Ledger) -> float:
    return max(1.0, ledger.bytes / ledger.passes) if ledger.passes else TYPICAL_PASS_BYTES
