"""The stage of a SIM, as the platform knows it and its device reports it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sim_rows import IDENTIFIED, IMEI, LOCKED, NOT_PROVED, NOW, ON, OTHER, PROVISIONED, SHIPPED, STOCK, TAGGED, row

from fleet.bench.findings import Weight
from fleet.bench.stage import DONE, Stage, in_order, progress
from fleet.platform.sim import Lock, Session, Sim, Status


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
        (NOT_PROVED, Stage.LOCK_NOT_PROVED),
        (replace(NOT_PROVED, tags={**TAGGED, "desk_imei": OTHER}), Stage.LOCK_NOT_PROVED),
        (LOCKED, Stage.LOCKED),
        (SHIPPED, Stage.SHIPPED),
        (replace(SHIPPED, status=Status.SUSPENDED), Stage.STOPPED),
        (replace(ON, tags={"kitting_state": "blocked"}), Stage.BLOCKED),
        (replace(ON, tags={"kitting_state": "failed"}), Stage.FAILED),
        (replace(ON, tags={"kitting_state": "rolled_back"}), Stage.FAILED),
    ],
    ids=lambda value: value.value if isinstance(value, Stage) else "",
)
def test_a_sim_has_the_stage_of_platform_and_device(sim, stage):
    assert row(sim).stage is stage
    assert row(sim).needs_attention == (stage in {Stage.BLOCKED, Stage.FAILED, Stage.LOCK_NOT_PROVED})


@pytest.mark.parametrize("text", ["490154203237518", "490154203237510", "4901542032375101", "49015420323751"])
def test_a_number_without_a_check_digit_names_the_is_same_device(text):
    seen = replace(LOCKED, session=Session(online=True, imei=text, changed_at=NOW))
    assert row(seen).findings == ()
    assert row(seen).imei == IMEI


def test_sims_that_need_attention_come_first_the_most_serious_on_top():
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
def test_every_sim_has_a_stage_and_a_suspicious_sim_is_never_done(sim):
    found = row(sim)
    assert isinstance(found.stage, Stage)
    if any(finding.weight is Weight.SUSPICIOUS for finding in found.findings):
        assert found.stage in {Stage.SUSPICIOUS, Stage.STOPPED}
    assert found.imei == "" or found.imei in {IMEI, OTHER}
