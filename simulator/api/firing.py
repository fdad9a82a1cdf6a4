"""Edge: event handlers that fire: on what happens to a SIM, their actions are carried out, in a thread of their own.

    with Firing(account) as firing:
        firing.carried(imsi, 12_000_000)    # traffic
        firing.settle()                     # everything that was set off has happened

What is due later, after a day or at the beginning of the next month, happens when the platform's clock says so and
somebody calls `settle`. Days and months begin in UTC. A web request is sent once and nobody looks at its answer: of
another try nothing is documented.
"""

from __future__ import annotations

import json
import queue
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Thread
from types import TracebackType
from typing import Any, Self

import requests

from simulator.api.account import Account
from simulator.subscribers import Refusal, Sim

MIB = 1 << 20
DAY_MS = 86_400_000
FOREVER_MS = 1 << 62
_REQUEST_WITHIN_S = 10.0
_STATUSES = {
    "ActivationAction": "active",
    "DeactivationAction": "inactive",
    "StandbyAction": "standby",
    "SuspendAction": "suspended",
}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a SIM."""

    kind: str
    """`status`, `speed`, `session`, `mismatch`, or `traffic`."""
    sim: Sim
    words: Mapping[str, str]
    """What the text of an action may name, such as `oldStatus`."""
    megabytes: Mapping[str, float]
    """Of traffic: so far in this day, in this month, and altogether."""


class Firing:
    """Watches the platform of an account, and does what the account's handlers say."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._coming: queue.Queue[Event | None] = queue.Queue()
        self._quiet: dict[tuple[str, str], int] = {}
        """Handler and IMSI → until when it does not fire again."""
        self._later: list[tuple[int, Mapping[str, Any], Event]] = []
        self.failed: list[str] = []
        """What an action could not do."""
        account.platform.watch(self._noticed)
        self._thread = Thread(target=self._work, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        self._coming.put(None)
        self._thread.join()

    def carried(self, imsi: str, size: int) -> None:
        """A SIM carried so many bytes."""
        account, now = self._account, self._account.platform.now_ms()
        with account.lock:
            key = (imsi, now // DAY_MS)
            account.traffic[key] = account.traffic.get(key, 0) + size
        month = _time(now).strftime("%Y-%m")
        mine = [(day, carried) for (of, day), carried in account.traffic.items() if of == imsi]
        sums = {
            "Daily": sum(carried for day, carried in mine if day == now // DAY_MS),
            "Monthly": sum(carried for day, carried in mine if _time(day * DAY_MS).strftime("%Y-%m") == month),
            "Cumulative": sum(carried for _, carried in mine),
        }
        megabytes = {kind: total / MIB for kind, total in sums.items()}
        self._coming.put(Event("traffic", account.platform.sim(imsi), {}, megabytes))

    def settle(self) -> None:
        """Returns when everything that was set off has happened, and what is due by now as well."""
        self._coming.join()
        now = self._account.platform.now_ms()
        due = [one for one in self._later if one[0] <= now]
        self._later = [one for one in self._later if one[0] > now]
        for _, action, event in due:
            self._carry_out(action, event)
        self._coming.join()

    def _noticed(self, before: Sim, after: Sim | None) -> None:
        """Called under the platform's lock: only takes down what happened."""
        if after is None:
            self._coming.put(Event("mismatch", before, {}, {}))
            return
        if before.status != after.status:
            self._coming.put(Event("status", after, {"oldStatus": before.status, "newStatus": after.status}, {}))
        if before.speed_class != after.speed_class:
            words = {"oldSpeedClass": before.speed_class, "newSpeedClass": after.speed_class}
            self._coming.put(Event("speed", after, words, {}))
        if (before.session is None) != (after.session is None):
            words = {"sessionStatus": "Created" if after.session else "Deleted"}
            self._coming.put(Event("session", after, words, {}))

    def _work(self) -> None:
        while (event := self._coming.get()) is not None:
            try:
                self._fire(event)
            finally:
                self._coming.task_done()
        self._coming.task_done()

    def _fire(self, event: Event) -> None:
        now = self._account.platform.now_ms()
        for handler in list(self._account.handlers.values()):
            key = (str(handler["handlerId"]), event.sim.imsi)
            is_meant = handler["status"] == "active" and _targets(handler, event.sim, self._account.operator_id)
            if not is_meant or not _fits(handler["ruleConfig"], event) or self._quiet.get(key, 0) > now:
                continue
            self._quiet[key] = _again_at(handler["ruleConfig"]["properties"], now)
            for action in handler["actionConfigList"]:
                due = _due_at(action["properties"], now)
                if due <= now:
                    self._carry_out(action, event)
                else:
                    self._later.append((due, action, event))

    def _carry_out(self, action: Mapping[str, Any], event: Event) -> None:
        try:
            self._act(action["type"], _filled(action["properties"], self._words(event)), event)
        except (Refusal, requests.RequestException, KeyError, ValueError) as error:
            self.failed.append(f"{action['type']}: {error}")

    def _act(self, kind: str, told: Mapping[str, Any], event: Event) -> None:
        platform, imsi = self._account.platform, event.sim.imsi
        match kind:
            case "ChangeSpeedClassAction":
                platform.change_sim(imsi, speed_class=told["speedClass"])
            case "ImeiLockAction":
                platform.set_imei_lock(imsi)
            case "SendMailAction" | "SendMailToOperatorAction":
                to = str(told.get("to") or self._account.email)
                self._account.mails.append((to, str(told.get("title")), str(told.get("message"))))
            case "InvokeAWSLambdaAction":
                parameters = {name: value for name, value in told.items() if name.startswith("parameter")}
                event_of = {"imsi": imsi, "operatorId": self._account.operator_id, **parameters}
                self._account.lambdas[str(told["functionName"])](event_of, None)
            case "ExecuteWebRequestAction":
                _send(told)
            case _:
                platform.set_status(imsi, _STATUSES[kind])

    def _words(self, event: Event) -> Mapping[str, str]:
        session = event.sim.session
        return {
            "imsi": event.sim.imsi,
            "simId": event.sim.sim_id,
            "operatorId": self._account.operator_id,
            "imei": (session and session.imei) or "",
            **event.words,
        }


def _targets(handler: Mapping[str, Any], sim: Sim, operator_id: str) -> bool:
    return (
        handler.get("targetImsi") == sim.imsi
        or handler.get("targetSimId") == sim.sim_id
        or (sim.group_id is not None and handler.get("targetGroupId") == sim.group_id)
        or handler.get("targetOperatorId") == operator_id
    )


def _fits(rule: Mapping[str, Any], event: Event) -> bool:
    told, kind = rule["properties"], str(rule["type"])
    match event.kind:
        case "status":
            wanted = {"oldStatus": told.get("sourceStatus"), "newStatus": told.get("targetStatus")}
            return kind.endswith("StatusAttributeRule") and _are(wanted, event.words)
        case "speed":
            return kind.endswith("SpeedClassAttributeRule") and _are(
                {"newSpeedClass": told.get("targetSpeedClass")}, event.words
            )
        case "session":
            created = _are({"sessionStatus": told.get("sessionStatus")}, event.words)
            return kind == "SubscriberSessionStatusRule" and created
        case "mismatch":
            return kind.endswith("ImeiMismatchedRule")
        case _:
            if kind == "SubscriberFirstTrafficRule":
                return True
            reached = [size for period, size in event.megabytes.items() if period in kind]
            return "Traffic" in kind and bool(reached) and reached[0] >= float(told["limitTotalTrafficMegaByte"])


def _are(wanted: Mapping[str, object], words: Mapping[str, str]) -> bool:
    return all(value in {None, ""} or words.get(name) == value for name, value in wanted.items())


def _again_at(told: Mapping[str, Any], now: int) -> int:
    """When a handler may fire again for the same SIM; it is told of changes, so "at once" is for the next one."""
    return FOREVER_MS if told["inactiveTimeoutDateConst"] == "NEVER" else _moment(told, "inactiveTimeout", now)


def _due_at(told: Mapping[str, Any], now: int) -> int:
    return _moment({**told, "executionDateConst": told["executionDateTimeConst"]}, "execution", now)


def _moment(told: Mapping[str, Any], what: str, now: int) -> int:
    offset = int(told.get(f"{what}OffsetMinutes") or 0) * 60_000
    day = now // DAY_MS * DAY_MS
    match told[f"{what}DateConst"]:
        case "AFTER_ONE_DAY":
            return now + DAY_MS + offset
        case "BEGINNING_OF_NEXT_DAY":
            return day + DAY_MS + offset
        case "BEGINNING_OF_NEXT_MONTH":
            first = (_time(now).replace(day=1) + timedelta(days=32)).replace(day=1)
            return int(first.replace(hour=0, minute=0, second=0, microsecond=0).timestamp() * 1000) + offset
        case _:
            return now + offset


def _filled(told: Mapping[str, Any], words: Mapping[str, str]) -> dict[str, Any]:
    def fill(value: object) -> object:
        if not isinstance(value, str):
            return value
        for name, word in words.items():
            value = value.replace(f"${{{name}}}", word)
        return value

    return {name: fill(value) for name, value in told.items()}


def _send(told: Mapping[str, Any]) -> None:
    headers = told.get("headers") or {}
    if isinstance(headers, str):
        headers = json.loads(headers)
    method = str(told.get("httpMethod") or "GET")
    headers = {**headers, **({"Content-Type": told["contentType"]} if told.get("contentType") else {})}
    body = str(told.get("body") or "").encode() if method in {"POST", "PUT"} else None
    requests.request(method, str(told["url"]), headers=headers, data=body, timeout=_REQUEST_WITHIN_S)


def _time(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
