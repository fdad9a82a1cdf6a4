"""Story. Locks a SIM to its device and proves it: lock, delete the session, see the device connect again, record.

A lock that was not proven is removed, also where the desk is told to end. Only a desk that is killed can leave such a
lock: the next run finds it without the desk's record, and proves it, or removes it where it cannot be proven now.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, repeat

from agent.errors import Code, Failure
from agent.identity import Imei
from fleet import desk_tags
from fleet.bench.finding_rules import Expectations, is_same_device
from fleet.bench.kitting_record import record_tags, stored_record
from fleet.bench.lock_rules import imei_to_lock, is_left_unproved, is_locked, is_ready
from fleet.bench.stage import Row, row_of
from fleet.bench.time_limits import BACK_WITHIN_S
from fleet.platform.api import Api
from fleet.platform.calls import sim_calls
from fleet.platform.parallel import in_parallel
from fleet.platform.sim import Session, Sim

_PAUSES_S = (1.0, 2.0, 3.0, 5.0)


@dataclass(frozen=True, slots=True)
class Clock:
    """The time, how to wait, and whether the desk is told to end."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], object] = time.sleep
    is_ending: Callable[[], bool] = lambda: False


REAL_CLOCK = Clock()
"""The clock of a desk that nobody tells to end."""


def clock_until(ending: threading.Event) -> Clock:
    """The clock of a desk that ends when the event is set: no wait is longer, and no lock is begun any more."""
    return Clock(sleep=ending.wait, is_ending=ending.is_set)


@dataclass(frozen=True, slots=True)
class Locked:
    """A SIM that is locked to its device."""

    sim_id: str
    record: Mapping[str, str]
    already: bool = False
    """Whether the SIM was locked before."""


def lock_sim(
    api: Api,
    sim_id: str,
    expectations: Expectations,
    *,
    back_within_s: float = BACK_WITHIN_S,
    clock: Clock = REAL_CLOCK,
    by: str = "",
) -> Locked:
    """Reads the SIM as it is now, and locks it; raises `lock.refused` and `lock.taken_off`.

    The record names the user of the API, and `by`, the program that did it where that is not the desk.
    """
    if clock.is_ending():
        raise Failure(Code.LOCK_REFUSED, "the desk was ended before it looked at this SIM", where=f"SIM {sim_id}")
    row = row_of(sim_calls.one_sim(api, sim_id), expectations, clock.now())
    if is_left_unproved(row):
        raise _removed(api, row)
    imei = imei_to_lock(row)
    if is_locked(row, imei):
        return Locked(sim_id, stored_record(row, row.sim.tags) or {}, already=True)
    is_proven = False
    try:
        sim_calls.set_imei_lock(api, sim_id, imei.digits)
        sim_calls.delete_session(api, sim_id)
        is_proven = _connects_again(api, row.sim, imei, back_within_s, clock)
    finally:
        if not is_proven:
            sim_calls.unset_imei_lock(api, sim_id)
    if not is_proven:
        limit = "before the desk was ended" if clock.is_ending() else f"within {back_within_s:.0f} s"
        detail = f"the device did not connect again {limit}"
        raise Failure(Code.LOCK_TAKEN_OFF, detail, where=f"SIM {row.sim.label}")
    user = api.user_in_words
    tags = record_tags(row, imei, clock.now(), f"{by} ({user})" if by else user)
    sim_calls.put_tags(api, sim_id, tags)
    return Locked(sim_id, stored_record(row, {**row.sim.tags, **tags}) or {})


def unlock_sim(api: Api, sim_id: str) -> None:
    """Removes the desk's record that the lock was proven, then the lock.

    A desk that is killed between the two leaves a lock without proof, which the next run proves or removes.
    """
    sim_calls.delete_tag(api, sim_id, desk_tags.LOCKED_IMEI)
    sim_calls.unset_imei_lock(api, sim_id)


def lock_ready_sims(
    api: Api,
    rows: Iterable[Row],
    expectations: Expectations,
    note: Callable[[Row, Locked | Failure], None],
    *,
    back_within_s: float = BACK_WITHIN_S,
    clock: Clock = REAL_CLOCK,
) -> int:
    """Locks every SIM that is ready, and removes locks without proof; several at once. Returns how many failed."""

    def lock_row(row: Row) -> Locked:
        return lock_sim(api, row.sim.sim_id, expectations, back_within_s=back_within_s, clock=clock)

    failed = 0
    for row, result in in_parallel(api.at_once, lock_row, filter(needs_lock_work, rows)):
        failed += isinstance(result, Failure)
        note(row, result)
    return failed


def needs_lock_work(row: Row) -> bool:
    """Whether `lock_ready_sims` does something with the SIM."""
    return is_ready(row) or is_left_unproved(row)


def _removed(api: Api, row: Row) -> Failure:
    """Removes a lock without proof; returns the failure that tells why it could not be proven."""
    try:
        imei_to_lock(row)
        reason = "it was not proven"
    except Failure as refused:
        reason = refused.detail
    unlock_sim(api, row.sim.sim_id)
    return Failure(Code.LOCK_TAKEN_OFF, f"the lock was not proven: {reason}", where=f"SIM {row.sim.label}")


def _connects_again(api: Api, before: Sim, imei: Imei, within_s: float, clock: Clock) -> bool:
    """Whether the device begins a new session while the lock is set."""
    deadline = clock.monotonic() + within_s
    pauses_s = chain(_PAUSES_S, repeat(_PAUSES_S[-1]))
    while True:
        sim = sim_calls.one_sim(api, before.sim_id)
        has_lock = sim.lock is not None and is_same_device(sim.lock.imei, imei)
        if has_lock and sim.session.online and _is_new(sim.session, before.session):
            return sim.session.imei is not None and is_same_device(sim.session.imei, imei)
        if clock.monotonic() >= deadline or clock.is_ending():
            return False
        clock.sleep(next(pauses_s))


def _is_new(session: Session, before: Session) -> bool:
    if session.session_id and before.session_id:
        return session.session_id != before.session_id
    return session.changed_at != before.changed_at
