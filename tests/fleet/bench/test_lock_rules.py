"""Whether a SIM may be locked, and to which device."""

from dataclasses import replace

import pytest
from refusals import failure_of
from sim_rows import IMEI, LOCKED, NOT_PROVED, NOW, ON, OTHER, PROVISIONED, SHIPPED, row

from agent.errors import Code
from agent.identity import Imei
from fleet.bench.finding_rules import Expectations
from fleet.bench.lock_rules import imei_to_lock, is_left_unproved, is_locked, is_ready
from fleet.platform.sim import Lock, Session, Status


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
    [(PROVISIONED, False), (NOT_PROVED, False), (LOCKED, True), (replace(LOCKED, lock=Lock(f"{IMEI[:14]}0")), True)],
    ids=["no lock", "not proven", "proven", "without the check digit"],
)
def test_a_lock_counts_when_the_desk_has_proven_it(sim, locked):
    assert is_locked(row(sim), Imei(IMEI)) is locked
    assert is_ready(row(sim)) is not locked


OFFLINE = replace(NOT_PROVED, session=Session(imei=IMEI))


@pytest.mark.parametrize(
    ("sim", "is_removed"),
    [
        (OFFLINE, True),
        (NOT_PROVED, False),
        (LOCKED, False),
        (replace(OFFLINE, group_id=SHIPPED.group_id), False),
        (replace(OFFLINE, status=Status.SUSPENDED), False),
        (replace(OFFLINE, session=Session(imei=OTHER)), False),
    ],
    ids=["offline", "provable now", "proven", "in the field", "stopped", "in another device"],
)
def test_a_lock_without_proof_is_removed_unless_a_person_has_to_decide(sim, is_removed):
    assert is_left_unproved(row(sim)) is is_removed
