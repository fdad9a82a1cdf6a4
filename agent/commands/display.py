"""Pure. What is shown: the same facts as lines for people and as values for programs (`--json`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from agent.configuration.resolving import Problem
from agent.errors import Failure
from agent.handover.order import Outcome
from agent.identity import (
    Equipment,
    NotRead,
    Radio,
    Read,
    Reading,
    Registration,
    Signal,
    SimState,
    Subscriber,
)
from agent.provision.binding import Mismatch, Verdict
from agent.provision.lifecycle import State
from agent.provision.pass_result import PassResult
from agent.provision.remembered import Remembered
from agent.provision.tags import short
from agent.resident.traffic_record import TrafficRecord, record_values
from agent.setting_values import Budget

if TYPE_CHECKING:
    from agent.apply.planning.plan import Plan
    from agent.modem.reading import Survey
    from agent.upkeep.doctor import Finding

_READINGS = ("imei", "imsi", "iccid", "manufacturer", "model", "firmware")
_RADIO_READINGS = ("sim", "registration", "operator", "signal", "own_number")
_MARKS = {"ok": "ok", "warning": "!!", "fault": "XX", "skipped": "--"}
_AGREES = {True: "agrees", False: "DIFFERS", None: "cannot tell"}

Values = dict[str, Any]


def subscriber_values(subscriber: Subscriber) -> Values:
    """The record as `identify --json` gives it."""
    return {
        "imsi": subscriber.imsi.digits,
        "sim_id": subscriber.sim_id,
        "iccid": subscriber.iccid and subscriber.iccid.digits,
        "msisdn": subscriber.msisdn,
        "group_id": subscriber.group_id,
        "status": subscriber.status,
        "speed_class": subscriber.speed_class,
        "subscription": subscriber.subscription,
        "imei_lock": subscriber.imei_lock,
        "session_imei": subscriber.session_imei,
        "online": subscriber.online,
        "tags": dict(subscriber.tags),
    }


def equipment_values(equipment: Equipment) -> Values:
    """Each value, or null with the reason beside it (`imei`, `imei_not_read`)."""
    values: Values = {}
    for name in _READINGS:
        reading: Reading[Any] = getattr(equipment, name)
        if isinstance(reading, Read):
            values[name] = str(reading.value)
        else:
            values |= {name: None, f"{name}_not_read": str(reading)}
    values |= {"port": equipment.port, "source": equipment.source.value}
    if equipment.radio:
        values["radio"] = radio_values(equipment.radio)
    return values | {"others": [equipment_values(other) for other in equipment.others]}


def radio_values(radio: Radio) -> Values:
    """Each value, or null with the reason beside it."""
    values: Values = {}
    for name in _RADIO_READINGS:
        reading: Reading[Any] = getattr(radio, name)
        values[name] = _radio_value(reading.value) if isinstance(reading, Read) else None
        if isinstance(reading, NotRead):
            values[f"{name}_not_read"] = str(reading)
    return values


def _radio_value(value: SimState | Registration | Signal | str) -> object:
    match value:
        case SimState() | Registration():
            return value.name.lower()
        case Signal():
            return {"percent": value.percent, "dbm": value.dbm}
        case str():
            return value


def verdict_values(found: Verdict) -> Values:
    """The verdict, and each witness with what it says."""
    return {
        "verdict": type(found).__name__.lower(),
        "why": found.why,
        "code": found.code.text if isinstance(found, Mismatch) else None,
        "witnesses": [
            {"name": witness.name, "modem": witness.modem, "platform": witness.platform, "agrees": witness.agrees}
            for witness in found.witnesses
        ],
    }


def failure_values(failure: Failure) -> Values:
    """Code, message and advice."""
    return {"code": failure.code.text, "message": failure.detail, "where": failure.where, "advice": failure.advice}


def outcome_values(outcome: Outcome) -> Values:
    """What became of an order."""
    return {
        "result": outcome.result.value,
        "recorded": outcome.recorded,
        "changes": [
            {"what": change.what, "where": change.where, "because": reason_text(change.because)}
            for change in outcome.changes
        ],
        "ran": [
            {
                "command": ran.command,
                "code": ran.code,
                "seconds": ran.seconds,
                "tail": ran.tail,
                "because": reason_text(ran.because),
            }
            for ran in outcome.ran
        ],
    }


def identity_values(subscriber: Subscriber | Failure, equipment: Equipment, found: Verdict | None) -> Values:
    """All of `identify --json`."""
    if isinstance(subscriber, Failure):
        who: Values = {"subscriber": None, "subscriber_not_read": failure_values(subscriber)}
    else:
        who = {"subscriber": subscriber_values(subscriber)}
    return who | {"equipment": equipment_values(equipment), "binding": found and verdict_values(found)}


def pass_values(this: PassResult) -> Values:
    """All of `provision --json`."""
    return {
        "state": this.remembered.state.value,
        "event": this.event.value,
        "configuration": this.resolved and short(this.resolved.configuration.digest),
        "subscriber": this.subscriber and subscriber_values(this.subscriber),
        "equipment": this.equipment and equipment_values(this.equipment),
        "binding": this.verdict and verdict_values(this.verdict),
        "outcome": this.outcome and outcome_values(this.outcome),
        "failure": this.failure and failure_values(this.failure),
        "notices": [failure_values(notice) for notice in this.notices],
        "tags": dict(this.tags),
    }


def pass_lines(this: PassResult) -> Iterator[str]:
    """How a pass ended, for people."""
    yield f"{'done' if not this.failure else 'ended':<9} {this.remembered.state.value}"
    for failure in filter(None, (this.failure, *this.notices)):
        yield f"{'':<9} {failure}"
        yield f"{'':<9} → {failure.advice}"


def identity_lines(subscriber: Subscriber | Failure, equipment: Equipment, found: Verdict | None) -> Iterator[str]:
    """`identify` for people."""
    if isinstance(subscriber, Failure):
        yield f"SIM           not known: {subscriber}"
        yield f"              → {subscriber.advice}"
    else:
        yield f"SIM           {subscriber.card}"
        yield f"IMSI          {subscriber.imsi}"
        yield f"status        {subscriber.status or '?'}, speed class {subscriber.speed_class or '?'}"
        yield f"group         {subscriber.group_id or 'none'}"
        yield f"tags          {', '.join(f'{k}={v}' for k, v in sorted(subscriber.tags.items()) if v) or 'none'}"
    yield from equipment_lines(equipment)
    if found:
        yield f"binding       {type(found).__name__.lower()}: {found.why}"
        for witness in found.witnesses:
            both = f"{witness.modem or '?'} / {witness.platform or '?'}"
            yield f"{'':<13} {witness.name}: {_AGREES[witness.agrees]} ({both})"


def equipment_lines(equipment: Equipment) -> Iterator[str]:
    """The modem for people, with what it says of the network, and the others beside it."""
    for name in _READINGS:
        label = f"modem's {name.upper()}" if name.startswith("i") else name
        yield _reading_line(label, getattr(equipment, name))
    for name in _RADIO_READINGS if equipment.radio else ():
        reading: Reading[Any] = getattr(equipment.radio, name)
        yield _reading_line("SIM's state" if name == "sim" else name.replace("_", " "), reading)
    yield f"port          {equipment.port or 'none'} ({equipment.source.value})"
    for other in equipment.others:
        yield f"another       {_in_a_line(other)}"


def _reading_line(label: str, reading: Reading[Any]) -> str:
    if isinstance(reading, NotRead):
        return f"{label:<13} not read ({reading})"
    value = reading.value.value if isinstance(reading.value, SimState | Registration) else reading.value
    return f"{label:<13} {value}"


def _in_a_line(equipment: Equipment) -> str:
    imei = equipment.imei
    said = f"IMEI {imei.value}" if isinstance(imei, Read) else f"IMEI not read ({imei})"
    named = f"{equipment.model.value}, " if isinstance(equipment.model, Read) else ""
    return f"{named}{said} on {equipment.port or 'no port'} ({equipment.source.value})"


def modem_lines(found: Survey) -> Iterator[str]:
    """`modem` for people: who has which ports, what each said, and what comes of it."""
    for one in found.managed:
        yield f"ModemManager  has {_in_a_line(one.equipment)}; its ports: {', '.join(one.ports) or 'none'}"
    for port, said in found.asked:
        yield f"asked         {port.path}: {_in_a_line(said)}"
    yield from equipment_lines(found.equipment)
    if isinstance(found.equipment.imei, NotRead):
        yield f"what to do    {found.equipment.imei.code.advice}"


def modem_values(found: Survey) -> Values:
    """All of `modem --json`."""
    return {
        "equipment": equipment_values(found.equipment),
        "modemmanager": [
            {"device": one.device, "ports": list(one.ports), "equipment": equipment_values(one.equipment)}
            for one in found.managed
        ],
        "asked": [
            {"port": port.path, "device": port.device, "equipment": equipment_values(said)}
            for port, said in found.asked
        ],
    }


def plan_lines(plan: Plan) -> Iterator[str]:
    """`plan` for people."""
    from agent.apply.planning.diff import diff_text

    text = diff_text(plan)
    yield text.rstrip() if text else "nothing would change"


def plan_values(plan: Plan) -> Values:
    """All of `plan --json`."""
    from agent.apply.planning.diff import diff_text

    changes = [{"what": step.what, "where": step.where, "because": reason_text(step.because)} for step in plan.steps]
    return {"changes": changes, "diff": diff_text(plan)}


def advice_for(remembered: Remembered) -> str:
    """What a person does about this state."""
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


def status_lines(remembered: Remembered, resident: int | None) -> Iterator[str]:
    """`status` for people, in one screen."""
    yield f"state         {remembered.state.value}, since {remembered.changed_at or 'a time that no clock told'}"
    yield f"config        {short(remembered.in_force) if remembered.in_force else 'none'}"
    yield f"SIM           {remembered.card or 'not seen yet'}"
    yield f"IMEI          {remembered.imei or 'not read yet'}"
    if remembered.held:
        yield f"held          by the operator's order {remembered.last_order!r}"
    yield f"last pass     {remembered.ended_at or 'none'}"
    yield f"resident      {f'running (process {resident})' if resident else 'not running'}"
    if remembered.failure:
        yield f"error         {remembered.failure}"
    if remembered.notice:
        yield f"notice        {remembered.notice}"
    yield f"what to do    {advice_for(remembered)}"


def status_values(remembered: Remembered, resident: int | None) -> Values:
    """All of `status --json`."""
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
        "what_to_do": advice_for(remembered),
    }


def traffic_lines(record: TrafficRecord, expected_bytes: int | None, budget: Budget | None) -> Iterator[str]:
    """What the agent's own sockets carried, for `status`."""
    if record.passes:
        since = f" since {record.since:%Y-%m-%d}" if record.since else ""
        expects = (
            f"; {expected_bytes / 1000:.0f} of {budget.bytes / 1000:.0f} kB expected"
            if expected_bytes and budget
            else ""
        )
        yield f"traffic       {record.bytes / 1000:.1f} kB in {record.passes} passes{since}{expects}"


def traffic_values(record: TrafficRecord, expected_bytes: int | None) -> Values:
    """The same for programs."""
    return {"traffic": record_values(record) | {"expected": expected_bytes}}


def problem_lines(name: str, problems: Iterable[Problem]) -> Iterator[str]:
    """`check` for people, as compilers write it."""
    clean = True
    for problem in problems:
        clean = False
        place = f"{name}:{problem.line}" if problem.line else name
        hint = f" ({problem.suggestion})" if problem.suggestion else ""
        yield f"{': '.join(filter(None, (place, problem.path, problem.message)))}{hint}"
    if clean:
        yield f"{name}: fine"


def problem_values(problems: Iterable[Problem]) -> Values:
    """All of `check --json`."""
    return {
        "problems": [
            {
                "code": problem.code.text,
                "line": problem.line,
                "path": problem.path,
                "message": problem.message,
                "suggestion": problem.suggestion,
            }
            for problem in problems
        ]
    }


def finding_lines(finding: Finding) -> Iterator[str]:
    """One thing that the doctor looked at."""
    yield f"{_MARKS[finding.level.value]}  {finding.name:<26} {finding.what}"
    if finding.advice:
        yield f"    {'':<26} → {finding.advice}"


def finding_values(findings: Iterable[Finding]) -> Values:
    """All of `doctor --json`."""
    return {
        "findings": [
            {"name": finding.name, "level": finding.level.value, "what": finding.what, "advice": finding.advice}
            for finding in findings
        ]
    }
