"""Whether a SIM may be locked, and to which device."""

from dataclasses import replace

import pytest
from refusals import failure_of
from sim_rows import IMEI, LOCKED, NOW, ON, OTHER, PROVISIONED, row

from agent.errors import Code
from agent.identity import Imei
from fleet.bench.finding_rules import Expectations
from fleet.bench.lock_rules import imei_to_lock, is_locked, is_ready
from fleet.platform.sim import Lock, Session

PROVEN = replace(LOCKED, tags={**LOCKED.tags, "desk_imei": IMEI})


def test_a_sim_is_locked_to_the_device_that_all_sources_name():
    assert imei_to_lock(row(PROVISIONED)) == Imei(IMEI)
    assert imei_to_lock(row(PROVISIONED, Expectations(imeis={PROVISIONED.sim_id: Imei(IMEI)}))) == Imei(IMEI)


@pytest.mark.parametrize(
    ("sim", "reason"),
    [
        (replace(PROVISIONED, session=Session(imei=IMEI)), "not online"),
        (replace(ON, tags={}), "has not reported an IMEI; the device has not reported yet"),
        (replace(ON, tags={"kitting_imei": IMEI, "kitting_state": "applying"}), "the device is applying"),
        (replace(PROVISIONED, session=Session(online=True, changed_at=NOW)), "the network reports no IMEI"),
        (replace(PROVISIONED, session=Session(online=True, imei=OTHER)), "another IMEI than the network"),
        (replace(PROVISIONED, lock=Lock(OTHER)), "the IMEI lock names another device"),
    ],
)
def test_every_reason_against_a_lock_is_named(sim, reason):
    failure = failure_of(lambda: imei_to_lock(row(sim)))
    assert (failure.code, failure.where) == (Code.LOCK_REFUSED, f"SIM {sim.sim_id}")
    assert reason in failure.detail
    assert not is_ready(row(sim))


def test_a_lost_lock_is_no_reason_against_a_new_one():
    lost = replace(PROVISIONED, tags={**PROVISIONED.tags, "desk_imei": IMEI})
    assert imei_to_lock(row(lost)) == Imei(IMEI)
    assert is_ready(row(lost))


@pytest.mark.parametrize(
    ("sim", "locked"),
    [(PROVISIONED, False), (LOCKED, False), (PROVEN, True), (replace(PROVEN, lock=Lock(f"{IMEI[:14]}0")), True)],
    ids=["no lock", "not proven", "proven", "without the check digit"],
)
def test_a_lock_counts_when_the_desk_has_proven_it(sim, locked):
    assert is_locked(row(sim), Imei(IMEI)) is locked
    assert is_ready(row(sim)) is not locked
