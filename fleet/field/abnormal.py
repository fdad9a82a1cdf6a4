"""Story. The SIMs of a plan that are not as the plan says, and the event handlers that would stop such a SIM."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from agent.errors import Failure
from fleet.bench.plan_status import status_of_plan
from fleet.bench.stage import Row
from fleet.plan.plan import GroupRole, Plan, handler_title
from fleet.platform.api import Api
from fleet.platform.calls import event_handler_calls, traffic_calls
from fleet.platform.event_handler import EventHandler
from fleet.platform.parallel import in_parallel


@dataclass(frozen=True, slots=True)
class AbnormalSim:
    """A SIM with findings, or with more traffic than the plan expects."""

    row: Row
    reasons: tuple[str, ...]
    megabytes: float | None
    """The traffic of its busiest day; None where the platform does not report it."""


@dataclass(frozen=True, slots=True)
class AbnormalSims:
    """The abnormal SIMs of a plan."""

    sims: tuple[AbnormalSim, ...]
    """By stage, name and SIM id."""
    total: int
    """How many SIMs the plan has."""
    handlers: tuple[EventHandler, ...]
    """The plan's event handlers for the group after shipment."""


def abnormal_sims(api: Api, plan: Plan) -> AbnormalSims:
    """Reads the SIMs of a plan, with their traffic; raises `platform.*`."""
    rows = status_of_plan(api, plan).rows
    handlers = event_handler_calls.all_handlers(api)
    found = []
    for row, traffic in in_parallel(api.at_once, lambda row: _megabytes(api, row), rows):
        megabytes = None if isinstance(traffic, Failure) else traffic
        is_too_much = megabytes is not None and plan.megabytes_a_day is not None and megabytes > plan.megabytes_a_day
        if row.needs_attention or is_too_much:
            found.append(_abnormal_sim(row, megabytes, is_too_much=is_too_much))
    found.sort(key=lambda one: (one.row.stage.value, one.row.sim.name, one.row.sim.sim_id))
    own = tuple(one for one in handlers if handler_title(plan, GroupRole.AFTER, one.name) is not None)
    return AbnormalSims(tuple(found), len(rows), own)


def _megabytes(api: Api, row: Row) -> float:
    return traffic_calls.busiest_day_megabytes(api, row.sim.sim_id, datetime.now(UTC))


def _abnormal_sim(row: Row, megabytes: float | None, *, is_too_much: bool) -> AbnormalSim:
    reasons = [f"{finding.what.en}. {finding.advice.en}" for finding in row.findings]
    if is_too_much:
        reasons.append(f"carried {megabytes:.1f} MB in one day")
    return AbnormalSim(row, tuple(reasons), megabytes)
