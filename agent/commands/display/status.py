"""Pure. The state of the gateway as it is remembered: `status`."""

from __future__ import annotations

from collections.abc import Iterator

from agent.commands.display.failure import Values, failure_values
from agent.errors import Failure
from agent.provision.lifecycle import State
from agent.provision.remembered import Remembered
from agent.provision.tags import short
from agent.resident.traffic_record import TrafficRecord, record_values
from agent.setting_values import Budget
from agent.upkeep.endpoint_table import TABLE


def advice_for(remembered: Remembered, refusal: Failure | None = None) -> str:
    """What a person does about this state; `refusal` is that of the disk, which comes first."""
    if refusal:
        return refusal.advice
    if remembered.failure:
        return remembered.failure.advice
    match remembered.state:
        case State.PROVISIONED:
            return remembered.notice.advice if remembered.notice else "Nothing: this gateway is done."
        case State.APPLYING:
            return "Wait: a configuration is being applied."
        case State.NEW:
            return "Wait for the first pass, or make one: kitting-agent provision."
        case State.FAILED | State.ROLLED_BACK | State.BLOCKED:
            return "Run kitting-agent doctor."


def status_lines(remembered: Remembered, resident: int | None, refusal: Failure | None = None) -> Iterator[str]:
    """`status` for people, in one screen.

    `resident` is the process that makes the passes; `refusal` says that the disk of the state directory refuses.
    """
    since = remembered.changed_at or "a time that is not known (no clock was set)"
    yield f"state         {remembered.state.value}, since {since}"
    yield f"config        {short(remembered.in_force) if remembered.in_force else 'none'}"
    yield f"SIM           {remembered.card or 'not seen yet'}"
    yield f"IMEI          {remembered.imei or 'not read yet'}"
    if remembered.held:
        yield f"held          by the operator's order {remembered.last_order!r}"
    yield f"last pass     {remembered.ended_at or 'none'}"
    yield f"resident      {f'running (process {resident})' if resident else 'not running'}"
    for failure in filter(None, (refusal, remembered.failure)):
        yield f"error         {failure}"
    if remembered.notice:
        yield f"notice        {remembered.notice}"
    yield f"what to do    {advice_for(remembered, refusal)}"


def status_values(remembered: Remembered, resident: int | None, refusal: Failure | None = None) -> Values:
    """All of `status --json` but the traffic."""
    return {
        "state": remembered.state.value,
        "since": remembered.changed_at,
        "configuration": remembered.in_force and short(remembered.in_force),
        "card": remembered.card,
        "imei": remembered.imei,
        "held": remembered.held,
        "last_pass": remembered.ended_at,
        "resident": resident,
        "failure": remembered.failure and failure_values(remembered.failure),
        "notice": remembered.notice and failure_values(remembered.notice),
        "disk": refusal and failure_values(refusal),
        "what_to_do": advice_for(remembered, refusal),
    }


def local_lines(damage: Failure | None, *, closed: bool) -> Iterator[str]:
    """Whether the endpoint is closed on this gateway, and whether its state file is damaged, for people."""
    if closed:
        yield f"endpoint      closed to others on this gateway (table inet {TABLE})"
    if damage:
        yield f"note          {damage}"


def local_values(*, closed: bool) -> Values:
    """Whether the endpoint is closed on this gateway, for programs."""
    return {"endpoint_closed": closed}


def traffic_lines(record: TrafficRecord, expected_bytes: int | None, budget: Budget | None) -> Iterator[str]:
    """The traffic of the agent's own sockets, for people."""
    if not record.passes:
        return
    since = f" since {record.since:%Y-%m-%d}" if record.since else ""
    expects = ""
    if expected_bytes and budget:
        expects = f"; {expected_bytes / 1000:.0f} of {budget.bytes / 1000:.0f} kB expected"
    yield f"traffic       {record.bytes / 1000:.1f} kB in {record.passes} passes{since}{expects}"


def traffic_values(record: TrafficRecord, expected_bytes: int | None) -> Values:
    """The traffic of the agent's own sockets, for programs."""
    return {"traffic": record_values(record) | {"expected": expected_bytes}}
