"""Pure. Event handlers as people say them, and as the API takes them.

    slow down to s1.minimum above 10 MB a day
    suspend above 100 MB altogether
    mail noc@example.com when a SIM is in another device
    tell the hook when a SIM comes to life
    tell the hook when a device connects

What these words cannot say is written in the API's own form. Rules are per SIM; megabytes are MiB, and days and months
begin in UTC (API: event handlers).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from agent.frozen import frozen

AT_ONCE = {"executionDateTimeConst": "IMMEDIATELY"}
DEFAULT_SLOW = "s1.minimum"
SECRET_HEADER = "X-Kitting-Secret"  # noqa: S105 (the name of a header)
HOOK_BODY = '{"sim":"${simId}","imsi":"${imsi}"}'

_PERIODS = {
    "a day": ("SimDailyTotalTrafficRule", "BEGINNING_OF_NEXT_DAY"),
    "a month": ("SimMonthlyTotalTrafficRule", "BEGINNING_OF_NEXT_MONTH"),
    "altogether": ("SimCumulativeTotalTrafficRule", "NEVER"),
}
_EVENTS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "a SIM comes to life": (
        "SimStatusAttributeRule",
        {"sourceStatus": "ready", "targetStatus": "active", "inactiveTimeoutDateConst": "IMMEDIATELY"},
    ),
    "a device connects": (
        "SubscriberSessionStatusRule",
        {"sessionStatus": "Created", "hasImei": True, "inactiveTimeoutDateConst": "IMMEDIATELY"},
    ),
    "a SIM is in another device": ("SimImeiMismatchedRule", {"inactiveTimeoutDateConst": "AFTER_ONE_DAY"}),
    "a SIM changes its status": ("SimStatusAttributeRule", {"inactiveTimeoutDateConst": "IMMEDIATELY"}),
    "a SIM changes its speed": ("SimSpeedClassAttributeRule", {"inactiveTimeoutDateConst": "IMMEDIATELY"}),
    "a SIM expires": ("SimExpiredRule", {"inactiveTimeoutDateConst": "NEVER"}),
}
_TRAFFIC = re.compile(
    r"(?P<do>.+?) above (?P<size>[0-9]{1,7}) ?(?P<unit>MB|GB)(?: (?P<period>a day|a month|altogether))?"
)
_EVENT = re.compile(r"(?P<do>.+?) when (?P<event>.+)")
_SLOW = re.compile(r"slow down(?: to (?P<speed>[a-z0-9]+\.[a-z0-9]+))?")
_MAIL = re.compile(r"mail (?P<to>[^\s@]+@[^\s@]+)")
_SIMPLE = {"suspend": "SuspendAction", "deactivate": "DeactivationAction", "lock it to its device": "ImeiLockAction"}


@frozen
class Hook:
    """Where the desk's own hook listens."""

    url: str
    secret: str


class NotSaid(ValueError):
    """The words mean nothing here."""


def said(sentence: str, hook: Hook | None) -> Mapping[str, Any]:
    """`ruleConfig` and `actionConfigList` of a sentence; raises `NotSaid`."""
    words = " ".join(sentence.split())
    if found := _TRAFFIC.fullmatch(words):
        rule = _traffic(int(found["size"]), found["unit"], found["period"] or "altogether")
        what = f"${{simId}} carried more than {found['size']} {found['unit']} {found['period'] or 'altogether'}"
    elif found := _EVENT.fullmatch(words):
        if found["event"] not in _EVENTS:
            raise NotSaid(f"not known when that is: {found['event']!r}; known: {', '.join(_EVENTS)}")
        kind, properties = _EVENTS[found["event"]]
        rule = {"type": kind, "properties": dict(properties)}
        what = f"${{simId}}: {found['event']}"
    else:
        raise NotSaid('say "… above 10 MB a day" or "… when a SIM comes to life"')
    return {"ruleConfig": rule, "actionConfigList": [_action(found["do"], what, hook)]}


def _traffic(size: int, unit: str, period: str) -> dict[str, Any]:
    kind, again = _PERIODS[period]
    megabytes = size * (1024 if unit == "GB" else 1)
    properties = {
        "limitTotalTrafficMegaByte": str(megabytes),
        "inactiveTimeoutDateConst": again,
        "runOnceAmongTarget": "false",
    }
    return {"type": kind, "properties": properties}


def _action(do: str, what: str, hook: Hook | None) -> Mapping[str, Any]:
    if kind := _SIMPLE.get(do):
        return {"type": kind, "properties": dict(AT_ONCE)}
    if found := _SLOW.fullmatch(do):
        return {
            "type": "ChangeSpeedClassAction",
            "properties": {**AT_ONCE, "speedClass": found["speed"] or DEFAULT_SLOW},
        }
    if found := _MAIL.fullmatch(do):
        words = {"to": found["to"], "title": "SORACOM: kitting", "message": what}
        return {"type": "SendMailAction", "properties": {**AT_ONCE, **words}}
    if do == "tell the hook":
        if hook is None:
            raise NotSaid("the plan names no hook to tell: hook: {url: …, secret_file: …}")
        return {"type": "ExecuteWebRequestAction", "properties": {**AT_ONCE, **_request(hook)}}
    known = ", ".join((*_SIMPLE, "slow down to s1.minimum", "mail name@example.com", "tell the hook"))
    raise NotSaid(f"not known how to do that: {do!r}; known: {known}")


def _request(hook: Hook) -> Mapping[str, str]:
    """The platform signs nothing: what proves that it asks is a secret that only it and the hook know."""
    header = f'{{"{SECRET_HEADER}":"{hook.secret}"}}'
    return {
        "url": hook.url,
        "httpMethod": "POST",
        "contentType": "application/json",
        "headers": header,
        "body": HOOK_BODY,
    }
