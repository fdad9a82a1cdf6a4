"""Values. The contract between the two halves of the device: an order goes in, an outcome comes out.

An applied configuration waits for a confirmation, which goes in. `order_json` has the JSON form of all three.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import Enum, unique
from typing import Any

from agent.errors import Failure
from agent.frozen import frozen
from agent.reasons import Reason, StepReason


@frozen
class Apply:
    """The order to apply a resolved configuration."""

    order_id: str
    digest: str
    """SHA-256, hex, of the resolved document (`resolving.Configuration.digest`)."""
    document: Mapping[str, Any]
    """The resolved document: JSON values."""
    card: str
    """`Subscriber.card` of the SIM that this was resolved for; commands run once for document and SIM."""
    userdata: bytes = b""
    """The text as it was received: where documents have to be signed, the root half resolves it itself."""
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """The values that the text's `{{ }}` were filled with: namespace → name → value."""


@frozen
class RollBack:
    """The order to go back to the generation before the present one."""

    order_id: str


@frozen
class Scrub:
    """The order to remove everything managed and sensitive, for good."""

    order_id: str
    userdata: bytes = b""
    """The userdata as it was received: where documents have to be signed, it has to contain the signed instruction."""


Order = Apply | RollBack | Scrub


@unique
class Giver(Enum):
    """The half of the device that gives an order."""

    ROOT = "root"
    """A command of root. The order has passed through no directory of another user."""
    NETWORK_HALF = "network half"


def configuration_digest(order: Order) -> str | None:
    """The digest of the configuration that an order applies; None for an order that applies none."""
    return order.digest if isinstance(order, Apply) else None


@unique
class Result(Enum):
    """The end of an order."""

    UNCONFIRMED = "unconfirmed"
    """Applied; the generation before is kept until the service has answered."""
    COMMITTED = "committed"
    """Applied and confirmed."""
    NOT_APPLIED = "not_applied"
    """Refused, or failed and undone: the gateway is as it was."""
    UNDONE = "undone"
    """Applied and taken back: the gateway is as it was."""


@frozen
class Change:
    """One thing that differs, or differed: what, where, why."""

    what: str
    """`created`, `changed`, `removed`, `linked`, `ran`, `restarted`, `enabled`, … or the same as intention."""
    where: str
    """Path, unit, or command."""
    because: Reason


@frozen
class Ran:
    """A command of the document that was run."""

    command: str
    """Its beginning; `(sensitive)` for a command that must not be shown."""
    code: int
    """Its exit code, or minus the signal that ended it; -1 where it could not be started or ran out of time."""
    seconds: float
    tail: str
    """The end of what it printed, without secrets."""
    because: StepReason


@frozen
class Outcome:
    """The outcome of an order, which the root half writes."""

    order_id: str | None
    """The order that this is the outcome of; None where the order, or the journal that held it, was damaged."""
    digest: str | None
    """`Apply.digest` of the order; None for another order, and where `order_id` is None."""
    result: Result
    changes: tuple[Change, ...] = ()
    recorded: bool = False
    """Commands and service actions were only recorded, since the root is not `/`."""
    failure: Failure | None = None
    ran: tuple[Ran, ...] = ()
    in_force: str | None = None
    """The digest of the configuration in force after the order, by the record of the root half; None without one."""


@unique
class Decision(Enum):
    """What the network half decides about an applied configuration."""

    KEEP = "keep"
    UNDO = "undo"


@frozen
class Confirmation:
    """Whether the service still answers after an apply."""

    order_id: str
    decision: Decision
    failure: Failure | None = None
    """Why it is to be undone."""
