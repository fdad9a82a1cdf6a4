"""Edge. Event handlers that fire: changes of a SIM start their actions, which run in a thread of their own.

    with Firing(account) as firing:
        firing.carried(imsi, 12_000_000)    # traffic
        firing.settle()                     # everything that was set off has happened

What is due later (an action after a day, an expiry time) happens when the platform's clock reaches it and `settle` is
called, or by itself with `look_s`. Days and months begin in UTC. A web request is sent once and its answer is ignored:
a second try is not documented.
"""

from __future__ import annotations

import heapq
import json
import queue
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import Enum
from itertools import count
from threading import Event as SignalEvent
from threading import Thread
from types import TracebackType
from typing import Any, Self

import requests

from simulator.api.account import Account
from simulator.api.handlers import handlers_for
from simulator.api.rules import FOREVER_MS, Event, again_at, due_at, filled, fits, target_of
from simulator.api.traffic import carried_of, carry
from simulator.subscriber_record import reported_imei
from simulator.subscribers import Refusal, Sim

_REQUEST_WITHIN_S = 60.0
_STATUSES = {
    "ActivationAction": "active",
    "DeactivationAction": "inactive",
    "StandbyAction": "standby",
    "SuspendAction": "suspended",
}
_EXPIRIES = {"deactivate": "inactive", "suspend": "suspended", "terminate": "terminated"}


class _Sign(Enum):
    END = "no more"


@dataclass(frozen=True)
class _Settle:
    """The request to do what is due, and to tell when nothing else waits."""

    done: SignalEvent = field(default_factory=SignalEvent)


class Firing:
    """Watches the platform of an account, and carries out the account's handlers."""

    def __init__(self, account: Account, *, look_s: float | None = None) -> None:
        """With `look_s`, it looks so often by itself what is due."""
        self._account = account
        self._look_s = look_s
        self._coming: queue.SimpleQueue[Event | _Settle | _Sign] = queue.SimpleQueue()
        """A `Queue` is made of Python code: Ctrl-C while it adds an event would leave it so that nobody is woken."""
        self._quiet: dict[tuple[str, str], int] = {}
        """Handler and target → until when it does not fire again."""
        self._order = count()
        self._later: list[tuple[int, int, Mapping[str, Any], Event]] = []
        self._expiring: list[tuple[int, str]] = []
        """When, and IMSI; a heap, in which a time that was changed since stays and means nothing."""
        self.failed: list[str] = []
        """Actions that failed, as text."""
        for sim in account.platform.sims:
            self._expects(sim)
        account.platform.watch(self._noticed)
        self._thread = Thread(target=self._work, name="Firing", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        self._coming.put(_Sign.END)
        self._thread.join()

    def carried(self, imsi: str, size: int) -> None:
        """A SIM carried so many bytes."""
        account, now = self._account, self._account.platform.now_ms()
        sim = account.platform.sim(imsi)
        carried = {
            "sim": carry(account, sim, size, now),
            "targetGroupId": carried_of(account, sim.group_id or "", now),
            "targetOperatorId": carried_of(account, account.operator_id, now),
        }
        self._coming.put(Event("traffic", sim, now, carried=carried))

    def settle(self) -> None:
        """Returns when everything that was set off has happened, and what is due by now as well."""
        request = _Settle()
        self._coming.put(request)
        request.done.wait()

    def _noticed(self, before: Sim, after: Sim | None) -> None:
        """Called under the platform's lock: only takes down what happened."""
        if after is None:
            self._coming.put(Event("mismatch", before, self._account.platform.now_ms(), {"imei": before.imei or ""}))
            return
        at_ms = after.modified_ms
        if before.status != after.status:
            self._coming.put(Event("status", after, at_ms, {"oldStatus": before.status, "newStatus": after.status}))
        if before.speed_class != after.speed_class:
            words = {"oldSpeedClass": before.speed_class, "newSpeedClass": after.speed_class}
            self._coming.put(Event("speed", after, at_ms, words))
        if (before.session is None) != (after.session is None):
            session = after.session or before.session
            imei = session and reported_imei(session.imei, self._account.platform.switches)
            words = {"sessionStatus": "Created" if after.session else "Deleted", "imei": imei or ""}
            self._coming.put(Event("session", after, at_ms, words))
        if before.expiry_ms != after.expiry_ms:
            self._expects(after)

    def _expects(self, sim: Sim) -> None:
        if sim.expiry_ms is not None:
            heapq.heappush(self._expiring, (sim.expiry_ms, sim.imsi))

    def _work(self) -> None:
        while (found := self._next()) is not _Sign.END:
            if isinstance(found, Event):
                self._fire(found)
                continue
            self._look()
            if self._coming.empty():
                found.done.set()
            else:
                self._coming.put(found)

    def _next(self) -> Event | _Settle | _Sign:
        while True:
            try:
                return self._coming.get(timeout=self._look_s)
            except queue.Empty:
                self._look()

    def _look(self) -> None:
        """Carries out what is due by now."""
        now = self._account.platform.now_ms()
        while self._later and self._later[0][0] <= now:
            _, _, action, event = heapq.heappop(self._later)
            self._carry_out(action, event)
        while self._expiring and self._expiring[0][0] <= now:
            at_ms, imsi = heapq.heappop(self._expiring)
            sim = self._account.platform.sim(imsi)
            if sim.expiry_ms == at_ms:
                self._expire(sim)

    def _expire(self, sim: Sim) -> None:
        platform = self._account.platform
        platform.change_sim(sim.imsi, expiry_ms=None, expiry_action=None)
        self._coming.put(Event("expired", sim, platform.now_ms()))
        try:
            if sim.expiry_action == "deleteSession":
                platform.disconnect(sim.imsi)
            elif sim.expiry_action in _EXPIRIES:
                platform.set_status(sim.imsi, _EXPIRIES[sim.expiry_action])
        except Refusal as refusal:
            self.failed.append(f"{sim.expiry_action}: {refusal}")

    def _fire(self, event: Event) -> None:
        at_ms = event.at_ms
        with self._account.lock:
            handlers = handlers_for(self._account, event.sim)
        for handler in handlers:
            key = (str(handler["handlerId"]), target_of(handler, event))
            if handler["status"] != "active" or not fits(handler, event) or self._quiet.get(key, 0) > at_ms:
                continue
            self._quiet[key] = again_at(handler["ruleConfig"]["properties"], at_ms)
            for action in handler["actionConfigList"]:
                due = due_at(action["properties"], at_ms)
                if due <= at_ms:
                    self._carry_out(action, event)
                elif due < FOREVER_MS:
                    heapq.heappush(self._later, (due, next(self._order), action, event))

    def _carry_out(self, action: Mapping[str, Any], event: Event) -> None:
        try:
            self._act(action["type"], filled(action["properties"], self._words(event)), event)
        except (Refusal, requests.RequestException, LookupError, ValueError) as error:
            self.failed.append(f"{action['type']}: {error}")

    def _act(self, kind: str, settings: Mapping[str, Any], event: Event) -> None:
        platform, imsi = self._account.platform, event.sim.imsi
        match kind:
            case "ChangeSpeedClassAction":
                platform.change_sim(imsi, speed_class=settings["speedClass"])
            case "ImeiLockAction":
                platform.set_imei_lock(imsi)
            case "SendMailAction" | "SendMailToOperatorAction":
                to = str(settings.get("to") or self._account.email)
                self._account.mails.append((to, str(settings.get("title")), str(settings.get("message"))))
            case "InvokeAWSLambdaAction":
                self._invoke(settings, imsi)
            case "ExecuteWebRequestAction":
                _send(settings)
            case _:
                platform.set_status(imsi, _STATUSES[kind])

    def _invoke(self, settings: Mapping[str, Any], imsi: str) -> None:
        """Elsewhere, where it dies alone. Names of the event's members, but for the IMSI, are not documented."""
        function = self._account.lambdas[str(settings["functionName"]).partition(":")[0]]
        parameters = {name: value for name, value in settings.items() if name.startswith("parameter")}
        event = {"imsi": imsi, "operatorId": self._account.operator_id, **parameters}
        with ThreadPoolExecutor(1, "Lambda") as elsewhere:
            error = elsewhere.submit(function, event, None).exception()
        if error:
            self.failed.append(f"{settings['functionName']}: {error!r}")

    def _words(self, event: Event) -> Mapping[str, str]:
        session = event.sim.session
        return {
            "imsi": event.sim.imsi,
            "simId": event.sim.sim_id,
            "operatorId": self._account.operator_id,
            "groupId": event.sim.group_id or "",
            "imei": (session and session.imei) or "",
            **event.words,
        }


def _send(settings: Mapping[str, Any]) -> None:
    headers = settings.get("headers") or {}
    if isinstance(headers, str):
        headers = json.loads(headers)
    method = str(settings.get("httpMethod") or "GET")
    headers = {**headers, **({"Content-Type": settings["contentType"]} if settings.get("contentType") else {})}
    body = str(settings.get("body") or "").encode() if method in {"POST", "PUT"} else None
    requests.request(method, str(settings["url"]), headers=headers, data=body, timeout=_REQUEST_WITHIN_S)
