"""Pure. SIM, modem and the verdict on both: `identify`, and parts of `modem` and `provision --json`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from agent.commands.display.failure import Values, failure_values
from agent.errors import Failure
from agent.identity import Equipment, NotRead, Radio, Read, Reading, Registration, Signal, SimState, Subscriber
from agent.provision.binding import Match, Mismatch, Unproven, Verdict

_READINGS = ("imei", "imsi", "iccid", "manufacturer", "model", "firmware")
_RADIO_READINGS = ("sim", "registration", "operator", "signal", "own_number")
_AGREES = {True: "agrees", False: "DIFFERS", None: "cannot be compared"}
_VERDICTS = {Match: "match", Mismatch: "mismatch", Unproven: "unproven"}


def identity_values(subscriber: Subscriber | Failure, equipment: Equipment, found: Verdict | None) -> Values:
    """All of `identify --json`."""
    if isinstance(subscriber, Failure):
        sim: Values = {"subscriber": None, "subscriber_not_read": failure_values(subscriber)}
    else:
        sim = {"subscriber": subscriber_values(subscriber)}
    return sim | {"equipment": equipment_values(equipment), "binding": found and verdict_values(found)}


def identity_lines(subscriber: Subscriber | Failure, equipment: Equipment, found: Verdict | None) -> Iterator[str]:
    """`identify` for people."""
    if isinstance(subscriber, Failure):
        yield f"SIM           not known: {subscriber}"
        yield f"              → {subscriber.advice}"
    else:
        yield from _subscriber_lines(subscriber)
    yield from equipment_lines(equipment)
    if found:
        yield f"binding       {_VERDICTS[type(found)]}: {found.why}"
        for witness in found.witnesses:
            both = f"{witness.modem or '?'} / {witness.platform or '?'}"
            yield f"{'':<13} {witness.name}: {_AGREES[witness.agrees]} ({both})"


def subscriber_values(subscriber: Subscriber) -> Values:
    """The subscriber record."""
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


def _subscriber_lines(subscriber: Subscriber) -> Iterator[str]:
    tags = ", ".join(f"{name}={value}" for name, value in sorted(subscriber.tags.items()) if value)
    yield f"SIM           {subscriber.card}"
    yield f"IMSI          {subscriber.imsi}"
    yield f"status        {subscriber.status or '?'}, speed class {subscriber.speed_class or '?'}"
    yield f"group         {subscriber.group_id or 'none'}"
    yield f"tags          {tags or 'none'}"


def equipment_values(equipment: Equipment) -> Values:
    """Each value of the modem, or null with the reason beside it (`imei`, `imei_not_read`)."""
    values: Values = {}
    for name in _READINGS:
        reading: Reading[Any] = getattr(equipment, name)
        if isinstance(reading, Read):
            values[name] = str(reading.value)
        else:
            values |= {name: None, f"{name}_not_read": str(reading)}
    values |= {"port": equipment.port, "source": equipment.source.value}
    if equipment.radio:
        values["radio"] = _radio_values(equipment.radio)
    return values | {"others": [equipment_values(other) for other in equipment.others]}


def _radio_values(radio: Radio) -> Values:
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


def equipment_lines(equipment: Equipment) -> Iterator[str]:
    """The modem for people: its numbers, its network, and the other modems of the gateway."""
    for name in _READINGS:
        label = f"modem's {name.upper()}" if name.startswith("i") else name
        yield _reading_line(label, getattr(equipment, name))
    for name in _RADIO_READINGS if equipment.radio else ():
        reading: Reading[Any] = getattr(equipment.radio, name)
        yield _reading_line("SIM's state" if name == "sim" else name.replace("_", " "), reading)
    yield f"port          {equipment.port or 'none'} ({equipment.source.value})"
    for other in equipment.others:
        yield f"another       {equipment_line(other)}"


def _reading_line(label: str, reading: Reading[Any]) -> str:
    if isinstance(reading, NotRead):
        return f"{label:<13} not read ({reading})"
    value = reading.value.value if isinstance(reading.value, SimState | Registration) else reading.value
    return f"{label:<13} {value}"


def equipment_line(equipment: Equipment) -> str:
    """A modem in one line."""
    imei = equipment.imei
    number = f"IMEI {imei.value}" if isinstance(imei, Read) else f"IMEI not read ({imei})"
    model = f"{equipment.model.value}, " if isinstance(equipment.model, Read) else ""
    return f"{model}{number} on {equipment.port or 'no port'} ({equipment.source.value})"


def verdict_values(found: Verdict) -> Values:
    """The verdict, and each witness with both of its numbers."""
    return {
        "verdict": _VERDICTS[type(found)],
        "why": found.why,
        "code": found.code.text if isinstance(found, Mismatch) else None,
        "witnesses": [
            {"name": witness.name, "modem": witness.modem, "platform": witness.platform, "agrees": witness.agrees}
            for witness in found.witnesses
        ],
    }
