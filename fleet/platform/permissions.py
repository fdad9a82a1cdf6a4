"""Pure. SORACOM's permission documents, and the least document for each role of the desk (users.soracom.io, SAM).

    {"statements": [{"effect": "allow", "api": ["Sim:getSim", "Group:*"], "condition": "ipAddress('192.0.2.0/24')"}]}

An operation that no statement allows is denied, and a denial overrides every permission. Conditions are not evaluated:
the desk does not know the address from which the platform sees its requests.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, unique
from fnmatch import fnmatchcase
from typing import Any

from agent.errors import Code, Failure

_LOOK = ("Group:listGroups", "Sim:listSims", "Sim:getSim", "Order:listOrderedSubscribers")
_LOCK = ("Sim:setSimImeiLock", "Sim:unsetSimImeiLock", "Sim:deleteSimSession", "Sim:putSimTags")
ROLES: Mapping[str, tuple[str, ...]] = {
    "prepare": (
        *_LOOK,
        *("Order:getOrder", "Order:registerOrderedSim", "Order:updateOrderedResourceInitialSetting"),
        *("Group:createGroup", "Group:deleteGroup", "Group:putConfigurationParameters"),
        *("EventHandler:listEventHandlers", "EventHandler:createEventHandler", "EventHandler:updateEventHandler"),
        *("EventHandler:deleteEventHandler", "Sim:putSimTags", "Sim:setSimGroup", "Sim:updateSimSpeedClass"),
        *("Batch:listBatchGroups", "Batch:createBatchGroup", "Batch:createBatchJob", "Batch:listBatchJobs"),
        *("Batch:getBatchJob", "Batch:listTasksOfBatchJob"),
    ),
    "watch": (*_LOOK, "Stats:getAirStatsOfSim", "EventHandler:listEventHandlers"),
    "lock": (*_LOOK, *_LOCK, "Sim:deleteSimTag"),
    "ship": (*_LOOK, "Sim:putSimTags", "Sim:setSimGroup"),
    "return": (
        *(*_LOOK, "Query:searchSims", "Sim:putSimTags", "Sim:setSimGroup", "Sim:unsetSimImeiLock"),
        "Sim:deleteSimTag",
    ),
    "stop": (
        *("Sim:listSims", "Sim:getSim", "Query:searchSims", "Sim:suspendSim", "Sim:deactivateSim", "Sim:activateSim"),
        *("Sim:setSimToStandby", "Sim:updateSimSpeedClass", "Sim:putSimTags", "Sim:deleteSimTag", "Sim:sendSmsToSim"),
    ),
    "access": (
        *(
            "Sim:listSims",
            "Sim:getSim",
            "Query:searchSims",
            "PortMapping:createPortMappingForSim",
            "PortMapping:deletePortMapping",
        ),
        *("VirtualPrivateGateway:getVirtualPrivateGateway", "VirtualPrivateGateway:openGate"),
        "VirtualPrivateGateway:closeGate",
    ),
    "hook": ("Group:listGroups", "Sim:getSim", "Order:listOrderedSubscribers", *_LOCK),
}
"""The operations that each role calls, by their names in the published API document."""
ALSO = {"Sim:putSimTags": "Sim:putTags", "Sim:deleteSimTag": "Sim:deleteTag"}
"""A second permission name that the document gives for an operation (`x-sam-operationId`); a role gets both names."""


@unique
class Allowed(Enum):
    """Whether an operation is allowed."""

    YES = "yes"
    DEPENDS = "depends on a condition"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a permission document."""

    allows: bool
    apis: tuple[str, ...]
    condition: str = ""


def statements_of(document: str) -> tuple[Statement, ...]:
    """The statements of a document, none for an empty one; raises `platform.not_understood`."""
    if not document.strip():
        return ()
    try:
        content = json.loads(document)
    except (ValueError, RecursionError):
        raise _not_understood("JSON") from None
    statements = content.get("statements") if isinstance(content, dict) else None
    if not isinstance(statements, list):
        raise _not_understood("an object with statements")
    return tuple(map(_statement, statements))


def is_allowed(statements: Sequence[Statement], operation: str) -> Allowed:
    """Whether the statements together allow an operation, by any of its names."""
    names = (operation, ALSO[operation]) if operation in ALSO else (operation,)
    matching = [one for one in statements if any(fnmatchcase(name, api) for name in names for api in one.apis)]
    if any(not one.allows and not one.condition for one in matching):
        return Allowed.NO
    if any(one.allows and not one.condition for one in matching):
        return Allowed.DEPENDS if any(not one.allows for one in matching) else Allowed.YES
    return Allowed.DEPENDS if any(one.allows for one in matching) else Allowed.NO


def least_document(role: str) -> Mapping[str, Any]:
    """The document that allows what a role calls, and nothing else."""
    return {"statements": [{"effect": "allow", "api": list(_with_second_names(ROLES[role]))}]}


def missing(role: str, statements: Sequence[Statement]) -> Mapping[str, Allowed]:
    """The operations of a role that the statements do not allow, or allow under a condition only."""
    found = {operation: is_allowed(statements, operation) for operation in ROLES[role]}
    return {operation: allowed for operation, allowed in found.items() if allowed is not Allowed.YES}


def _with_second_names(operations: Iterable[str]) -> Iterator[str]:
    for operation in operations:
        yield operation
        if operation in ALSO:
            yield ALSO[operation]


def _statement(value: object) -> Statement:
    members = value if isinstance(value, dict) else {}
    effect, apis, condition = members.get("effect"), members.get("api"), members.get("condition") or ""
    names: list[Any] = [apis] if isinstance(apis, str) else apis if isinstance(apis, list) else [None]
    fits = effect in {"allow", "deny"} and isinstance(condition, str)
    if not fits or not all(isinstance(name, str) for name in names):
        raise _not_understood("statements with effect and api")
    return Statement(effect == "allow", tuple(names), condition)


def _not_understood(expected: str) -> Failure:
    return Failure(Code.PLATFORM_NOT_UNDERSTOOD, f"expected {expected}", where="a permission document")
