"""Pure. SORACOM's permission language, and the least that each role of the desk needs (users.soracom.io, SAM).

    {"statements": [{"effect": "allow", "api": ["Sim:getSim", "Group:*"], "condition": "ipAddress('192.0.2.0/24')"}]}

What no statement allows is denied, and a denial counts more than any permission. Conditions are kept and shown, not
evaluated: the desk does not know from where a request will be seen to come.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum, unique
from fnmatch import fnmatchcase
from typing import Any

from agent.errors import Code, Failure
from agent.frozen import frozen

_LOOK = ("Group:listGroups", "Sim:listSims", "Sim:getSim", "Order:listOrderedSubscribers")
_LOCK = ("Sim:setSimImeiLock", "Sim:unsetSimImeiLock", "Sim:deleteSimSession", "Sim:putSimTags")
ROLES: Mapping[str, tuple[str, ...]] = {
    "prepare": (
        *_LOOK,
        *("Order:getOrder", "Order:registerOrderedSim", "Order:updateOrderedResourceInitialSetting"),
        *("Group:createGroup", "Group:putConfigurationParameters"),
        *("EventHandler:listEventHandlers", "EventHandler:createEventHandler", "EventHandler:updateEventHandler"),
        *("EventHandler:deleteEventHandler", "Sim:putSimTags", "Sim:setSimGroup", "Sim:updateSimSpeedClass"),
        *("Batch:listBatchGroups", "Batch:createBatchGroup", "Batch:createBatchJob", "Batch:listBatchJobs"),
        *("Batch:getBatchJob", "Batch:listTasksOfBatchJob"),
    ),
    "watch": (*_LOOK, "Stats:getAirStatsOfSim", "EventHandler:listEventHandlers"),
    "lock": (*_LOOK, *_LOCK, "Sim:deleteSimTag"),
    "ship": (*_LOOK, "Sim:putSimTags", "Sim:setSimGroup"),
    "stop": (
        *("Sim:listSims", "Sim:getSim", "Sim:suspendSim", "Sim:deactivateSim", "Sim:activateSim"),
        *("Sim:updateSimSpeedClass", "Sim:putSimTags", "Sim:deleteSimTag", "Sim:sendSmsToSim"),
    ),
    "access": (
        *("Sim:listSims", "Sim:getSim", "PortMapping:createPortMappingForSim", "PortMapping:deletePortMapping"),
        *("VirtualPrivateGateway:getVirtualPrivateGateway", "VirtualPrivateGateway:openGate"),
        "VirtualPrivateGateway:closeGate",
    ),
    "hook": ("Group:listGroups", "Sim:getSim", *_LOCK),
}
"""What each role calls, by the names of the published API document."""
ALSO = {"Sim:putSimTags": "Sim:putTags", "Sim:deleteSimTag": "Sim:deleteTag"}
"""Second names that the document gives for permissions (`x-sam-operationId`); which one counts is not published."""


@unique
class Answer(Enum):
    """Whether something is allowed."""

    YES = "yes"
    DEPENDS = "depends on a condition"
    NO = "no"


@frozen
class Statement:
    """One line of a permission document."""

    allows: bool
    apis: tuple[str, ...]
    condition: str = ""


def statements_of(document: str) -> tuple[Statement, ...]:
    """The statements of a document; none where it is empty. Raises `platform.not_understood`."""
    if not document.strip():
        return ()
    try:
        told = json.loads(document)
    except (ValueError, RecursionError):
        raise _odd("JSON") from None
    listed = told.get("statements") if isinstance(told, dict) else None
    if not isinstance(listed, list):
        raise _odd("an object with statements")
    return tuple(map(_statement, listed))


def may(statements: Sequence[Statement], operation: str) -> Answer:
    """Whether an operation is allowed, by one of its names."""
    names = (operation, ALSO[operation]) if operation in ALSO else (operation,)
    meant = [one for one in statements if any(fnmatchcase(name, api) for name in names for api in one.apis)]
    if any(not one.allows and not one.condition for one in meant):
        return Answer.NO
    if any(one.allows and not one.condition for one in meant):
        return Answer.DEPENDS if any(not one.allows for one in meant) else Answer.YES
    return Answer.DEPENDS if any(one.allows for one in meant) else Answer.NO


def least(role: str) -> Mapping[str, Any]:
    """The least document with which a role works."""
    return {"statements": [{"effect": "allow", "api": list(_with_second_names(ROLES[role]))}]}


def missing(role: str, statements: Sequence[Statement]) -> Mapping[str, Answer]:
    """What a role needs and is not surely allowed."""
    answers = {operation: may(statements, operation) for operation in ROLES[role]}
    return {operation: answer for operation, answer in answers.items() if answer is not Answer.YES}


def _with_second_names(operations: Iterable[str]) -> Iterator[str]:
    for operation in operations:
        yield operation
        if operation in ALSO:
            yield ALSO[operation]


def _statement(told: object) -> Statement:
    members = told if isinstance(told, dict) else {}
    effect, apis, condition = members.get("effect"), members.get("api"), members.get("condition") or ""
    listed: list[Any] = [apis] if isinstance(apis, str) else apis if isinstance(apis, list) else [None]
    fits = effect in {"allow", "deny"} and isinstance(condition, str)
    if not fits or not all(isinstance(api, str) for api in listed):
        raise _odd("statements with effect and api")
    return Statement(effect == "allow", tuple(listed), condition)


def _odd(expected: str) -> Failure:
    return Failure(Code.PLATFORM_NOT_UNDERSTOOD, f"expected {expected}", where="a permission document")
