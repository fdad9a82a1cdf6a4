"""Words. What has to be known of a gateway before a plan can be made, and the answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from agent.apply.planning.nodes import Found
from agent.frozen import frozen


@frozen
class Questions:
    """What has to be known of a gateway before a plan can be made."""

    paths: tuple[str, ...]
    owners: tuple[str, ...]
    units: tuple[str, ...]
    fetched: tuple[tuple[str, int], ...] = ()
    """SHA-256 and size of what was fetched for this document."""


@frozen
class Observation:
    """The answers."""

    places: Mapping[str, str]
    """Each path that was asked for, with the links in the directories on the way resolved."""
    found: Mapping[str, Found]
    """What is at a place, for each place and every directory above it."""
    names: Mapping[str, frozenset[str]]
    """What is in a directory, for each place that is one."""
    owners: Mapping[str, tuple[int, int]]
    units: Mapping[str, str] = field(default_factory=dict)
    """The word of `systemctl is-enabled`; empty where systemd cannot be asked."""
    owner_kept: bool = False
    """This process may not give files away, so that they stay its own: only under another root than `/`."""
    fetched: Mapping[str, bytes] = field(default_factory=dict)
    """What was fetched and is small enough to be held in memory, by its SHA-256."""
    large_bytes: int = 2**63
    """A file with more bytes than this is never held in memory."""
