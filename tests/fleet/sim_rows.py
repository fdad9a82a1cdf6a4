"""SIMs in several stages, and their rows, for tests of the kitting bench."""

from dataclasses import replace
from datetime import UTC, datetime

from fleet.bench.finding_rules import Expectations
from fleet.bench.stage import row_of
from fleet.platform.sim import Lock, Session, Sim, Status

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
IMEI, OTHER = "490154203237518", "356938035643809"
PLAN = Expectations(after="shipped-group")
STOCK = Sim("8942310000000000001", None, Status.READY)
ON = replace(STOCK, status=Status.ACTIVE, was_online=True, session=Session(online=True, imei=IMEI, changed_at=NOW))
IDENTIFIED = replace(ON, tags={"kitting_imei": IMEI, "kitting_state": "applying"})
PROVISIONED = replace(ON, tags={"kitting_imei": IMEI, "kitting_state": "provisioned"})
TAGGED = {**PROVISIONED.tags, "desk_imei": IMEI}
NOT_PROVED = replace(PROVISIONED, lock=Lock(IMEI))
LOCKED = replace(PROVISIONED, lock=Lock(IMEI), tags=TAGGED)
SHIPPED = replace(LOCKED, group_id="shipped-group")


def row(sim, plan=PLAN, now=NOW):
    return row_of(sim, plan, now)
