"""Story: SIM and device become one, provably: lock, drop the session, see the device come back, write it down.

A lock that was not proven is taken off again, however this ends; only a power cut of the desk can leave one, and the
next run sees a lock without the desk's word beside it, and proves it anew.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from itertools import chain, repeat

from agent.errors import Code, Failure
from agent.frozen import frozen
from agent.identity import Imei
from fleet.bench.lock_rules import device_of, is_locked, record_of, record_tags
from fleet.bench.stage import Expectations, Row, row_of, same_device
from fleet.platform.api import Api
from fleet.platform.calls import sim_calls
from fleet.platform.parallel import in_parallel
from fleet.platform.sim import Session, Sim

BACK_WITHIN_S = 300.0
"""For a device to come back: a modem that lost its session may try for some minutes."""
_PAUSES_S = (1.0, 2.0, 3.0, 5.0)


@frozen
class Clock:
    """What waiting needs."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@frozen
class Locked:
    """A SIM that is tied to its device."""

    sim_id: str
    record: Mapping[str, str]
    already: bool = False
    """It was before."""


def lock(
    api: Api,
    sim_id: str,
    expectations: Expectations,
    *,
    back_within_s: float = BACK_WITHIN_S,
    clock: Clock = Clock(),  # noqa: B008
) -> Locked:
    """Looks at the SIM as it is now and locks it; raises `lock.refused` and `lock.taken_off`."""
    row = row_of(sim_calls.one_sim(api, sim_id), expectations, clock.now())
    imei = device_of(row)
    if is_locked(row, imei):
        return Locked(sim_id, record_of(row, imei, clock.now()), already=True)
    proven = False
    try:
        sim_calls.set_imei_lock(api, sim_id, imei.digits)
        sim_calls.delete_session(api, sim_id)
        proven = _came_back(api, row.sim, imei, back_within_s, clock)
    finally:
        if not proven:
            sim_calls.unset_imei_lock(api, sim_id)
    if not proven:
        detail = f"the device was not back within {back_within_s:.0f} s"
        raise Failure(Code.LOCK_TAKEN_OFF, detail, where=f"SIM {row.sim.label}")
    now = clock.now()
    sim_calls.put_tags(api, sim_id, record_tags(row, imei, now))
    return Locked(sim_id, record_of(row, imei, now))


def unlock(api: Api, sim_id: str) -> None:
    """Takes the lock off, and the desk's word with it."""
    sim_calls.unset_imei_lock(api, sim_id)
    sim_calls.delete_tag(api, sim_id, "desk_imei")


def lock_all(
    api: Api,
    rows: Iterable[Row],
    expectations: Expectations,
    note: Callable[[Row, Locked | Failure], None],
    *,
    back_within_s: float = BACK_WITHIN_S,
) -> int:
    """Locks every SIM that is ready for it, some at once; how many could not be."""

    def one(row: Row) -> Locked:
        return lock(api, row.sim.sim_id, expectations, back_within_s=back_within_s)

    failed = 0
    for row, outcome in in_parallel(api.at_once, one, filter(is_ready, rows)):
        failed += isinstance(outcome, Failure)
        note(row, outcome)
    return failed


def is_ready(row: Row) -> bool:
    """Whether it can be locked now, and is not yet."""
    try:
        return not is_locked(row, device_of(row))
    except Failure:
        return False


def _came_back(api: Api, before: Sim, imei: Imei, within_s: float, clock: Clock) -> bool:
    """Whether a new session began with the lock on."""
    until = clock.monotonic() + within_s
    pauses_s = chain(_PAUSES_S, repeat(_PAUSES_S[-1]))
    while True:
        sim = sim_calls.one_sim(api, before.sim_id)
        locked = sim.lock is not None and same_device(sim.lock.imei, imei)
        if locked and sim.session.online and _is_new(sim.session, before.session):
            return sim.session.imei is not None and same_device(sim.session.imei, imei)
        if clock.monotonic() >= until:
            return False
        clock.sleep(next(pauses_s))


def _is_new(session: Session, before: Session) -> bool:
    if session.session_id and before.session_id:
        return session.session_id != before.session_id
    return session.changed_at != before.changed_at
