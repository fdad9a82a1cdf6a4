"""Edge. Operations on event handlers: read, create, replace, delete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fleet.platform.api import Api, path_of
from fleet.platform.event_handler import EventHandler, event_handler_of
from fleet.platform.json_shapes import list_of


def all_handlers(api: Api) -> tuple[EventHandler, ...]:
    """EventHandler:listEventHandlers."""
    return tuple(map(event_handler_of, list_of(api.get("/event_handlers").body, "event handlers")))


def create_handler(api: Api, body: Mapping[str, Any]) -> None:
    """EventHandler:createEventHandler. Sent once: a second request would create a second handler."""
    api.post("/event_handlers", body, repeatable=False)


def update_handler(api: Api, handler_id: str, body: Mapping[str, Any]) -> None:
    """EventHandler:updateEventHandler."""
    api.put(path_of("event_handlers", handler_id), body)


def delete_handler(api: Api, handler_id: str) -> None:
    """EventHandler:deleteEventHandler."""
    api.delete(path_of("event_handlers", handler_id))
