"""Pure. Event handlers: from sentences that people write to the form that the API takes.

    slow down to s1.minimum above 10 MB a day
    suspend above 100 MB altogether
    mail noc@example.com when a SIM is in another device
    tell the hook when a SIM comes to life
    tell the hook when a device connects

For any other handler, a plan uses the API's own form. A rule applies to each SIM by itself; a megabyte is a MiB; days
and months begin in UTC (API: event handlers).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

AT_ONCE = {"executionDateTimeConst": "IMMEDIATELY"}
DEFAULT_SLOW = "s1.minimum"
SECRET_HEADER = "X-Kitting-Secret"  # noqa: S105 (the name of a header)
LEAST_SECRET = 16
"""Characters of the hook's secret, so that it cannot be guessed."""
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
    r"(?P<action>.+?) above (?P<size>[0-9]{1,7}) ?(?P<unit>MB|GB)(?: (?P<period>a day|a month|altogether))?"
)
_EVENT = re.compile(r"(?P<action>.+?) when (?P<event>.+)")
_SLOW = re.compile(r"slow down(?: to (?P<speed>[a-z0-9]+\.[a-z0-9]+))?")
_MAIL = re.compile(r"mail (?P<to>[^\s@]+@[^\s@]+)")
_SIMPLE = {"suspend": "SuspendAction", "deactivate": "DeactivationAction", "lock it to its device": "ImeiLockAction"}


@dataclass(frozen=True, slots=True)
class HookAddress:
    """Where the hook listens, and the secret that it expects."""

    url: str
    secret: str


class SentenceError(ValueError):
    """The sentence is not one that describes an event handler; the text says what is known instead."""


def handler_of_sentence(sentence: str, hook: HookAddress | None) -> Mapping[str, Any]:
    """`ruleConfig` and `actionConfigList` of the event handler that a sentence describes; raises `SentenceError`."""
    words = " ".join(sentence.split())
    if found := _TRAFFIC.fullmatch(words):
        period = found["period"] or "altogether"
        rule = _traffic_rule(int(found["size"]), found["unit"], period)
        text = f"${{simId}} carried more than {found['size']} {found['unit']} {period}"
    elif found := _EVENT.fullmatch(words):
        if found["event"] not in _EVENTS:
            raise SentenceError(f"unknown event {found['event']!r}; known: {', '.join(_EVENTS)}")
        kind, properties = _EVENTS[found["event"]]
        rule = {"type": kind, "properties": dict(properties)}
        text = f"${{simId}}: {found['event']}"
    else:
        raise SentenceError('takes a sentence such as "… above 10 MB a day" or "… when a SIM comes to life"')
    return {"ruleConfig": rule, "actionConfigList": [_action(found["action"], text, hook)]}


def _traffic_rule(size: int, unit: str, period: str) -> dict[str, Any]:
    kind, inactive_until = _PERIODS[period]
    megabytes = size * (1024 if unit == "GB" else 1)
    properties = {
        "limitTotalTrafficMegaByte": str(megabytes),
        "inactiveTimeoutDateConst": inactive_until,
        "runOnceAmongTarget": "false",
    }
    return {"type": kind, "properties": properties}


def _action(action: str, text: str, hook: HookAddress | None) -> Mapping[str, Any]:
    """The action of a handler; `text` is the message of a mail."""
    if kind := _SIMPLE.get(action):
        return {"type": kind, "properties": dict(AT_ONCE)}
    if found := _SLOW.fullmatch(action):
        speed_class = found["speed"] or DEFAULT_SLOW
        return {"type": "ChangeSpeedClassAction", "properties": {**AT_ONCE, "speedClass": speed_class}}
    if found := _MAIL.fullmatch(action):
        mail = {"to": found["to"], "title": "SORACOM: kitting", "message": text}
        return {"type": "SendMailAction", "properties": {**AT_ONCE, **mail}}
    if action == "tell the hook":
        if hook is None:
            raise SentenceError("the plan has no hook; write hook: {url: …, secret_file: …}")
        return {"type": "ExecuteWebRequestAction", "properties": {**AT_ONCE, **_web_request(hook)}}
    known = ", ".join((*_SIMPLE, "slow down to s1.minimum", "mail name@example.com", "tell the hook"))
    raise SentenceError(f"unknown action {action!r}; known: {known}")


def _web_request(hook: HookAddress) -> Mapping[str, str]:
    """The request to the hook. The platform signs nothing: the secret in a header proves that the platform sent it."""
    header = f'{{"{SECRET_HEADER}":"{hook.secret}"}}'
    return {
        "url": hook.url,
        "httpMethod": "POST",
        "contentType": "application/json",
        "headers": header,
        "body": HOOK_BODY,
    }
