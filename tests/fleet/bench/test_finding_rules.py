"""What is found wrong with a SIM."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sim_rows import IMEI, LOCKED, NOW, ON, OTHER, PLAN, PROVISIONED, SHIPPED, STOCK, TAGGED, row

from agent.identity import Imei
from fleet.bench.finding_rules import Expectations
from fleet.bench.findings import Finding
from fleet.bench.stage import Stage
from fleet.platform.sim import Lock, Session, Status


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
def test_platform_and_device_that_disagree_are_suspicious(sim, finding):
    found = row(sim)
    assert finding in found.findings
    assert found.stage is Stage.SUSPICIOUS
    assert found.needs_attention


def test_a_sim_in_another_device_than_in_the_plan_is_suspicious():
    plan = Expectations(imeis={ON.sim_id: Imei(OTHER)})
    assert Finding.NOT_EXPECTED in row(ON, plan).findings
    assert Finding.NOT_EXPECTED not in row(ON, Expectations(imeis={ON.sim_id: Imei(IMEI)})).findings


def test_a_network_that_reports_no_imei_is_noted_and_not_suspicious():
    found = row(replace(PROVISIONED, session=Session(online=True, changed_at=NOW)))
    assert (found.findings, found.stage) == ((Finding.NETWORK_REPORTS_NO_IMEI,), Stage.PROVISIONED)
    assert not found.needs_attention


def test_a_device_that_is_online_and_does_not_report_becomes_silent():
    assert row(ON).stage is Stage.POWERED_ON
    late = row(ON, now=NOW + PLAN.report_within + timedelta(seconds=1))
    assert (late.stage, late.findings) == (Stage.SILENT, (Finding.NO_REPORT,))


def test_only_a_shipped_sim_becomes_silent_when_it_is_offline():
    gone = Session(online=False, imei=IMEI, changed_at=NOW - PLAN.seen_within - timedelta(seconds=1))
    assert row(replace(LOCKED, session=gone)).stage is Stage.LOCKED
    assert row(replace(SHIPPED, session=gone)).stage is Stage.SILENT


def test_a_shipment_that_was_cut_off_is_noted_and_can_be_finished():
    found = row(replace(LOCKED, tags={**TAGGED, "desk_shipped_at": "2026-11-23T11:00:00Z"}))
    assert (found.stage, found.findings) == (Stage.LOCKED, (Finding.SHIPMENT_NOT_FINISHED,))
    assert not found.needs_attention
    assert Finding.SHIPMENT_NOT_FINISHED not in row(replace(SHIPPED, tags=found.sim.tags)).findings


def test_a_sim_that_was_shipped_without_a_lock_needs_attention():
    found = row(replace(SHIPPED, lock=None, tags=PROVISIONED.tags))
    assert (found.stage, found.findings) == (Stage.SHIPPED, (Finding.SHIPPED_WITHOUT_LOCK,))
    assert found.needs_attention


def test_a_stopped_sim_need_not_report():
    stopped = replace(ON, status=Status.INACTIVE, session=Session(online=True, changed_at=NOW - timedelta(days=9)))
    assert Finding.NO_REPORT not in row(stopped).findings
