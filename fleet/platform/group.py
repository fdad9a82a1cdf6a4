"""Pure. A group of SIMs, as the API returns it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fleet.platform.json_shapes import not_understood, object_of


@dataclass(frozen=True, slots=True)
class Group:
    """A group of SIMs, and the settings that its SIMs share."""

    group_id: str
    name: str
    configuration: Mapping[str, Any]
    """Namespace → parameters, as JSON values."""
    tags: Mapping[str, str]
    created_ms: int = 0
    """When it was created, in milliseconds since 1970; 0 where the platform does not tell."""


def group_of(value: object) -> Group:
    """A group from its JSON value; raises `platform.not_understood`."""
    members = object_of(value, "a group")
    tags = object_of(members.get("tags") or {}, "a group's tags")
    group_id = members.get("groupId")
    if not isinstance(group_id, str):
        raise not_understood("a group with its groupId")
    configuration = object_of(members.get("configuration") or {}, "a group's configuration")
    created = members.get("createdTime")
    return Group(
        group_id,
        str(tags.get("name", "")),
        configuration,
        {name: str(text) for name, text in tags.items()},
        created if isinstance(created, int) else 0,
    )
