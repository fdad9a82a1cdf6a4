"""Edge: a simulator as a process: a metadata service, a gateway's place and modem for each SIM, a control socket."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from simulator.commands import Command, World, answer, obey
from simulator.control import ControlSocket
from simulator.faults import Faults
from simulator.gateways import Gateway
from simulator.scenario import Scenario
from simulator.server import MetadataServer

_ENDS = frozenset({signal.SIGINT, signal.SIGTERM})


@dataclass(frozen=True, slots=True)
class Where:
    """Where the metadata service listens, and which SIM is at which address (None: 127.0.0.1 and up, in order)."""

    host: str = "127.0.0.1"
    port: int = 0
    addresses: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Served:
    """What runs: where the service, the control socket and each gateway are."""

    url: str
    control: Path
    gateways: tuple[Gateway, ...]

    def values(self) -> dict[str, Any]:
        """The same for a program."""
        return {"url": self.url, "control": str(self.control), "gateways": [_values(item) for item in self.gateways]}

    def lines(self) -> Iterator[str]:
        """The same for a person."""
        yield f"metadata service  {self.url}"
        yield f"control socket    {self.control}"
        for gateway in self.gateways:
            values = _values(gateway)
            yield f"SIM {values['imsi']}  at {values['address']}  modem {values['modem']}"
            yield f"    kitting-agent --config {values['config']} provision"
        if self.gateways:
            yield f"{self.gateways[0].settings}:"
            yield from (f"    {line}" for line in self.gateways[0].settings.read_text().splitlines())


def now_ms() -> int:
    """The time of day, for the platform's clock."""
    return time.time_ns() // 1_000_000


@contextmanager
def serving(
    scenario: Scenario, place: Path, control: Path, where: Where, begin: Sequence[Command] = ()
) -> Iterator[Served]:
    """Runs everything while it is entered; `begin` is obeyed before the first request can come in."""
    platform = scenario.platform(now_ms)
    faults = Faults()
    with ExitStack() as stack:
        server = MetadataServer(platform, faults=faults, host=where.host, port=where.port, addresses=where.addresses)
        stack.callback(server.stop)
        gateways = tuple(
            Gateway(sim.imsi, sim, place / sim.imsi, server, scenario.models[sim.imsi]) for sim in scenario.sims
        )
        for gateway in gateways:
            stack.callback(gateway.modem.unplug)
            gateway.modem.plug_in()
        world = World(platform, faults, {gateway.sim.imsi: gateway.modem for gateway in gateways})
        for command in begin:
            obey(world, command)
        server.start()
        stack.enter_context(ControlSocket(control, partial(answer, world)))
        yield Served(server.url, control, gateways)


@contextmanager
def ends_by_signal() -> Iterator[None]:
    """SIGINT and SIGTERM wait, for every thread that starts within, until `wait_for_end` takes them."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def wait_for_end() -> None:
    """Until somebody ends this process."""
    signal.sigwait(_ENDS)


def _values(gateway: Gateway) -> Mapping[str, str]:
    return {
        "imsi": gateway.sim.imsi,
        "address": gateway.server.address_of(gateway.sim.imsi),
        "modem": str(gateway.modem.path),
        "config": str(gateway.settings),
        "root": str(gateway.root),
        "agent_toml": gateway.settings.read_text(),
    }
