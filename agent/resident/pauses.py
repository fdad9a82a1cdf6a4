"""Story. The pause until the next pass, from the settings, the memory, the traffic record and the clock."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from agent.errors import Code, Failure
from agent.host.clock import CLOCK_FLOOR, trusted_now
from agent.metadata.subscriber_service import MetadataService
from agent.provision.lifecycle import State
from agent.provision.pass_result import PassResult
from agent.provision.state_file import remembered_now, volatile_of
from agent.resident.pace import at_ip_layer
from agent.resident.schedule import first_pass_s, next_pass_s
from agent.resident.traffic_file import read_record, write_record
from agent.resident.traffic_record import (
    DEFAULT_PERIOD,
    TrafficRecord,
    affordable_pause_s,
    after_pass,
    expected_bytes,
)
from agent.setting_values import Budget
from agent.settings import Settings


def pause_after(settings: Settings, result: PassResult) -> float:
    """Seconds until the resident's next pass.

    A disk that refuses keeps the usual pause: failures in a row cannot be counted on it.
    """
    is_of_disk = result.failure is not None and result.failure.code is Code.STATE_UNWRITABLE
    failures = 0 if is_of_disk else result.remembered.failures_in_a_row
    card = result.remembered.card
    return next_pass_s(settings.schedule, failures, card, _affordable_s(settings), random.random)


def pause_at_start(settings: Settings) -> float:
    """Seconds until the resident's first pass: 0 for a device that is not provisioned yet."""
    try:
        remembered, _ = remembered_now(settings)
    except Failure:
        return 0.0
    is_done = remembered.state is State.PROVISIONED
    return first_pass_s(settings.schedule, remembered.card) if is_done else 0.0


def traffic(settings: Settings) -> tuple[TrafficRecord, int | None]:
    """The record of this period, and the bytes expected for the whole of it; None without a budget."""
    record, budget = _record(settings), budget_now(settings)
    if budget is None:
        return record, None
    pause_s = max(settings.schedule.interval, _affordable_s(settings))
    return record, expected_bytes(record, budget, clock_now(None), pause_s)


def budget_now(settings: Settings) -> Budget | None:
    """The budget in force; None for no limit."""
    from agent.resident.metered import budget_of

    return budget_of(settings.schedule.budget, settings.apply.root)


def _affordable_s(settings: Settings) -> float:
    budget = budget_now(settings)
    return affordable_pause_s(budget, _record(settings), clock_now(None)) if budget else 0.0


def _record(settings: Settings) -> TrafficRecord:
    return read_record(settings.paths.state, volatile_of(settings))


def period_s_of(settings: Settings) -> float:
    """Seconds of a period of the traffic record."""
    period = settings.schedule.budget.period if settings.schedule.budget else DEFAULT_PERIOD
    return period.total_seconds()


def write_down(settings: Settings, service: MetadataService, *, quiet: bool) -> None:
    """Adds one pass to the traffic record; that of a quiet poll is kept only until the next boot."""
    payload = service.bytes_sent + service.bytes_received
    carried = at_ip_layer(payload, service.connections, service.requests)
    period = timedelta(seconds=period_s_of(settings))
    record = after_pass(_record(settings), carried, clock_now(service.date), period)
    write_record(settings.paths.state, record, volatile_of(settings) if quiet else None)


def write_down_proof(settings: Settings, service: MetadataService) -> None:
    """Adds the bytes of a proof to the traffic record; the pass that asked for it counts itself."""
    payload = service.bytes_sent + service.bytes_received
    record = _record(settings)
    carried = at_ip_layer(payload, service.connections, service.requests)
    write_record(settings.paths.state, replace(record, bytes=record.bytes + carried), volatile_of(settings))


def clock_now(service_date: datetime | None) -> datetime | None:
    """The moment it is, by a clock that can be trusted; None where neither can be."""
    return trusted_now(datetime.now(UTC), service_date, CLOCK_FLOOR)
