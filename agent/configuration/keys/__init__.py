"""Pure. One module for each key of the document: from its value, valid by the schema, to wanted effects.

A key may find faults that a schema cannot express (damaged base64, a truncated key); it yields them among the effects.
The modules are those that `agent.document_keys` names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any

from agent.configuration.problems import Fault
from agent.document_keys import DOCUMENT_KEYS
from agent.effects import WantedEffect

Render = Callable[[Any], Iterable[WantedEffect | Fault]]

_MODULES = {key: import_module(f"{__name__}.{key}") for key in DOCUMENT_KEYS}

RENDERERS: Mapping[str, Render] = MappingProxyType({key: module.render for key, module in _MODULES.items()})
"""The function of each key, in the order of the list."""

OWN_PLACES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {key: module.PLACES for key, module in _MODULES.items() if hasattr(module, "PLACES")}
)
"""The places of the keys that choose their paths themselves; a place with `/` at its end is a directory."""
