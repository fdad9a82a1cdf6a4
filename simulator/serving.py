"""Edge. A simulator as a process: a metadata service, a gateway's place and modem for each SIM, a control socket."""

from __future__ import annotations

import json
import shlex
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from simulator.api.account import Account
from simulator.api.firing import Firing
from simulator.api.server import ApiServer
from simulator.api.users import new_key
from simulator.command_lines import typed
from simulator.commands import Command, World, answer, carry_out
from simulator.control import ControlSocket
from simulator.faults import Faults
from simulator.gateways import Gateway
from simulator.pseudo_terminal import ModemOnPty
from simulator.scenario import Scenario
from simulator.server import MetadataServer

PROFILE = "simulator"
"""Name of the profile with which soracom-cli and the desk sign in to the API."""
_LOOK_S = 1.0
"""How often event handlers look what is due."""
_ENDS = frozenset({signal.SIGINT, signal.SIGTERM})


@dataclass(frozen=True, slots=True)
class Where:
    """Where the metadata service listens, and which SIM is at which address (None: 127.0.0.1 and up, in order)."""

    host: str = "127.0.0.1"
    port: int = 0
    addresses: Mapping[str, str] | None = None
    api_port: int | None = None
    """Where the API listens; None for nowhere, 0 for any free port."""


@dataclass(frozen=True, slots=True)
class ServedApi:
    """The API that runs, and a profile of its root user as soracom-cli reads it."""

    url: str
    profile: Path


@dataclass(frozen=True, slots=True)
class Served:
    """The running simulator: addresses of the service, the control socket and each gateway."""

    url: str
    control: Path
    gateways: tuple[Gateway, ...]
    api: ServedApi | None = None

    def values(self) -> dict[str, Any]:
        """The addresses as values for programs."""
        api = {"api": self.api.url, "profile": str(self.api.profile)} if self.api else {}
        gateways = [_values(item) for item in self.gateways]
        return {"url": self.url, "control": str(self.control), **api, "gateways": gateways}

    def lines(self) -> Iterator[str]:
        """The addresses as lines for people."""
        yield f"metadata service  {self.url}"
        yield f"control socket    {self.control}"
        if self.api:
            yield f"API               {self.api.url}"
            profile = self.api.profile
            where = shlex.quote(str(profile.parent))
            yield f"    SORACOM_PROFILE_DIR={where} SORACOM_PROFILE={profile.stem} {typed('kitting')} …"
        for gateway in self.gateways:
            values = _values(gateway)
            yield f"SIM {values['imsi']}  at {values['address']}  modem {values['modem']}"
            yield f"    {typed('kitting-agent', '--config', values['config'], 'provision')}"
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
    """Runs everything while it is entered; `begin` is carried out before the first request can arrive."""
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
        modems = {gateway.sim.imsi: gateway.modem for gateway in gateways}
        api, carried = None, None
        if where.api_port is not None:
            account = Account(platform, deliver=partial(_delivered, modems))
            api, carried = _api(stack, account, faults, place, where)
        world = World(platform, faults, modems, carried)
        for command in begin:
            carry_out(world, command)
        server.start()
        stack.enter_context(ControlSocket(control, partial(answer, world)))
        yield Served(server.url, control, gateways, api)


def _api(
    stack: ExitStack, account: Account, faults: Faults, place: Path, where: Where
) -> tuple[ServedApi, Callable[[str, int], None]]:
    """Starts the API and its event handlers until the stack is closed; returns the function that counts traffic."""
    firing = stack.enter_context(Firing(account, look_s=_LOOK_S))
    server = stack.enter_context(ApiServer(account, faults=faults, host=where.host, port=where.api_port or 0))
    key_id, secret = new_key(account.root())
    profile = place / "soracom" / f"{PROFILE}.json"
    profile.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    profile.touch(0o600)
    profile.chmod(0o600)
    profile.write_text(json.dumps({"endpoint": server.origin, "authKeyId": key_id, "authKey": secret}))
    return ServedApi(server.url, profile), firing.carried


def _delivered(modems: Mapping[str, ModemOnPty], imsi: str, text: str) -> None:
    """A SIM that was registered since has no modem here."""
    if imsi in modems:
        modems[imsi].receive(text)


@contextmanager
def ends_by_signal() -> Iterator[None]:
    """SIGINT and SIGTERM wait, for every thread that starts within, until `wait_for_end` takes them."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def wait_for_end() -> None:
    """Waits until a signal ends this process."""
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
