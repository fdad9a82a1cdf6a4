"""Story. Opens remote access to one device for a limited time, and closes it however the command ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from agent.errors import Code, Failure
from fleet.platform.api import Api
from fleet.platform.calls import remote_access_calls
from fleet.platform.sim import Sim

MOST_MINUTES = 480
"""The platform's limit for a port mapping: eight hours."""


@dataclass(frozen=True, slots=True)
class OpenAccess:
    """How to reach the device, and until when."""

    host: str
    port: int
    until: datetime
    """UTC."""
    stays_open: bool = False
    """Whether it was open before, and stays open afterwards."""


@contextmanager
def port_access(
    api: Api, sim: Sim, device_port: int, minutes: int, sources: Sequence[str] = ()
) -> Iterator[OpenAccess]:
    """A port of the platform that leads to a port of the device, for `sources` (networks) or for everybody."""
    mapping = remote_access_calls.open_port(api, sim.sim_id, device_port, minutes * 60, sources)
    try:
        yield OpenAccess(mapping.hostname, mapping.port, datetime.fromtimestamp(mapping.expires_ms / 1000, UTC))
    finally:
        remote_access_calls.close_port(api, mapping)


@contextmanager
def gate_access(api: Api, sim: Sim, device_port: int, minutes: int, vpg_id: str) -> Iterator[OpenAccess]:
    """The gate of a virtual private gateway; a gate that is open already is left open."""
    if sim.session.address is None:
        detail = "the device is offline, so it has no address"
        raise Failure(Code.PLATFORM_REFUSED, detail, where=f"SIM {sim.label}")
    was_open = remote_access_calls.is_gate_open(api, vpg_id)
    try:
        if not was_open:
            remote_access_calls.open_gate(api, vpg_id)
        until = datetime.now(UTC) + timedelta(minutes=minutes)
        yield OpenAccess(sim.session.address, device_port, until, stays_open=was_open)
    finally:
        if not was_open:
            remote_access_calls.close_gate(api, vpg_id)
