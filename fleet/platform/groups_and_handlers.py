"""Pure. What belongs to an operator beside SIMs, as the API tells it: groups, event handlers, ways in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agent.errors import Code, Failure
from agent.frozen import frozen


@frozen
class Group:
    """A group of SIMs, and what is set for all of them."""

    group_id: str
    name: str
    configuration: Mapping[str, Any]
    """Namespace → its parameters, as JSON values."""
    tags: Mapping[str, str]


@frozen
class Handler:
    """An event handler; its target, rule and actions are the API's own JSON."""

    handler_id: str
    name: str
    body: Mapping[str, Any]


@frozen
class PortMapping:
    """A way in from outside, for a while."""

    address: str
    port: int
    hostname: str
    expires_ms: int


def group_of(told: object) -> Group:
    """A group from its JSON; raises `platform.not_understood`."""
    members = object_of(told, "a group")
    tags = object_of(members.get("tags") or {}, "a group's tags")
    group_id = members.get("groupId")
    if not isinstance(group_id, str):
        raise Failure(Code.PLATFORM_NOT_UNDERSTOOD, "expected a group with its groupId")
    configuration = object_of(members.get("configuration") or {}, "a group's configuration")
    return Group(group_id, str(tags.get("name", "")), configuration, {k: str(v) for k, v in tags.items()})


def handler_of(told: object) -> Handler:
    """An event handler from its JSON; raises `platform.not_understood`."""
    members = object_of(told, "an event handler")
    return Handler(str(members.get("handlerId") or ""), str(members.get("name") or ""), members)


def mapping_of(told: object) -> PortMapping:
    """A port mapping from its JSON; raises `platform.not_understood`."""
    members = object_of(told, "a port mapping")
    address, port, expires = members.get("ipAddress"), members.get("port"), members.get("expiredTime")
    if not isinstance(address, str) or not isinstance(port, int):
        raise Failure(Code.PLATFORM_NOT_UNDERSTOOD, "expected a port mapping with address and port")
    return PortMapping(
        address, port, str(members.get("hostname") or address), expires if isinstance(expires, int) else 0
    )


def object_of(told: object, what: str) -> Mapping[str, Any]:
    """The members of an object; raises `platform.not_understood`."""
    if not isinstance(told, dict):
        raise Failure(Code.PLATFORM_NOT_UNDERSTOOD, f"expected {what}")
    return told


def list_of(told: object, what: str) -> list[Any]:
    """The items of a list; raises `platform.not_understood`."""
    if not isinstance(told, list):
        raise Failure(Code.PLATFORM_NOT_UNDERSTOOD, f"expected a list of {what}")
    return told
