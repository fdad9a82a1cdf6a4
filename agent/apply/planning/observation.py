"""Values. The questions that are put to a gateway before a plan is made, and the answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from agent.apply.planning.nodes import Found
from agent.apply.planning.unit_state import UnitState
from agent.frozen import frozen


@frozen
class Questions:
    """What a plan has to know of a gateway."""

    paths: tuple[str, ...]
    """What is at each path?"""
    owners: tuple[str, ...]
    """Which numbers does each `user:group` mean?"""
    units: tuple[str, ...]
    """Is each unit enabled, and active?"""
    fetched: tuple[tuple[str, int], ...] = ()
    """SHA-256 and size of each file that was fetched for this document: is it there, and whole?"""
    given_away: tuple[str, ...] = ()
    """What is at each path that will be given to another user? Of a directory, not what is in it."""
    kernel: tuple[str, ...] = ()
    """Which value has each kernel parameter?"""


@frozen
class Observation:
    """What the gateway answers."""

    places: Mapping[str, str]
    """Each path of the questions → its place: the path with the links in the directories on the way resolved."""
    found: Mapping[str, Found]
    """What is at a place, for each place and every directory above it."""
    names: Mapping[str, frozenset[str]]
    """What is in a directory, for each place that is one."""
    owners: Mapping[str, tuple[int, int]]
    units: Mapping[str, UnitState] = field(default_factory=dict)
    """Unit → its state; empty where systemd cannot be asked."""
    kernel: Mapping[str, str | None] = field(default_factory=dict)
    """Kernel parameter → its value, None for one that this kernel does not have; empty where they cannot be read."""
    owner_kept: bool = False
    """Files keep the owner of this process, which may not give them away: only under another root than `/`."""
    fetched: Mapping[str, bytes] = field(default_factory=dict)
    """Fetched files that are small enough to be held in memory, by their SHA-256."""
    large_bytes: int = 2**63
    """A file with more bytes than this is never held in memory."""
