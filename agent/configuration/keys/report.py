"""Pure. `report` → tags besides the agent's own. Nothing on the gateway changes for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from agent.effects import WantedEffect
from agent.frozen import frozen

MAX_CHARACTERS = 128
"""Longest value of a tag; the first line of a file is cut to it."""


@frozen
class ReportItem:
    """A tag with its value: a literal value, or the first line of a file."""

    name: str
    value: str | None = None
    file: str | None = None
    """Absolute path. Of its first line, NUL and white space at the ends go, and `MAX_CHARACTERS` stay."""


def render(_: Mapping[str, Any]) -> Iterator[WantedEffect]:
    """No effects."""
    return iter(())


def items(report: Mapping[str, Any]) -> Iterator[ReportItem]:
    """The tags, by name."""
    for name, source in sorted(report.get("tags", {}).items()):
        yield ReportItem(name, source.get("value"), source.get("file"))
