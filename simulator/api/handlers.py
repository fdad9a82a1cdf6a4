"""Pure. Event handlers, as they are kept: checked for what the platform would refuse."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from simulator.api.account import Account
from simulator.api.asked import Asked, Operation, nothing
from simulator.http_messages import Response
from simulator.subscribers import Refusal, Sim

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
_NEEDED = {
    "SendMailAction": ("to", "title", "message"),
    "SendMailToOperatorAction": ("title", "message"),
    "ExecuteWebRequestAction": ("url", "httpMethod"),
    "InvokeAWSLambdaAction": ("functionName",),
    "ChangeSpeedClassAction": ("speedClass",),
}
_PERIODS = ("IMMEDIATELY", "BEGINNING_OF_NEXT_DAY", "BEGINNING_OF_NEXT_MONTH", "AFTER_ONE_DAY", "NEVER")


def list_handlers(asked: Asked) -> Response:
    """All of them, or those of one kind of target."""
    target = asked.query.get("target")
    name = {"operator": "targetOperatorId", "imsi": "targetImsi", "simId": "targetSimId", "group": "targetGroupId"}
    wanted = name.get(target or "")
    found = [one for one in asked.account.handlers.values() if wanted is None or one.get(wanted)]
    return Response.json(200, found)


def get_handler(asked: Asked) -> Response:
    """Returns an event handler."""
    return Response.json(200, _handler(asked))


def list_of_subscriber(asked: Asked) -> Response:
    """Those that count for a subscriber."""
    account = asked.account
    found = handlers_for(account, account.platform.sim(asked.variable("imsi")))
    return Response.json(200, found)


def create_handler(asked: Asked) -> Response:
    """A new one."""
    account = asked.account
    handler = checked(asked.members())
    if len(account.handlers_of.get(target_of(handler), ())) >= MOST_PER_TARGET:
        raise Refusal(400, "EVT0003", f"a target has at most {MOST_PER_TARGET} event handlers")
    handler = {**handler, "handlerId": account.new_id("")}
    keep(account, handler)
    return Response.json(201, handler)


def update_handler(asked: Asked) -> Response:
    """Replaces a handler."""
    old = _handler(asked)
    changed = {**checked(asked.members()), "handlerId": old["handlerId"]}
    drop(asked.account, old)
    keep(asked.account, changed)
    return nothing(200)


def delete_handler(asked: Asked) -> Response:
    """Deletes a handler."""
    drop(asked.account, _handler(asked))
    return nothing()


def ignore(asked: Asked) -> Response:
    """The handler counts for this subscriber no more."""
    asked.account.ignored.add((_handler(asked)["handlerId"], asked.account.platform.sim(asked.variable("imsi")).imsi))
    return nothing(200)


def heed(asked: Asked) -> Response:
    """Makes a handler active again."""
    key = (_handler(asked)["handlerId"], asked.variable("imsi"))
    if key not in asked.account.ignored:
        raise Refusal(404, "EVT0404", "the handler was not ignored")
    asked.account.ignored.remove(key)
    return nothing()


def keep(account: Account, handler: dict[str, Any]) -> None:
    """Stores a handler, whole and with its id."""
    account.handlers[handler["handlerId"]] = handler
    account.handlers_of.setdefault(target_of(handler), {})[handler["handlerId"]] = handler


def drop(account: Account, handler: Mapping[str, Any]) -> None:
    """Takes it out."""
    del account.handlers[handler["handlerId"]]
    del account.handlers_of[target_of(handler)][handler["handlerId"]]


def handlers_for(account: Account, sim: Sim) -> list[dict[str, Any]]:
    """All that count for a SIM: its own, those of its group, and those of the operator."""
    targets = [
        ("targetImsi", sim.imsi),
        ("targetSimId", sim.sim_id),
        ("targetGroupId", sim.group_id or ""),
        ("targetOperatorId", account.operator_id),
    ]
    found = [one for target in targets for one in list(account.handlers_of.get(target, {}).values())]
    return [one for one in found if (one["handlerId"], sim.imsi) not in account.ignored]


def target_of(handler: Mapping[str, Any]) -> tuple[str, str]:
    """Which kind of target, and which one."""
    return next((name, str(handler[name])) for name in TARGETS if handler.get(name))


def checked(given: Mapping[str, Any]) -> dict[str, Any]:
    """A handler that the platform takes; raises a `Refusal` for one that it does not."""
    actions = given.get("actionConfigList")
    if sum(isinstance(given.get(name), str) and bool(given[name]) for name in TARGETS) != 1:
        raise Refusal(400, "EVT0001", f"exactly one of {', '.join(TARGETS)} is needed")
    if not isinstance(given.get("name"), str) or not _is_one_of(given.get("status"), ("active", "inactive")):
        raise Refusal(400, "EVT0001", "name and status are needed")
    _check_rule(given.get("ruleConfig"))
    if not isinstance(actions, list) or not 1 <= len(actions) <= MOST_ACTIONS:
        raise Refusal(400, "EVT0002", f"a handler has 1 to {MOST_ACTIONS} actions")
    for action in actions:
        _check_action(action)
    known = ("name", "description", "status", *TARGETS, "ruleConfig", "actionConfigList")
    return {name: given[name] for name in known if given.get(name) is not None}


def _check_rule(rule: object) -> None:
    if not isinstance(rule, dict) or not _is_one_of(rule.get("type"), RULES):
        raise Refusal(400, "EVT0001", "ruleConfig.type is not known")
    given = rule.get("properties")
    if not isinstance(given, dict) or not _is_one_of(given.get("inactiveTimeoutDateConst"), _PERIODS):
        raise Refusal(400, "EVT0001", "ruleConfig.properties.inactiveTimeoutDateConst is not known")
    needs = "limitTotalTrafficMegaByte" if _is_limit(rule["type"]) else "limitTotalAmount"
    if (_is_limit(rule["type"]) or rule["type"] == "MonthlyChargeRule") and not _is_number(given.get(needs), 1):
        raise Refusal(400, "EVT0001", f"ruleConfig.properties.{needs} is a number as a text")
    if _is_limit(rule["type"]) and given["inactiveTimeoutDateConst"] == "IMMEDIATELY":
        raise Refusal(400, "EVT0001", "a rule of traffic cannot be looked at again immediately")
    if given["inactiveTimeoutDateConst"] == "NEVER" and given.get("inactiveTimeoutOffsetMinutes"):
        raise Refusal(400, "EVT0001", "NEVER has no offset")
    if rule["type"] == "SubscriberSessionStatusRule" and not _is_one_of(
        given.get("sessionStatus"), ("Created", "Deleted")
    ):
        raise Refusal(400, "EVT0001", "ruleConfig.properties.sessionStatus is Created or Deleted")


def _check_action(action: object) -> None:
    if not isinstance(action, dict) or not _is_one_of(action.get("type"), ACTIONS):
        raise Refusal(400, "EVT0002", "the type of an action is not known")
    given = action.get("properties")
    if not isinstance(given, dict) or not _is_one_of(given.get("executionDateTimeConst"), _PERIODS):
        raise Refusal(400, "EVT0002", "an action needs its executionDateTimeConst")
    if not _is_number(given.get("executionOffsetMinutes", "0"), 0):
        raise Refusal(400, "EVT0002", "executionOffsetMinutes is a number as a text")
    absent = [name for name in _NEEDED.get(action["type"], ()) if not isinstance(given.get(name), str)]
    if absent:
        raise Refusal(400, "EVT0002", f"{action['type']} needs {', '.join(absent)}")


def _is_one_of(given: object, known: Collection[str]) -> bool:
    return isinstance(given, str) and given in known


def _is_limit(rule: str) -> bool:
    return "Traffic" in rule and rule != "SubscriberFirstTrafficRule"


def _is_number(given: object, least: int) -> bool:
    return isinstance(given, str) and given.isascii() and given.isdecimal() and int(given) >= least


def _handler(asked: Asked) -> dict[str, Any]:
    found = asked.account.handlers.get(asked.variable("handler_id"))
    if found is None:
        raise Refusal(404, "EVT0404", "no such event handler")
    return found


OPERATIONS: Mapping[str, Operation] = {
    "EventHandler:listEventHandlers": list_handlers,
    "EventHandler:listEventHandlersBySubscriber": list_of_subscriber,
    "EventHandler:createEventHandler": create_handler,
    "EventHandler:getEventHandler": get_handler,
    "EventHandler:updateEventHandler": update_handler,
    "EventHandler:deleteEventHandler": delete_handler,
    "EventHandler:setIgnoreEventHandler": ignore,
    "EventHandler:deleteIgnoreEventHandler": heed,
}
