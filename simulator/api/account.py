"""Words. An operator as the API knows it: who may sign in, and everything of theirs that is no SIM and no group."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from threading import RLock
from typing import Any

from simulator.soracom import Platform

LambdaFunction = Callable[[Mapping[str, Any], object], object]


@dataclass(slots=True)
class User:
    """Somebody who may sign in; the root user is the one without a name."""

    name: str = ""
    description: str = ""
    password: str | None = None
    mfa: str | None = None
    """The code that a second factor shows now; None where there is no second factor."""
    auth_keys: dict[str, str] = field(default_factory=dict)
    """Key id → secret."""
    permission: str = ""
    """The user's own permission document, as JSON."""
    roles: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Token:
    """A proof of having signed in."""

    api_key: str
    token: str
    user: str
    until_ms: int


@dataclass(slots=True)
class Order:
    """SIMs that were ordered."""

    order_id: str
    status: str = "shipped"
    sim_ids: list[str] = field(default_factory=list)
    registered: bool = False
    initial_settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """One request to the API, for whoever looks afterwards."""

    method: str
    path: str
    operation: str
    """Such as `Sim:setSimGroup`; empty where there is no such call."""
    status: int
    user: str


@dataclass(slots=True)
class Account:
    """One operator. Its SIMs and groups are the platform's."""

    platform: Platform
    operator_id: str = "OP0000000000"
    email: str = "owner@example.com"
    users: dict[str, User] = field(default_factory=lambda: {"": User()})
    roles: dict[str, str] = field(default_factory=dict)
    """Role id → permission document."""
    default_permissions: str = ""
    tokens: dict[str, Token] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    handlers: dict[str, dict[str, Any]] = field(default_factory=dict)
    port_mappings: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)
    gateways: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Virtual private gateways by id."""
    traffic: dict[tuple[str, int], int] = field(default_factory=dict)
    """(IMSI, day since 1970) → bytes."""
    lambdas: dict[str, LambdaFunction] = field(default_factory=dict)
    """Functions that InvokeAWSLambdaAction calls, by name."""
    mails: list[tuple[str, str, str]] = field(default_factory=list)
    """To, title, message."""
    messages: list[tuple[str, str]] = field(default_factory=list)
    """SIM id and text of every SMS."""
    batches: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    lock: RLock = field(default_factory=RLock)
    numbers: count[int] = field(default_factory=lambda: count(1))
    index_lags: bool = False
    """Whether `/query/sims` shows the SIMs as they were when it began to lag."""
    listed: dict[str, str] = field(default_factory=dict)
    """SIM id → IMSI."""
    places: dict[str, int] = field(default_factory=dict)
    """SIM id → its place in every list."""
    order_of_sims: list[str] = field(default_factory=list)

    def new_id(self, kind: str) -> str:
        """An id that was not given before; the same in every run."""
        return f"{kind}{next(self.numbers):08d}-0000-4000-8000-000000000000"

    def imsi_of(self, sim_id: str) -> str | None:
        """IMSI of a SIM id; SIMs that came since are looked for once."""
        if sim_id not in self.listed:
            self.look_at_sims()
        return self.listed.get(sim_id)

    def look_at_sims(self) -> None:
        """Takes SIMs that came since into the list."""
        sims = self.platform.sims
        with self.lock:
            for sim in sims[len(self.order_of_sims) :]:
                self.listed[sim.sim_id] = sim.imsi
                self.places[sim.sim_id] = len(self.order_of_sims)
                self.order_of_sims.append(sim.sim_id)

    def root(self) -> User:
        """The operator itself."""
        return self.users[""]
