"""Edge. Connects to the service while the rest of the program is still being loaded."""

from __future__ import annotations

import time

from agent.metadata.tcp_transport import Transport
from agent.settings import Settings


def transports(settings: Settings, *, is_first_pass: bool) -> tuple[Transport, ...]:
    """Transports whose connection has begun: one, and in a first pass another for the userdata."""
    begun = []
    for _ in range(2 if is_first_pass else 1):
        begun.append(Transport(settings.metadata.interface, time.monotonic))
        begun[-1].begin_to_connect(settings.metadata.url, settings.metadata.timeout)
    return tuple(begun)
