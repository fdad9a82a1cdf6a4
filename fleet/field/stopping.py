"""Story: stops a SIM, slows it down, and lets it continue as before.

`kitting resume` sets the status and the speed class that the SIM had before. `ready` and `testing` cannot come back
(users.soracom.io, SIM status): such a SIM becomes active.
"""

from __future__ import annotations

from fleet import desk_tags
from fleet.platform.api import Api
from fleet.platform.calls import sim_calls
from fleet.platform.sim import Sim, Status

NEVER_COME_BACK = frozenset({Status.READY, Status.TESTING})
"""Statuses that no operation of the API sets."""


def suspend_sim(api: Api, sim: Sim) -> Sim:
    """The SIM may not connect, and its modem stops trying: for a SIM that is lost.

    An active SIM needs no record of its status, so that its stop is one request.
    """
    _record_status(api, sim, is_needed=False)
    return sim_calls.suspend(api, sim.sim_id)


def deactivate_sim(api: Api, sim: Sim) -> Sim:
    """The SIM may not connect, and its modem continues to try: for a SIM that will be resumed.

    The record tells a stop after it apart from a SIM that was inactive before.
    """
    _record_status(api, sim, is_needed=True)
    return sim_calls.deactivate(api, sim.sim_id)


def throttle_sim(api: Api, sim: Sim, speed_class: str) -> Sim:
    """Sets a speed class, and records the one before in a tag; of several in a row it is the first."""
    before = sim_calls.one_sim(api, sim.sim_id)
    is_slow_already = desk_tags.SPEED_BEFORE in before.tags
    if before.speed_class and before.speed_class != speed_class and not is_slow_already:
        sim_calls.put_tags(api, sim.sim_id, {desk_tags.SPEED_BEFORE: before.speed_class})
    return sim_calls.set_speed_class(api, sim.sim_id, speed_class)


def resume_sim(api: Api, sim: Sim) -> Sim:
    """Sets the status that the SIM had before it was stopped, and the speed class before it was slowed down."""
    now = sim_calls.one_sim(api, sim.sim_id)
    tags = now.tags
    if not now.status.may_connect:
        now = _set_status(api, now, tags.get(desk_tags.STATUS_BEFORE, ""))
    if desk_tags.STATUS_BEFORE in tags:
        sim_calls.delete_tag(api, sim.sim_id, desk_tags.STATUS_BEFORE)
    if before := tags.get(desk_tags.SPEED_BEFORE):
        now = sim_calls.set_speed_class(api, sim.sim_id, before)
        sim_calls.delete_tag(api, sim.sim_id, desk_tags.SPEED_BEFORE)
    return now


def is_resumed(sim: Sim) -> bool:
    """Whether `resume_sim` has nothing to do."""
    return sim.status.may_connect and desk_tags.SPEED_BEFORE not in sim.tags


def _record_status(api: Api, sim: Sim, *, is_needed: bool) -> None:
    """Records the status to which the SIM returns, unless it is stopped already and has its record."""
    has_record = desk_tags.STATUS_BEFORE in sim.tags
    if sim.status.may_connect:
        before = Status.STANDBY if sim.status is Status.STANDBY else Status.ACTIVE
        is_needed = is_needed or has_record or before is not Status.ACTIVE
    else:
        before, is_needed = sim.status, sim.status is Status.INACTIVE and not has_record
    if is_needed:
        sim_calls.put_tags(api, sim.sim_id, {desk_tags.STATUS_BEFORE: before.value})


def _set_status(api: Api, sim: Sim, before: str) -> Sim:
    if before == Status.STANDBY.value:
        return sim_calls.set_to_standby(api, sim.sim_id)
    if before == Status.INACTIVE.value and sim.status is not Status.INACTIVE:
        return sim_calls.deactivate(api, sim.sim_id)
    return sim_calls.activate(api, sim.sim_id)
