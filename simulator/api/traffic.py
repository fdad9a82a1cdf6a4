"""Pure. The traffic of SIMs: counted by day and month, in UTC, and returned as statistics."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from simulator.api.account import Account
from simulator.api.asked import Asked, Operation
from simulator.http_messages import Response
from simulator.subscribers import Refusal, Sim

DAY_MS = 86_400_000
_PERIODS = frozenset({"month", "day", "minutes"})


def carry(account: Account, sim: Sim, size: int, now: int) -> Mapping[str, int]:
    """Counts bytes of a SIM; returns its bytes so far: `Daily`, `Monthly`, `Cumulative`."""
    day = now // DAY_MS
    with account.lock:
        of_sim = account.traffic.setdefault(sim.imsi, {})
        of_sim[day] = of_sim.get(day, 0) + size
        for who in (sim.group_id, account.operator_id):
            for period in (_day(day), _month(day)):
                key = (who or "", period)
                account.carried_at[key] = account.carried_at.get(key, 0) + size
        monthly = sum(carried for one, carried in of_sim.items() if _month(one) == _month(day))
        return {"Daily": of_sim[day], "Monthly": monthly, "Cumulative": sum(of_sim.values())}


def carried_of(account: Account, who: str, now: int) -> Mapping[str, int]:
    """Bytes of all SIMs of a group, or of the operator, in this day and this month."""
    day = now // DAY_MS
    return {
        "Daily": account.carried_at.get((who, _day(day)), 0),
        "Monthly": account.carried_at.get((who, _month(day)), 0),
    }


def statistics(asked: Asked) -> Response:
    """Bytes of a SIM by day or month, between `from` and `to` in seconds since 1970."""
    platform, variables = asked.account.platform, asked.variables
    imsi = platform.imsi_of(asked.variable("sim_id")) if "sim_id" in variables else asked.variable("imsi")
    sim, period = platform.sim(imsi), asked.query.get("period")
    if period not in _PERIODS or not {"from", "to"} <= asked.query.keys():
        raise Refusal(400, "COM0001", "from, to, and period (month, day or minutes) are needed")
    begin, end = asked.number("from", 0), asked.number("to", 0)
    found: dict[str, tuple[int, int]] = {}
    for day, size in sorted(asked.account.traffic.get(sim.imsi, {}).items()):
        if begin // 86400 <= day <= end // 86400:
            label = _month(day).replace("-", "") if period == "month" else _day(day).replace("-", "")
            first, so_far = found.get(label, (day, 0))
            found[label] = (first, so_far + size)
    return Response.json(200, [_row(sim, label, day, size) for label, (day, size) in found.items()])


def _row(sim: Sim, label: str, day: int, size: int) -> Mapping[str, Any]:
    counted = {
        "uploadByteSizeTotal": size,
        "downloadByteSizeTotal": 0,
        "uploadPacketSizeTotal": -(-size // 1400),
        "downloadPacketSizeTotal": 0,
    }
    return {"unixtime": day * 86400, "date": label, "dataTrafficStatsMap": {sim.speed_class: counted}}


def _day(day: int) -> str:
    return datetime.fromtimestamp(day * 86400, UTC).strftime("%Y-%m-%d")


def _month(day: int) -> str:
    return _day(day)[:7]


OPERATIONS: Mapping[str, Operation] = {"Stats:getAirStatsOfSim": statistics, "Stats:getAirStats": statistics}
