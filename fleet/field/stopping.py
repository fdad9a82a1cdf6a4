"""Story. Stops a SIM, slows it down, and lets it continue as before."""

from __future__ import annotations

from fleet.bench import desk_tags
from fleet.platform.api import Api
from fleet.platform.calls import sim_calls
from fleet.platform.sim import Sim


def suspend_sim(api: Api, sim_id: str) -> Sim:
    """The SIM may not connect, and its modem stops trying: for a SIM that is lost."""
    return sim_calls.suspend(api, sim_id)


def deactivate_sim(api: Api, sim_id: str) -> Sim:
    """The SIM may not connect, and its modem continues to try: for a SIM that will be resumed."""
    return sim_calls.deactivate(api, sim_id)


def throttle_sim(api: Api, sim_id: str, speed_class: str) -> Sim:
    """Sets a speed class, and records the one before in a tag; of several in a row it is the first."""
    before = sim_calls.one_sim(api, sim_id)
    is_slow_already = desk_tags.SPEED_BEFORE in before.tags
    if before.speed_class and before.speed_class != speed_class and not is_slow_already:
        sim_calls.put_tags(api, sim_id, {desk_tags.SPEED_BEFORE: before.speed_class})
    return sim_calls.set_speed_class(api, sim_id, speed_class)


def resume_sim(api: Api, sim_id: str) -> Sim:
    """Lets the SIM connect, and sets the speed class that it had before it was slowed down."""
    sim = sim_calls.one_sim(api, sim_id)
    if not sim.status.may_connect:
        sim = sim_calls.activate(api, sim_id)
    if before := sim.tags.get(desk_tags.SPEED_BEFORE):
        sim = sim_calls.set_speed_class(api, sim_id, before)
        sim_calls.delete_tag(api, sim_id, desk_tags.SPEED_BEFORE)
    return sim
