"""Edge. Pauses between passes, and the ledger that they depend on, for the settings of this device."""

from __future__ import annotations

import random
from datetime import UTC, datetime

from agent.errors import Failure
from agent.host.clock import CLOCK_FLOOR, trusted_now
from agent.metadata.service import MetadataService
from agent.provision.lifecycle import State
from agent.provision.pass_context import Pass
from agent.provision.state_file import remembered_now, volatile_of
from agent.resident.ledger import DEFAULT_PERIOD, Ledger, affordable_pause_s, after_pass, at_ip_layer, expected_bytes
from agent.resident.metered import budget_of
from agent.resident.schedule import first_pass_s, next_pass_s
from agent.resident.traffic import read_ledger, write_ledger
from agent.setting_values import Budget
from agent.settings import Settings


def pause_after(settings: Settings, this: Pass) -> float:
    """Seconds until the resident's next pass."""
    failures, card = this.remembered.failures_in_a_row, this.remembered.card
    return next_pass_s(settings.schedule, failures, card, _affordable_s(settings), random.random)


def pause_at_start(settings: Settings) -> float:
    """Seconds until the resident's first pass: none for a device that is not what it should be yet."""
    try:
        remembered, _ = remembered_now(settings)
    except Failure:
        return 0.0
    is_done = remembered.state is State.PROVISIONED
    return first_pass_s(settings.schedule, remembered.card) if is_done else 0.0


def traffic(settings: Settings) -> tuple[Ledger, int | None]:
    """What the agent's sockets carried in this period, and what the whole of it will; None without a budget."""
    ledger, budget = _ledger(settings), budget_now(settings)
    if budget is None:
        return ledger, None
    pause_s = max(settings.schedule.interval, _affordable_s(settings))
    return ledger, expected_bytes(ledger, budget, clock_now(None), pause_s)


def budget_now(settings: Settings) -> Budget | None:
    """What polling may carry: as set, or what suits a metered connection; None for no limit."""
    return budget_of(settings.schedule.budget, settings.apply.root)


def _affordable_s(settings: Settings) -> float:
    budget = budget_now(settings)
    return affordable_pause_s(budget, _ledger(settings), clock_now(None)) if budget else 0.0


def _ledger(settings: Settings) -> Ledger:
    return read_ledger(settings.paths.state, volatile_of(settings))


def write_down(settings: Settings, service: MetadataService, *, quiet: bool) -> None:
    """Adds one pass to the ledger; a quiet poll is kept only until the next boot."""
    payload = service.bytes_sent + service.bytes_received
    carried = at_ip_layer(payload, service.connections, service.requests)
    period = settings.schedule.budget.period if settings.schedule.budget else DEFAULT_PERIOD
    ledger = after_pass(_ledger(settings), carried, clock_now(service.date), period)
    write_ledger(settings.paths.state, ledger, volatile_of(settings) if quiet else None)


def clock_now(service_date: datetime | None) -> datetime | None:
    """The moment it is, by a clock that can be trusted; None where neither can be."""
    return trusted_now(datetime.now(UTC), service_date, CLOCK_FLOOR)
