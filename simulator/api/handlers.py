"""Pure. Event handlers, as they are kept: checked for what the platform would refuse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.api.asked import Asked, nothing
from simulator.http_messages import Response
from simulator.subscribers import Refusal

TARGETS = ("targetImsi", "targetSimId", "targetGroupId", "targetOperatorId")
MOST_ACTIONS = 5
MOST_PER_TARGET = 10
_TRAFFIC = ("Daily", "Monthly", "Cumulative")
RULES = frozenset(
    {
        "SubscriberFirstTrafficRule",
        *(f"Subscriber{kind}TrafficRule" for kind in _TRAFFIC),
        *(f"Sim{kind}TotalTrafficRule" for kind in _TRAFFIC),
        *("DailyTotalTrafficRule", "MonthlyTotalTrafficRule", "MonthlyChargeRule"),
        *("SubscriberStatusAttributeRule", "SimStatusAttributeRule"),
        *("SubscriberSpeedClassAttributeRule", "SimSpeedClassAttributeRule"),
        *("SubscriberExpiredRule", "SimExpiredRule", "SimSubscriptionStatusRule"),
        *("SubscriberImeiMismatchedRule", "SimImeiMismatchedRule", "SubscriberSessionStatusRule"),
    }
)
ACTIONS = frozenset(
    {
        *("SendMailAction", "SendMailToOperatorAction", "ExecuteWebRequestAction", "InvokeAWSLambdaAction"),
        *("ChangeSpeedClassAction", "ActivationAction", "DeactivationAction", "StandbyAction", "SuspendAction"),
        "ImeiLockAction",
    }
)
_PERIODS = ("IMMEDIATELY", "BEGINNING_OF_NEXT_DAY", "BEGINNING_OF_NEXT_MONTH", "AFTER_ONE_DAY", "NEVER")


def list_handlers(asked: Asked) -> Response:
    """All of them, or those of one kind of target."""
    target = asked.query.get("target")
    name = {"operator": "targetOperatorId", "imsi": "targetImsi", "simId": "targetSimId", "group": "targetGroupId"}
    wanted = name.get(target or "")
    found = [one for one in asked.account.handlers.values() if wanted is None or one.get(wanted)]
    return Response.json(200, found)


def get_handler(asked: Asked) -> Response:
    """One."""
    return Response.json(200, _handler(asked))


def create_handler(asked: Asked) -> Response:
    """A new one."""
    account = asked.account
    handler = checked(asked.members())
    like = [one for one in account.handlers.values() if target_of(one) == target_of(handler)]
    if len(like) >= MOST_PER_TARGET:
        raise Refusal(400, "EVT0003", f"a target has at most {MOST_PER_TARGET} event handlers")
    handler = {**handler, "handlerId": account.new_id("")}
    account.handlers[handler["handlerId"]] = handler
    return Response.json(201, handler)


def update_handler(asked: Asked) -> Response:
    """Another in its place."""
    old = _handler(asked)
    changed = {**checked(asked.members()), "handlerId": old["handlerId"]}
    asked.account.handlers[old["handlerId"]] = changed
    return Response.json(200, changed)


def delete_handler(asked: Asked) -> Response:
    """And gone."""
    del asked.account.handlers[_handler(asked)["handlerId"]]
    return nothing()


def target_of(handler: Mapping[str, Any]) -> tuple[str, str]:
    """Which kind of target, and which one."""
    return next((name, str(handler[name])) for name in TARGETS if handler.get(name))


def checked(told: Mapping[str, Any]) -> dict[str, Any]:
    """A handler that the platform takes; raises a `Refusal` for one that it does not."""
    rule, actions = told.get("ruleConfig"), told.get("actionConfigList")
    if sum(bool(told.get(name)) for name in TARGETS) != 1:
        raise Refusal(400, "EVT0001", f"exactly one of {', '.join(TARGETS)} is needed")
    if not isinstance(told.get("name"), str) or told.get("status") not in {"active", "inactive"}:
        raise Refusal(400, "EVT0001", "name and status are needed")
    if not isinstance(rule, dict) or rule.get("type") not in RULES:
        raise Refusal(400, "EVT0001", "ruleConfig.type is not known")
    if (
        not isinstance(rule.get("properties"), dict)
        or rule["properties"].get("inactiveTimeoutDateConst") not in _PERIODS
    ):
        raise Refusal(400, "EVT0001", "ruleConfig.properties.inactiveTimeoutDateConst is not known")
    if not isinstance(actions, list) or not 1 <= len(actions) <= MOST_ACTIONS:
        raise Refusal(400, "EVT0002", f"a handler has 1 to {MOST_ACTIONS} actions")
    for action in actions:
        if not isinstance(action, dict) or action.get("type") not in ACTIONS:
            raise Refusal(400, "EVT0002", "the type of an action is not known")
        if (action.get("properties") or {}).get("executionDateTimeConst") not in _PERIODS:
            raise Refusal(400, "EVT0002", "an action needs its executionDateTimeConst")
    known = ("name", "description", "status", *TARGETS, "ruleConfig", "actionConfigList")
    return {name: told[name] for name in known if told.get(name) is not None}


def _handler(asked: Asked) -> dict[str, Any]:
    found = asked.account.handlers.get(asked.variable("handler_id"))
    if found is None:
        raise Refusal(404, "EVT0404", "no such event handler")
    return found
