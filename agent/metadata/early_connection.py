"""Edge: connects to the service while the rest of the program is still being loaded."""

from __future__ import annotations

import time

from agent.metadata.tcp_transport import Transport
from agent.provision.state_file import STATE
from agent.settings import Settings


def transports(settings: Settings) -> tuple[Transport, ...]:
    """Transports whose connection has begun: one, and for a device that remembers nothing one more for its userdata."""
    begun = []
    for _ in range(1 if (settings.paths.state / STATE).exists() else 2):
        begun.append(Transport(settings.metadata.interface, time.monotonic))
        begun[-1].begin_to_connect(settings.metadata.url, settings.metadata.timeout)
    return tuple(begun)
