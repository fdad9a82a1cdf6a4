"""Pure. The stage of a SIM between order and field, and the row that the desk shows of it.

Two sources are compared: the platform (status, session, the IMEI that the network reports, lock, group) and the device
(the tags that it writes). The platform decides; where the device reports something else, that is a finding.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, unique

from agent.identity import Imei
from fleet.bench.device_report import DeviceReport, DeviceState, report_of
from fleet.bench.finding_rules import Expectations, findings_of, is_same_device, lock_is_proved
from fleet.bench.findings import Finding, Weight
from fleet.platform.sim import Sim, Status


@unique
class Stage(Enum):
    """The stages in their order; a SIM in one of the last six needs attention or is stopped."""

    ORDERED = "ordered"
    IN_STOCK = "in stock"
    TESTING = "testing"
    POWERED_ON = "powered on"
    IDENTIFIED = "identified"
    PROVISIONED = "provisioned"
    LOCKED = "locked"
    SHIPPED = "shipped"
    STOPPED = "stopped"
    LOCK_NOT_PROVED = "lock not proved"
    SILENT = "silent"
    BLOCKED = "blocked"
    FAILED = "failed"
    SUSPICIOUS = "suspicious"


DONE = frozenset({Stage.LOCKED, Stage.SHIPPED})
_WORST_FIRST = (Stage.SUSPICIOUS, Stage.FAILED, Stage.BLOCKED, Stage.SILENT, Stage.LOCK_NOT_PROVED)


@dataclass(frozen=True, slots=True)
class Row:
    """One SIM as the desk shows it."""

    sim: Sim
    report: DeviceReport
    stage: Stage
    findings: tuple[Finding, ...]
    expected: Imei | None = None
    """The device that the plan names; None where it names none."""
    in_field: bool = False
    """Whether the SIM is in the group after shipment."""

    @property
    def imei(self) -> str:
        """The device that the SIM is in, first as the network reports it; empty where neither source knows it."""
        seen, reported = self.sim.session.imei, self.report.imei
        if reported and (seen is None or is_same_device(seen, reported)):
            return reported.digits
        return seen or ""

    @property
    def meant_for(self) -> Imei | None:
        """The device that the plan names, where the SIM is not in that device; None otherwise."""
        is_there = self.expected is not None and bool(self.imei) and is_same_device(self.imei, self.expected)
        return None if is_there else self.expected

    @property
    def needs_attention(self) -> bool:
        """Whether a person has to do something before the SIM goes on."""
        return any(finding.weight is not Weight.NOTE for finding in self.findings)


def row_of(sim: Sim, expectations: Expectations, now: datetime) -> Row:
    """The row of a SIM; `now` is UTC."""
    report = report_of(sim.tags)
    findings = tuple(findings_of(sim, report, expectations, now))
    in_field = expectations.after is not None and sim.group_id == expectations.after
    stage = _stage(sim, report, findings, in_field=in_field)
    return Row(sim, report, stage, findings, expectations.imeis.get(sim.sim_id), in_field)


def in_order(rows: Iterable[Row]) -> list[Row]:
    """Rows that need attention first, the most serious on top; then by stage, name and SIM id."""
    return sorted(rows, key=lambda row: (not row.needs_attention, _rank(row.stage), row.sim.name, row.sim.sim_id))


def progress(rows: Iterable[Row]) -> Mapping[Stage, int]:
    """How many SIMs are in each stage."""
    counts = Counter(row.stage for row in rows)
    return {stage: counts[stage] for stage in Stage}


def _rank(stage: Stage) -> int:
    if stage in _WORST_FIRST:
        return _WORST_FIRST.index(stage)
    return len(_WORST_FIRST) + list(Stage).index(stage)


def _stage(sim: Sim, report: DeviceReport, findings: tuple[Finding, ...], *, in_field: bool) -> Stage:
    """The first stage whose condition holds, from the most serious on."""
    weights = {finding.weight for finding in findings}
    conditions = (
        (not sim.status.may_connect, Stage.STOPPED),
        (Weight.SUSPICIOUS in weights, Stage.SUSPICIOUS),
        (Finding.FAILED in findings, Stage.FAILED),
        (Finding.BLOCKED in findings, Stage.BLOCKED),
        (bool({Finding.NO_REPORT, Finding.WENT_SILENT} & set(findings)), Stage.SILENT),
        (in_field, Stage.SHIPPED),
        (lock_is_proved(sim), Stage.LOCKED),
        (sim.lock is not None, Stage.LOCK_NOT_PROVED),
        (report.state is DeviceState.PROVISIONED, Stage.PROVISIONED),
        (report.imei is not None, Stage.IDENTIFIED),
        (sim.status is Status.TESTING and not sim.session.online, Stage.TESTING),
        (sim.was_online or sim.session.online, Stage.POWERED_ON),
        (sim.status in {Status.SHIPPED, Status.OTHER}, Stage.ORDERED),
    )
    return next((stage for holds, stage in conditions if holds), Stage.IN_STOCK)
