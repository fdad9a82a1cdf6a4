"""Where a SIM stands, as the platform knows it and the device claims it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.identity import Imei
from fleet.bench.findings import Finding, Weight
from fleet.bench.stage import DONE, Expectations, Stage, claim_of, in_order, progress, row_of
from fleet.platform.sim import Lock, Session, Sim, Status

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
IMEI, OTHER = "490154203237518", "356938035643809"
PLAN = Expectations(after="shipped-group")
STOCK = Sim("8942310000000000001", None, Status.READY)
ON = replace(STOCK, status=Status.ACTIVE, was_online=True, session=Session(online=True, imei=IMEI, changed_at=NOW))
IDENTIFIED = replace(ON, tags={"kitting_imei": IMEI, "kitting_state": "applying"})
PROVISIONED = replace(ON, tags={"kitting_imei": IMEI, "kitting_state": "provisioned"})
LOCKED = replace(PROVISIONED, lock=Lock(IMEI))
SHIPPED = replace(LOCKED, group_id="shipped-group")
TAGGED = {**PROVISIONED.tags, "desk_imei": IMEI}


def row(sim, plan=PLAN, now=NOW):
    return row_of(sim, plan, now)


@pytest.mark.parametrize(
    ("sim", "stage"),
    [
        (replace(STOCK, status=Status.SHIPPED), Stage.ORDERED),
        (STOCK, Stage.IN_STOCK),
        (replace(STOCK, status=Status.TESTING, was_online=True), Stage.TESTING),
        (ON, Stage.POWERED_ON),
        (replace(ON, status=Status.TESTING), Stage.POWERED_ON),
        (IDENTIFIED, Stage.IDENTIFIED),
        (PROVISIONED, Stage.PROVISIONED),
        (LOCKED, Stage.LOCKED),
        (SHIPPED, Stage.SHIPPED),
        (replace(SHIPPED, status=Status.SUSPENDED), Stage.STOPPED),
        (replace(ON, tags={"kitting_state": "blocked"}), Stage.BLOCKED),
        (replace(ON, tags={"kitting_state": "failed"}), Stage.FAILED),
        (replace(ON, tags={"kitting_state": "rolled_back"}), Stage.FAILED),
    ],
    ids=lambda value: value.value if isinstance(value, Stage) else "",
)
def test_a_sim_stands_where_the_platform_and_its_device_agree(sim, stage):
    assert row(sim).stage is stage
    assert row(sim).needs_a_hand == (stage in {Stage.BLOCKED, Stage.FAILED})


@pytest.mark.parametrize(
    ("sim", "finding"),
    [
        (replace(LOCKED, session=Session(online=True, imei=OTHER, changed_at=NOW)), Finding.OTHER_DEVICE),
        (replace(PROVISIONED, session=Session(online=True, imei=OTHER, changed_at=NOW)), Finding.CLAIM_DIFFERS),
        (replace(ON, tags={"kitting_imei": "490154203237519", "kitting_state": "provisioned"}), Finding.NO_IMEI),
        (replace(LOCKED, lock=Lock(OTHER)), Finding.LOCK_DIFFERS),
        (replace(PROVISIONED, tags=TAGGED), Finding.LOCK_LOST),
        (replace(STOCK, tags={"kitting_state": "provisioned"}), Finding.CLAIM_WITHOUT_SESSION),
    ],
    ids=lambda value: value.code if isinstance(value, Finding) else "",
)
def test_two_witnesses_that_disagree_are_suspicious(sim, finding):
    found = row(sim)
    assert finding in found.findings
    assert found.stage is Stage.SUSPICIOUS
    assert found.needs_a_hand


def test_a_sim_in_another_device_than_the_plan_says_is_suspicious():
    plan = Expectations(imeis={ON.sim_id: Imei(OTHER)})
    assert Finding.NOT_EXPECTED in row(ON, plan).findings
    assert Finding.NOT_EXPECTED not in row(ON, Expectations(imeis={ON.sim_id: Imei(IMEI)})).findings


@pytest.mark.parametrize("told", ["490154203237518", "490154203237510", "4901542032375101", "49015420323751"])
def test_a_network_that_sends_no_check_digit_names_the_same_device(told):
    seen = replace(LOCKED, session=Session(online=True, imei=told, changed_at=NOW))
    assert row(seen).findings == ()
    assert row(seen).imei == IMEI


def test_a_carrier_that_tells_no_imei_is_noted_and_no_suspicion():
    found = row(replace(PROVISIONED, session=Session(online=True, changed_at=NOW)))
    assert (found.findings, found.stage) == ((Finding.NETWORK_TELLS_NO_IMEI,), Stage.PROVISIONED)
    assert not found.needs_a_hand


def test_a_device_that_is_online_and_says_nothing_is_silent_after_a_while():
    assert row(ON).stage is Stage.POWERED_ON
    late = row(ON, now=NOW + PLAN.report_within + timedelta(seconds=1))
    assert (late.stage, late.findings) == (Stage.SILENT, (Finding.NO_REPORT,))


def test_only_what_was_shipped_is_missed_when_it_is_offline():
    gone = Session(online=False, imei=IMEI, changed_at=NOW - PLAN.seen_within - timedelta(seconds=1))
    assert row(replace(LOCKED, session=gone)).stage is Stage.LOCKED
    assert row(replace(SHIPPED, session=gone)).stage is Stage.SILENT


def test_what_was_shipped_without_a_lock_needs_a_hand():
    found = row(replace(SHIPPED, lock=None))
    assert (found.stage, found.findings) == (Stage.SHIPPED, (Finding.SHIPPED_WITHOUT_LOCK,))
    assert found.needs_a_hand


def test_a_stopped_sim_is_not_asked_to_report():
    stopped = replace(ON, status=Status.INACTIVE, session=Session(online=True, changed_at=NOW - timedelta(days=9)))
    assert Finding.NO_REPORT not in row(stopped).findings


def test_what_needs_a_hand_stands_on_top_the_worst_first():
    sims = [
        LOCKED,
        STOCK,
        replace(ON, tags={"kitting_state": "failed"}),
        replace(LOCKED, lock=Lock(OTHER)),
        PROVISIONED,
    ]
    found = [one.stage for one in in_order(map(row, sims))]
    assert found == [Stage.SUSPICIOUS, Stage.FAILED, Stage.IN_STOCK, Stage.PROVISIONED, Stage.LOCKED]


def test_progress_counts_every_sim_once():
    counts = progress(map(row, [STOCK, STOCK, LOCKED, SHIPPED]))
    assert sum(counts.values()) == 4
    assert sum(counts[stage] for stage in DONE) == 2


SESSIONS = st.builds(
    Session, st.booleans(), st.sampled_from([None, IMEI, OTHER]), changed_at=st.sampled_from([None, NOW])
)


@given(
    st.builds(
        Sim,
        st.just("1"),
        st.none(),
        st.sampled_from(Status),
        st.sampled_from([None, "shipped-group", "other"]),
        tags=st.dictionaries(
            st.sampled_from(["kitting_state", "kitting_imei", "desk_imei", "name"]),
            st.sampled_from(["", "provisioned", "blocked", "x", IMEI, OTHER]),
        ),
        lock=st.sampled_from([None, Lock(IMEI), Lock(OTHER), Lock("junk")]),
        session=st.builds(
            Session, st.booleans(), st.sampled_from([None, IMEI, OTHER]), changed_at=st.sampled_from([None, NOW])
        ),
        was_online=st.booleans(),
    )
)
def test_every_sim_stands_somewhere_and_none_that_is_suspicious_looks_done(sim):
    found = row(sim)
    assert isinstance(found.stage, Stage)
    if any(finding.weight is Weight.SUSPICIOUS for finding in found.findings):
        assert found.stage in {Stage.SUSPICIOUS, Stage.STOPPED}
    assert found.imei == "" or found.imei in {IMEI, OTHER}


def test_a_claim_is_taken_apart_and_not_believed():
    assert claim_of({}).imei is None
    assert claim_of({"kitting_imei": "0" * 15}).says_imei
