"""Pure. Where a SIM stands on its way from the order to the field, and what is wrong with it.

Two witnesses are heard: the platform (status, session, the IMEI that the network sees, the lock, the group) and the
device (the tags that it wrote). The platform's word counts; where the device says something else, that is a finding.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import datetime, timedelta
from enum import Enum, unique

from agent.frozen import frozen
from agent.identity import Imei, device_part
from fleet.bench.findings import Finding, Weight
from fleet.platform.sim import Sim, Status, imei_or_none

LOCKED_TAG = "desk_imei"
"""The desk's own word that it locked this SIM, and to which device."""


@unique
class Stage(Enum):
    """In the order in which a SIM passes through them; the last five are those that need somebody."""

    ORDERED = "ordered"
    IN_STOCK = "in stock"
    TESTING = "testing"
    POWERED_ON = "powered on"
    IDENTIFIED = "identified"
    PROVISIONED = "provisioned"
    LOCKED = "locked"
    SHIPPED = "shipped"
    STOPPED = "stopped"
    SILENT = "silent"
    BLOCKED = "blocked"
    FAILED = "failed"
    SUSPICIOUS = "suspicious"


DONE = frozenset({Stage.LOCKED, Stage.SHIPPED})
_NEEDS_A_HAND = (Stage.SUSPICIOUS, Stage.FAILED, Stage.BLOCKED, Stage.SILENT)


@frozen
class Expectations:
    """What the plan says, as far as it can be compared."""

    after: str | None = None
    """Group id of what was shipped."""
    imeis: Mapping[str, Imei] = field(default_factory=dict)
    """SIM id → the device that it was meant for."""
    report_within: timedelta = timedelta(minutes=5)
    """After a session began on the bench."""
    seen_within: timedelta = timedelta(days=2)
    """In the field."""


@frozen
class Claim:
    """What the device says of itself by its tags."""

    state: str
    imei: Imei | None
    configuration: str
    at: str
    error: str
    agent: str
    says_imei: bool


@frozen
class Row:
    """One SIM as the desk shows it."""

    sim: Sim
    claim: Claim
    stage: Stage
    findings: tuple[Finding, ...]
    expected: Imei | None = None

    @property
    def imei(self) -> str:
        """The device: what the network sees counts more than what the device says; empty where neither is known."""
        seen, claimed = self.sim.session.imei, self.claim.imei
        if claimed and (seen is None or same_device(seen, claimed)):
            return claimed.digits
        return seen or ""

    @property
    def needs_a_hand(self) -> bool:
        """Whether nothing will happen before a person does something."""
        return any(finding.weight is not Weight.NOTE for finding in self.findings)


def claim_of(tags: Mapping[str, str]) -> Claim:
    """What a device wrote; nothing of it is believed here."""
    return Claim(
        state=tags.get("kitting_state", ""),
        imei=imei_or_none(tags.get("kitting_imei")),
        configuration=tags.get("kitting_config", ""),
        at=tags.get("kitting_at", ""),
        error=tags.get("kitting_error", ""),
        agent=tags.get("kitting_agent", ""),
        says_imei=bool(tags.get("kitting_imei")),
    )


def same_device(number: str, imei: Imei) -> bool:
    """Whether a number that somebody told, with a check digit or without, is of this device."""
    return device_part(number) == device_part(imei.digits)


def row_of(sim: Sim, expectations: Expectations, now: datetime) -> Row:
    """Everything the desk shows of a SIM; `now` is UTC."""
    claim = claim_of(sim.tags)
    expected = expectations.imeis.get(sim.sim_id)
    findings = tuple(_findings(sim, claim, expected, expectations, now))
    return Row(sim, claim, _stage(sim, claim, findings, expectations.after), findings, expected)


def in_order(rows: Iterable[Row]) -> list[Row]:
    """What needs a hand stands on top, the worst first; then by stage, name and SIM."""
    return sorted(rows, key=lambda row: (not row.needs_a_hand, _rank(row.stage), row.sim.name, row.sim.sim_id))


def progress(rows: Iterable[Row]) -> Mapping[Stage, int]:
    """How many SIMs stand where."""
    found = Counter(row.stage for row in rows)
    return {stage: found[stage] for stage in Stage}


def _rank(stage: Stage) -> int:
    if stage in _NEEDS_A_HAND:
        return _NEEDS_A_HAND.index(stage)
    return len(_NEEDS_A_HAND) + list(Stage).index(stage)


def _findings(sim: Sim, claim: Claim, expected: Imei | None, plan: Expectations, now: datetime) -> Iterable[Finding]:
    yield from _about_the_device(sim, claim, expected)
    yield from _about_the_lock(sim, claim, plan.after)
    if not sim.status.may_connect:
        yield Finding.STOPPED
        return
    if claim.state == "blocked":
        yield Finding.BLOCKED
    if claim.state in {"failed", "rolled_back"}:
        yield Finding.FAILED
    yield from _about_silence(sim, claim, plan, now)


def _about_the_device(sim: Sim, claim: Claim, expected: Imei | None) -> Iterable[Finding]:
    seen = sim.session.imei
    known = [number for number in (seen, claim.imei and claim.imei.digits) if number]
    if claim.says_imei and claim.imei is None:
        yield Finding.NO_IMEI
    if seen and claim.imei and not same_device(seen, claim.imei):
        yield Finding.CLAIM_DIFFERS
    if expected and not all(same_device(number, expected) for number in known):
        yield Finding.NOT_EXPECTED
    if claim.state and not sim.was_online and sim.status is Status.READY:
        yield Finding.CLAIM_WITHOUT_SESSION
    if sim.session.online and seen is None:
        yield Finding.NETWORK_TELLS_NO_IMEI


def _about_the_lock(sim: Sim, claim: Claim, after: str | None) -> Iterable[Finding]:
    if sim.lock is None:
        if sim.tags.get(LOCKED_TAG):
            yield Finding.LOCK_LOST
        elif after and sim.group_id == after:
            yield Finding.SHIPPED_WITHOUT_LOCK
        return
    locked, seen = device_part(sim.lock.imei), sim.session.imei
    if seen and device_part(seen) != locked:
        yield Finding.OTHER_DEVICE
    if claim.imei and device_part(claim.imei.digits) != locked:
        yield Finding.LOCK_DIFFERS


def _about_silence(sim: Sim, claim: Claim, plan: Expectations, now: datetime) -> Iterable[Finding]:
    since = sim.session.changed_at
    if since is None:
        return
    shipped = plan.after is not None and sim.group_id == plan.after
    if sim.session.online and not claim.state and now - since > plan.report_within:
        yield Finding.NO_REPORT
    if shipped and not sim.session.online and now - since > plan.seen_within:
        yield Finding.WENT_SILENT


def _stage(sim: Sim, claim: Claim, findings: tuple[Finding, ...], after: str | None) -> Stage:
    """The first that fits, the gravest first."""
    weights = {finding.weight for finding in findings}
    steps = (
        (not sim.status.may_connect, Stage.STOPPED),
        (Weight.SUSPICIOUS in weights, Stage.SUSPICIOUS),
        (Finding.FAILED in findings, Stage.FAILED),
        (Finding.BLOCKED in findings, Stage.BLOCKED),
        (bool({Finding.NO_REPORT, Finding.WENT_SILENT} & set(findings)), Stage.SILENT),
        (after is not None and sim.group_id == after, Stage.SHIPPED),
        (sim.lock is not None, Stage.LOCKED),
        (claim.state == "provisioned", Stage.PROVISIONED),
        (claim.imei is not None, Stage.IDENTIFIED),
        (sim.status is Status.TESTING and not sim.session.online, Stage.TESTING),
        (sim.was_online or sim.session.online, Stage.POWERED_ON),
        (sim.status in {Status.SHIPPED, Status.OTHER}, Stage.ORDERED),
    )
    return next((stage for holds, stage in steps if holds), Stage.IN_STOCK)
