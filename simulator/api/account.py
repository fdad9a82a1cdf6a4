"""Pure. An operator as the API has it: users, roles, orders, handlers, and all else that is not a SIM or a group.

    account = Account(Platform(sims, groups))
    account.users["desk"] = User("desk", password="secret", permission='{"statements": […]}')
    account.orders["OR1"] = Order("OR1", sim_ids=[…])

The API answers with these values, also when they are changed while it is served.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from threading import RLock
from typing import Any

from simulator.api.history import History
from simulator.api.search_index import SearchIndex
from simulator.soracom import Platform, Sim

LambdaFunction = Callable[[Mapping[str, Any], object], object]


@dataclass(slots=True)
class User:
    """A user who may sign in; the root user has no name."""

    name: str = ""
    description: str = ""
    password: str | None = None
    mfa: str | None = None
    """The second factor: six fixed digits, or the secret from which they are computed (RFC 6238); None without one."""
    mfa_offered: str | None = None
    """The secret of a second factor that was asked for and not verified yet."""
    auth_keys: dict[str, str] = field(default_factory=dict)
    """Key id → secret."""
    permission: str = ""
    """The user's own permission document, as JSON."""
    roles: list[str] = field(default_factory=list)
    trust_policy: str = ""
    """The users who may switch to this user, as JSON."""


@dataclass(frozen=True, slots=True)
class Token:
    """A proof of having signed in."""

    api_key: str
    token: str
    """A JSON Web Token (RFC 7519), as clients expect: they read the operator's id from its payload."""
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
    items: Mapping[str, int] = field(default_factory=dict)
    """Product code → how many; each is a SIM once the order is shipped."""

    @property
    def is_taken_over(self) -> bool:
        """Whether its SIMs are the operator's: until then the operator's lists do not have them."""
        return self.registered or self.status == "received"


@dataclass(slots=True)
class Batch:
    """A job: calls that are carried out one after the other with the rights of a user."""

    group_id: str
    job_id: str
    user: User
    tasks: list[dict[str, Any]]
    shown: dict[str, Any]
    """The job as the API returns it, without its summary."""
    done: int = 0
    """Tasks that were carried out."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request to the API, kept for tests and logs."""

    method: str
    path: str
    operation: str
    """The name of the call, such as `Sim:setSimGroup`; empty for an unknown call."""
    status: int
    user: str
    """The user who asked; empty for the root user, and where nobody had signed in."""
    operator_id: str = ""
    """The operator whose token came with the request; empty without one."""
    address: str = ""
    at_ms: int = 0
    """Milliseconds since 1970."""


@dataclass(slots=True)
class Account:
    """An operator. Its SIMs and groups are in `platform`."""

    platform: Platform
    operator_id: str = "OP0000000000"
    email: str = "owner@example.com"
    users: dict[str, User] = field(default_factory=lambda: {"": User()})
    roles: dict[str, str] = field(default_factory=dict)
    """Role id → permission document."""
    default_permissions: str = ""
    tokens: dict[str, Token] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    shipping_addresses: dict[str, Mapping[str, str]] = field(default_factory=dict)
    """By id, as the API returns them."""
    coverage_types: set[str] = field(default_factory=lambda: {"jp"})
    handlers: dict[str, dict[str, Any]] = field(default_factory=dict)
    port_mappings: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)
    gateways: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Virtual private gateways by id."""
    traffic: dict[str, dict[int, int]] = field(default_factory=dict)
    """IMSI → day since 1970 → bytes."""
    carried_at: dict[tuple[str, str], int] = field(default_factory=dict)
    """(group, or the operator; day or month such as `2026-11`) → bytes of all SIMs that were in it."""
    lambdas: dict[str, LambdaFunction] = field(default_factory=dict)
    """Functions that InvokeAWSLambdaAction calls, by name."""
    mails: list[tuple[str, str, str]] = field(default_factory=list)
    """To, title, message."""
    messages: list[tuple[str, str]] = field(default_factory=list)
    """SIM id and text of every SMS."""
    deliver: Callable[[str, str], None] = lambda _imsi, _text: None
    """Delivers an SMS to the modem with this SIM; without such a modem the network keeps it for ever."""
    batch_groups: dict[str, dict[str, Any]] = field(default_factory=dict)
    batches: dict[str, Batch] = field(default_factory=dict)
    tasks_per_request: int = 100
    """So many tasks of a batch are carried out while one request to the API is answered."""
    unregistered: dict[str, tuple[str, Sim]] = field(default_factory=dict)
    """SIM id or IMSI → registration secret and SIM, for SIMs that the operator holds and did not register yet."""
    handlers_of: dict[tuple[str, str], dict[str, dict[str, Any]]] = field(default_factory=dict)
    """Kind of target and target → its event handlers by id."""
    ignored: set[tuple[str, str]] = field(default_factory=set)
    """Handler and IMSI: the handler does not count for that one."""
    rate_limit: int | None = None
    """Requests a minute that the platform takes for each group of calls; None for any number."""
    asked_this_minute: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Group of calls → minute since 1970, and requests in it."""
    short_pages: bool = False
    """Whether pages have one less than what was asked for, as the platform's may, without being the last."""
    calls: list[Call] = field(default_factory=list)
    """Every request to the API, oldest first."""
    lock: RLock = field(default_factory=RLock)
    numbers: count[int] = field(default_factory=lambda: count(1))
    operators: dict[str, Account] = field(default_factory=dict)
    """The operators of the same platform by their ids, this one too: `/sandbox/init` adds others, which share it."""
    index: SearchIndex = field(init=False)
    """The index that `/query/sims` searches."""
    history: History = field(init=False)

    def __post_init__(self) -> None:
        self.index = SearchIndex(self.platform)
        self.history = History(self.platform)
        self.operators[self.operator_id] = self

    def new_id(self, kind: str) -> str:
        """An id that was not given before; the same in every run."""
        return f"{kind}{next(self.numbers):08d}-0000-4000-8000-000000000000"

    def ordered(self) -> frozenset[str]:
        """The ids of the SIMs whose order was not taken over yet."""
        waiting = [order for order in self.orders.values() if not order.is_taken_over]
        return frozenset(sim_id for order in waiting for sim_id in order.sim_ids)

    @property
    def served(self) -> Account:
        """The operator that is served first: its `calls` have the requests of all operators."""
        return next(iter(self.operators.values()))

    def root(self) -> User:
        """The operator itself."""
        return self.users[""]
