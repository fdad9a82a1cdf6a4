"""Pure. An event handler, as the API returns it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fleet.platform.json_shapes import object_of


@dataclass(frozen=True, slots=True)
class EventHandler:
    """An event handler; its target, rule and actions stay in the API's own JSON form."""

    handler_id: str
    name: str
    body: Mapping[str, Any]


def event_handler_of(value: object) -> EventHandler:
    """An event handler from its JSON value; raises `platform.not_understood`."""
    members = object_of(value, "an event handler")
    return EventHandler(str(members.get("handlerId") or ""), str(members.get("name") or ""), members)
