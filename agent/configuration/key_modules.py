"""Pure. The modules of the document's keys, each loaded when a document has its key.

Each key of `agent.document_keys` has a module of its name in `keys/`. A document has few keys, and every import costs
time in each pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any, cast

from agent.configuration.problems import Fault
from agent.effects import WantedEffect

Render = Callable[[Any], Iterable[WantedEffect | Fault]]


def renderer_of(key: str) -> Render:
    """The function of a key of `agent.document_keys`."""
    return cast("Render", _module_of(key).render)


def own_places(key: str) -> tuple[str, ...] | None:
    """The places of a key that chooses its paths itself, directories with `/` at their end; None for another key."""
    return cast("tuple[str, ...] | None", getattr(_module_of(key), "PLACES", None))


@cache
def _module_of(key: str) -> ModuleType:
    return import_module(f"agent.configuration.keys.{key}")
