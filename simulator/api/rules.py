"""Pure. The conditions of an event handler, the time until it may fire again, and the texts of its actions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from simulator.subscribers import Sim

MIB = 1 << 20
DAY_MS = 86_400_000
FOREVER_MS = 1 << 62


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a SIM."""

    kind: str
    """`status`, `speed`, `session`, `mismatch`, `expired`, or `traffic`."""
    sim: Sim
    at_ms: int
    words: Mapping[str, str] = field(default_factory=dict)
    """The variables of an action's text, such as `oldStatus`."""
    carried: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Traffic: subject (`sim`, `targetGroupId`, `targetOperatorId`) → period → bytes."""


def fits(handler: Mapping[str, Any], event: Event) -> bool:
    """Whether a handler, which counts for the SIM, is meant for what happened."""
    rule = handler["ruleConfig"]
    given, kind = rule["properties"], str(rule["type"])
    match event.kind:
        case "status":
            wanted = {"oldStatus": given.get("sourceStatus"), "newStatus": given.get("targetStatus")}
            return kind.endswith("StatusAttributeRule") and _are(wanted, event.words)
        case "speed":
            wanted = {"newSpeedClass": given.get("targetSpeedClass")}
            return kind.endswith("SpeedClassAttributeRule") and _are(wanted, event.words)
        case "session":
            has_imei = str(given.get("hasImei", False)).lower() != "true" or bool(event.words["imei"].strip("0"))
            return (
                kind == "SubscriberSessionStatusRule" and _are(_only(given, "sessionStatus"), event.words) and has_imei
            )
        case "mismatch":
            return kind.endswith("ImeiMismatchedRule")
        case "expired":
            return kind in {"SubscriberExpiredRule", "SimExpiredRule"}
        case _:
            return kind == "SubscriberFirstTrafficRule" or _is_over(handler, event)


def target_of(handler: Mapping[str, Any], event: Event) -> str:
    """The SIMs for which a handler does not fire again at once: this SIM, or all of its target."""
    given = handler["ruleConfig"]["properties"]
    is_one_for_all = str(given.get("runOnceAmongTarget", "")).lower() == "true" or _is_of_many(handler)
    return "" if is_one_for_all else event.sim.imsi


def again_at(given: Mapping[str, Any], now: int) -> int:
    """The moment from which a handler may fire again; "at once" means at the next change."""
    return (
        FOREVER_MS if given["inactiveTimeoutDateConst"] == "NEVER" else _moment(given, "inactiveTimeoutDateConst", now)
    )


def due_at(given: Mapping[str, Any], now: int) -> int:
    """When an action is carried out."""
    return FOREVER_MS if given["executionDateTimeConst"] == "NEVER" else _moment(given, "executionDateTimeConst", now)


def filled(given: Mapping[str, Any], words: Mapping[str, str]) -> dict[str, Any]:
    """The properties of an action with every `${word}` in their place; one that is not known stays as it is."""

    def fill(value: Any) -> Any:
        if isinstance(value, dict):
            return filled(value, words)
        if not isinstance(value, str):
            return value
        for name, word in words.items():
            value = value.replace(f"${{{name}}}", word)
        return value

    return {name: fill(value) for name, value in given.items()}


def _is_over(handler: Mapping[str, Any], event: Event) -> bool:
    rule = handler["ruleConfig"]
    kind = str(rule["type"])
    if "Traffic" not in kind:
        return False
    whose = next((one for one in event.carried if handler.get(one)), "") if _is_of_many(handler) else "sim"
    reached = [size for period, size in event.carried.get(whose, {}).items() if period in kind]
    return bool(reached) and reached[0] > int(rule["properties"]["limitTotalTrafficMegaByte"]) * MIB


def _is_of_many(handler: Mapping[str, Any]) -> bool:
    """Whether a rule looks at all SIMs of a group or of the operator together."""
    return handler["ruleConfig"]["type"] in {"DailyTotalTrafficRule", "MonthlyTotalTrafficRule"}


def _only(given: Mapping[str, Any], name: str) -> Mapping[str, object]:
    return {name: given.get(name)}


def _are(wanted: Mapping[str, object], words: Mapping[str, str]) -> bool:
    return all(value in {None, ""} or words.get(name) == value for name, value in wanted.items())


def _moment(given: Mapping[str, Any], name: str, now: int) -> int:
    offset = int(given.get(name.replace("DateTimeConst", "").replace("DateConst", "") + "OffsetMinutes") or 0) * 60_000
    match given[name]:
        case "AFTER_ONE_DAY":
            return now + DAY_MS + offset
        case "BEGINNING_OF_NEXT_DAY":
            return now // DAY_MS * DAY_MS + DAY_MS + offset
        case "BEGINNING_OF_NEXT_MONTH":
            month = datetime.fromtimestamp(now / 1000, UTC).replace(day=1) + timedelta(days=32)
            first = month.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
            return int(first.timestamp() * 1000) + offset
        case _:
            return now + offset
