"""Edge. Connects to the service while the rest of the program is still being loaded."""

from __future__ import annotations

import time

from agent.metadata.small_question import Exchange
from agent.metadata.tcp_transport import Transport
from agent.settings import Settings


def transports(settings: Settings, asked: Exchange | None = None, *, is_first_pass: bool) -> tuple[Transport, ...]:
    """Transports whose connection has begun: one, and in a first pass another for the userdata.

    `asked`: a question that was asked already; its connection is the first one.
    """
    begun: list[Transport] = []
    if asked:
        transport = Transport(settings.metadata.interface, time.monotonic)
        transport.take_over(asked)
        return (transport,)
    for _ in range(2 if is_first_pass else 1):
        begun.append(Transport(settings.metadata.interface, time.monotonic))
        begun[-1].begin_to_connect(settings.metadata.url, settings.metadata.timeout)
    return tuple(begun)
