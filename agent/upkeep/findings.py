"""Values. The findings of the doctor."""

from __future__ import annotations

from enum import Enum, unique

from agent.frozen import frozen


@unique
class Level(Enum):
    """How serious a finding is."""

    OK = "ok"
    WARNING = "warning"
    """A pass works, or may work, all the same."""
    FAULT = "fault"
    """A pass cannot succeed."""
    SKIPPED = "skipped"
    """Not examined, because something that it depends on is at fault."""


@frozen
class Finding:
    """The result of one examination."""

    name: str
    level: Level
    what: str
    advice: str = ""
