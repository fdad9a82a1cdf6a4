"""Pure. Whether a SIM may be locked to a device, and to which one.

A lock to a wrong IMEI cuts a SIM off for good, and so does a lock that its carrier cannot check. A SIM is therefore
locked only where the device, the network and the plan name the same IMEI.
"""

from __future__ import annotations

from collections.abc import Iterator

from agent.errors import Code, Failure
from agent.identity import Imei
from fleet.bench.device_report import DeviceState
from fleet.bench.finding_rules import is_same_device, lock_is_proved
from fleet.bench.findings import Finding, Weight
from fleet.bench.stage import Row, Stage

_MENDED_BY_A_LOCK = frozenset({Finding.LOCK_LOST, Finding.SHIPPED_WITHOUT_LOCK})


def imei_to_lock(row: Row) -> Imei:
    """The device that the SIM may be locked to; raises `lock.refused` with every reason against a lock."""
    reasons, imei = tuple(_reasons_against(row)), row.report.imei
    if reasons or imei is None:
        raise Failure(Code.LOCK_REFUSED, "; ".join(reasons), where=f"SIM {row.sim.label}")
    return imei


def is_locked(row: Row, imei: Imei) -> bool:
    """Whether the SIM has a lock to this device, and the desk recorded that the lock was proven."""
    lock = row.sim.lock
    return lock is not None and is_same_device(lock.imei, imei) and lock_is_proved(row.sim)


def is_left_unproved(row: Row) -> bool:
    """Whether the SIM has a lock without proof that cannot be proven now, and that the desk may remove.

    A person decides about the lock of a SIM that is in the field, stopped or suspicious.
    """
    is_for_a_person = row.in_field or row.stage in {Stage.STOPPED, Stage.SUSPICIOUS}
    return Finding.LOCK_NOT_PROVED in row.findings and not is_for_a_person and not is_ready(row)


def is_ready(row: Row) -> bool:
    """Whether the SIM can be locked now, and is not locked yet."""
    try:
        return not is_locked(row, imei_to_lock(row))
    except Failure:
        return False


def _reasons_against(row: Row) -> Iterator[str]:
    sim, report = row.sim, row.report
    if not sim.session.online:
        yield "the SIM is not online, so a lock could not be proven"
    if report.imei is None:
        yield "the device has not reported an IMEI"
    if report.state is not DeviceState.PROVISIONED:
        yield f"the device is {report.state_text}" if report.state_text else "the device has not reported yet"
    if sim.session.imei is None:
        yield "the network reports no IMEI, so a lock would cut the SIM off"
    for finding in row.findings:
        if finding.weight is Weight.SUSPICIOUS and finding not in _MENDED_BY_A_LOCK:
            yield finding.what.en
