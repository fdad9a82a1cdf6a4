"""Pure. Thirty invented SIMs in every stage, for trying the board; some of them advance with every step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from agent.identity import Imei, Imsi, check_digit_holds
from fleet import desk_tags
from fleet.bench.finding_rules import Expectations
from fleet.bench.stage import Stage, row_of
from fleet.board.view import Board
from fleet.platform.sim import Lock, Session, Sim, Status

SIMS = 30
_SHIPPED, _OTHER_DEVICE = "shipped", "356938035643809"
_MOVING = (
    Stage.ORDERED,
    Stage.IN_STOCK,
    Stage.TESTING,
    Stage.POWERED_ON,
    Stage.IDENTIFIED,
    Stage.PROVISIONED,
    Stage.LOCKED,
)
_STANDING = (
    Stage.SUSPICIOUS,
    Stage.FAILED,
    Stage.BLOCKED,
    Stage.SILENT,
    Stage.LOCK_NOT_PROVED,
    Stage.STOPPED,
    *(Stage.SHIPPED,) * 3,
    *(Stage.LOCKED,) * 5,
)
_STARTS = (0, 0, 1, 1, 1, 2, 2, 3, 3, 3, 4, 4, 5, 5, 5, 5)
"""The first stage of each SIM that advances, as an index of `_MOVING`."""


def sample(now: datetime, step: int = 0) -> Board:
    """The board after `step` steps; with each step, one SIM advances by one stage."""
    stages = (*_STANDING, *(_advanced(number, start, step) for number, start in enumerate(_STARTS)))
    plan = Expectations(after=_SHIPPED, imeis={_sim_id(1): Imei(_imei(1))})
    rows = tuple(row_of(_sim(number, stage, now), plan, now) for number, stage in enumerate(stages, 1))
    return Board("Order 2026-1123 · Osaka", rows, now)


def _advanced(number: int, start: int, step: int) -> Stage:
    steps = (step + len(_STARTS) - 1 - number) // len(_STARTS)
    return _MOVING[min(start + steps, len(_MOVING) - 1)]


def _sim(number: int, stage: Stage, now: datetime) -> Sim:
    unused = {Stage.ORDERED: Status.SHIPPED, Stage.IN_STOCK: Status.READY, Stage.TESTING: Status.TESTING}
    imei = _imei(number)
    given = {"name": f"gw-osaka-{number:02}", desk_tags.SERIAL: f"KG-{26110000 + number}"}
    sim = Sim(_sim_id(number), Imsi(f"44010{3000000000 + number * 7919:010}"), unused.get(stage, Status.ACTIVE))
    if stage in unused:
        return replace(sim, tags={} if stage is Stage.ORDERED else given)
    seen = _OTHER_DEVICE if stage is Stage.SUSPICIOUS else imei
    session = Session(online=stage is not Stage.SHIPPED, imei=seen, changed_at=now - timedelta(minutes=20))
    on = replace(sim, tags={**given, **_tags(stage, imei)}, session=session, was_online=True)
    return _closed(on, stage, imei, now)


def _closed(sim: Sim, stage: Stage, imei: str, now: datetime) -> Sim:
    """The SIM with the lock and the status of its stage."""
    if stage is Stage.STOPPED:
        return replace(sim, status=Status.SUSPENDED, session=Session())
    if stage is Stage.SHIPPED:
        return replace(_locked(sim, imei), group_id=_SHIPPED)
    if stage is Stage.POWERED_ON:
        return replace(sim, session=replace(sim.session, changed_at=now))
    if stage is Stage.LOCK_NOT_PROVED:
        return replace(sim, lock=Lock(imei))
    return _locked(sim, imei) if stage is Stage.LOCKED else sim


def _locked(sim: Sim, imei: str) -> Sim:
    return replace(sim, lock=Lock(imei), tags={**sim.tags, desk_tags.LOCKED_IMEI: imei})


def _tags(stage: Stage, imei: str) -> Mapping[str, str]:
    if stage in {Stage.POWERED_ON, Stage.SILENT}:
        return {}
    states = {Stage.IDENTIFIED: "applying", Stage.FAILED: "failed", Stage.BLOCKED: "blocked"}
    errors = {
        Stage.FAILED: "apply.failed: /etc/systemd/network/10-lan.network: [Network] Address: not an address",
        Stage.BLOCKED: "identity.new_modem: The modem is another than the one of before",
    }
    report = {
        "kitting_imei": imei,
        "kitting_state": states.get(stage, "provisioned"),
        "kitting_config": "osaka-7",
        "kitting_at": "2026-11-23T09:41:07Z",
    }
    return {**report, "kitting_error": errors[stage]} if stage in errors else report


def _sim_id(number: int) -> str:
    return f"89423100000000{number:05}"


def _imei(number: int) -> str:
    first = f"35462107{number * 8191 % 1000000:06}"
    return next(found for found in (f"{first}{last}" for last in range(10)) if check_digit_holds(found))
