"""Pure. `units` → units and drop-ins below /etc/systemd/system (systemd.unit(5))."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from agent.configuration.problems import Fault
from agent.effects import ServiceVerb, Verb, WantedEffect, WriteFile
from agent.key_path import KeyPath
from agent.reasons import DocumentKey

DIRECTORY = "/etc/systemd/system"
PLACES = (f"{DIRECTORY}/",)


def render(units: Sequence[Mapping[str, Any]]) -> Iterator[WantedEffect | Fault]:
    """In document order: the unit's files, then what becomes of it."""
    for position, unit in enumerate(units):
        here: KeyPath = ("units", position)
        if unit.get("mask") and (unit.get("content") is not None or unit.get("enabled")):
            yield Fault((*here, "mask"), "a unit that is masked has no file of its own, and does not start")
            continue
        yield from _files(unit, DocumentKey(here))
        yield from _verbs(unit, DocumentKey(here))


def _files(unit: Mapping[str, Any], because: DocumentKey) -> Iterator[WantedEffect]:
    name = unit["name"]
    restarts = unit.get("restart", True) and not unit.get("mask")
    then = (ServiceVerb(name, Verb.RESTART),) if restarts else ()
    if unit.get("content") is not None:
        yield _file(f"{DIRECTORY}/{name}", unit["content"], because, then)
    for dropin in unit.get("dropins", ()):
        yield _file(f"{DIRECTORY}/{name}.d/{dropin['name']}", dropin["content"], because, then)


def _file(path: str, content: str, because: DocumentKey, then: tuple[ServiceVerb, ...]) -> WantedEffect:
    return WantedEffect(WriteFile(path, content.encode(), 0o644, "root:root"), because, then=then)


def _verbs(unit: Mapping[str, Any], because: DocumentKey) -> Iterator[WantedEffect]:
    if unit.get("mask"):
        for verb in (Verb.STOP, Verb.MASK):
            yield WantedEffect(ServiceVerb(unit["name"], verb), because)
    elif unit.get("enabled") is not None:
        yield WantedEffect(ServiceVerb(unit["name"], Verb.ENABLE if unit["enabled"] else Verb.DISABLE), because)
