"""SIMs and rows for the tests of the board, and a value that a test changes."""

from dataclasses import replace
from datetime import UTC, datetime

from agent.identity import Imei, Imsi
from fleet.bench.finding_rules import Expectations
from fleet.bench.stage import row_of
from fleet.board.view import Board
from fleet.platform.sim import Lock, Session, Sim, Status

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
IMEI, OTHER = "490154203237518", "356938035643809"
PLAN = Expectations(after="shipped-group")
READY = Sim("8942310000000000001", Imsi("440101234567890"), Status.READY)
ON = replace(READY, status=Status.ACTIVE, was_online=True, session=Session(online=True, imei=IMEI, changed_at=NOW))
SAYS = {
    "kitting_imei": IMEI,
    "kitting_state": "provisioned",
    "kitting_config": "c-7",
    "kitting_at": "2026-11-23T11:59Z",
}
PROVISIONED = replace(ON, tags=SAYS)
LOCKED = replace(PROVISIONED, lock=Lock(IMEI), tags={**PROVISIONED.tags, "desk_imei": IMEI})
FAILED = replace(ON, tags={**SAYS, "kitting_state": "failed", "kitting_error": "apply.failed: /etc/x: no room"})
STOPPED = replace(READY, status=Status.SUSPENDED)


def row(sim, meant_for=None, now=NOW):
    imeis = {sim.sim_id: Imei(meant_for)} if meant_for else {}
    return row_of(sim, replace(PLAN, imeis=imeis), now)


def named(sim, name, **tags):
    return replace(sim, tags={**sim.tags, "name": name, **tags})


def board(*sims, title="Order 7", problem="", at=NOW):
    return Board(title, tuple(row(sim) for sim in sims), at, problem)


class Changing:
    """Returns a value that the test changes."""

    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now
