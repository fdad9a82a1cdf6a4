"""Pure. Finds what is wrong with a SIM, by comparing the platform, the device's report and the plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from agent.identity import Imei, device_part
from fleet import desk_tags
from fleet.bench.device_report import DeviceReport, DeviceState
from fleet.bench.findings import Finding
from fleet.platform.sim import Sim, Status


@dataclass(frozen=True, slots=True)
class Expectations:
    """What a plan says about SIMs, as far as it can be compared with the platform."""

    after: str | None = None
    """The id of the group after shipment."""
    imeis: Mapping[str, Imei] = field(default_factory=dict)
    """SIM id → the device that the SIM is meant for."""
    report_within: timedelta = timedelta(minutes=5)
    """Time from the start of a session to the first report."""
    seen_within: timedelta = timedelta(days=2)
    """The longest time that a shipped device is offline."""


def findings_of(sim: Sim, report: DeviceReport, expectations: Expectations, now: datetime) -> Iterator[Finding]:
    """Everything that is wrong with a SIM; `now` is UTC."""
    yield from _of_the_device(sim, report, expectations.imeis.get(sim.sim_id))
    yield from _of_the_lock(sim, report, expectations.after)
    if desk_tags.RETURNING in sim.tags:
        yield Finding.RETURN_NOT_FINISHED
    elif expectations.after and sim.group_id != expectations.after and sim.tags.get(desk_tags.SHIPPED_AT):
        yield Finding.SHIPMENT_NOT_FINISHED
    if not sim.status.may_connect:
        yield Finding.STOPPED
        return
    if report.state is DeviceState.BLOCKED:
        yield Finding.BLOCKED
    if report.state in {DeviceState.FAILED, DeviceState.ROLLED_BACK}:
        yield Finding.FAILED
    yield from _of_silence(sim, report, expectations, now)


def is_same_device(number: str, imei: Imei) -> bool:
    """Whether a number, with a check digit or without, is that of a device."""
    return device_part(number) == device_part(imei.digits)


def lock_is_proved(sim: Sim) -> bool:
    """Whether the SIM has a lock, and the desk recorded that the device connected again under this lock."""
    return sim.lock is not None and device_part(sim.tags.get(desk_tags.LOCKED_IMEI)) == device_part(sim.lock.imei)


def _of_the_device(sim: Sim, report: DeviceReport, expected: Imei | None) -> Iterator[Finding]:
    seen = sim.session.imei
    known = [number for number in (seen, report.imei and report.imei.digits) if number]
    if report.imei_text and report.imei is None:
        yield Finding.NO_IMEI
    if seen and report.imei and not is_same_device(seen, report.imei):
        yield Finding.CLAIM_DIFFERS
    if expected and not all(is_same_device(number, expected) for number in known):
        yield Finding.NOT_EXPECTED
    if report.state is not DeviceState.NONE and not sim.was_online and sim.status is Status.READY:
        yield Finding.CLAIM_WITHOUT_SESSION
    if sim.session.online and seen is None:
        yield Finding.NETWORK_REPORTS_NO_IMEI


def _of_the_lock(sim: Sim, report: DeviceReport, after: str | None) -> Iterator[Finding]:
    if sim.lock is None:
        if sim.tags.get(desk_tags.LOCKED_IMEI):
            yield Finding.LOCK_LOST
        elif after and sim.group_id == after:
            yield Finding.SHIPPED_WITHOUT_LOCK
        return
    locked, seen = device_part(sim.lock.imei), sim.session.imei
    is_elsewhere = bool(seen) and device_part(seen) != locked
    differs = report.imei is not None and device_part(report.imei.digits) != locked
    if is_elsewhere:
        yield Finding.OTHER_DEVICE
    if differs:
        yield Finding.LOCK_DIFFERS
    if not (is_elsewhere or differs or lock_is_proved(sim)):
        yield Finding.LOCK_NOT_PROVED


def _of_silence(sim: Sim, report: DeviceReport, expectations: Expectations, now: datetime) -> Iterator[Finding]:
    changed_at = sim.session.changed_at
    if changed_at is None:
        return
    age = now - changed_at
    is_shipped = expectations.after is not None and sim.group_id == expectations.after
    if sim.session.online and report.state is DeviceState.NONE and age > expectations.report_within:
        yield Finding.NO_REPORT
    if is_shipped and not sim.session.online and age > expectations.seen_within:
        yield Finding.WENT_SILENT
