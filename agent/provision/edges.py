"""Pure. The edges of a pass: service, modem, root half, state file, clock and display."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum, unique
from typing import Protocol

from agent.configuration.resolving import Configuration
from agent.errors import Failure
from agent.frozen import frozen
from agent.handover.order import Order, Outcome
from agent.identity import Equipment, Subscriber
from agent.provision.remembered import Remembered


@unique
class PassStage(Enum):
    """The stages of a pass, as they are shown while the pass goes on."""

    SETTLE = "settle"
    IDENTIFY = "identify"
    BIND = "bind"
    ORDER = "order"
    CONTINUE = "continue"
    FETCH = "fetch"
    RESOLVE = "resolve"
    APPLY = "apply"
    CONFIRM = "confirm"
    REPORT = "report"
    NOTICE = "notice"


class Service(Protocol):
    """The metadata service, as a pass uses it; every method raises `Failure`."""

    def subscriber(self) -> Subscriber:
        """The record of the SIM that carries the request."""

    def subscriber_anew(self) -> Subscriber:
        """The record of the SIM, asked over a new connection."""

    def read_userdata_ahead(self) -> None:
        """Begins to read the group's userdata beside the requests that come before it."""

    def userdata(self) -> bytes:
        """The group's userdata."""

    def modified(self) -> str:
        """The time at which the platform last changed the record."""

    def userdata_unless(self, etag: str | None) -> bytes | None:
        """The group's userdata, which the next `userdata` returns as well; None where it is the text with this ETag."""

    @property
    def etag(self) -> str | None:
        """The ETag of the userdata that was read last; None where the service sends none."""

    def put_tags(self, tags: Mapping[str, str]) -> None:
        """Adds or replaces these tags of the SIM."""

    @property
    def date(self) -> datetime | None:
        """The service's clock at its last answer; None where it sent none."""


class RootHalf(Protocol):
    """The root half of the device, as a pass uses it."""

    def settle(self, order_id: str | None) -> Outcome | None:
        """The outcome of this order, or of another that was left open; None where there is neither."""

    def in_force(self) -> str | None:
        """The digest of the configuration in force, by its own record; None where it has none."""

    def order(self, order: Order) -> Outcome:
        """Carries out an order; its outcome is final, or `unconfirmed`."""

    def confirm(self) -> Outcome:
        """Keeps the applied configuration."""

    def undo(self, failure: Failure) -> Outcome:
        """Takes the applied configuration back, because of this failure."""


@frozen
class ProofRequest:
    """The request to a fresh process after an apply: to reach the service."""

    tags: Mapping[str, str]
    """The report of the applied configuration, empty for none; a service that takes it was reached."""
    within_s: float
    """How long it asks a service that does not answer."""


@frozen
class Proven:
    """What the fresh process found."""

    reported: bool = False
    """Whether the service took the report."""
    failure: Failure | None = None
    """Why the service cannot be reached by a process that starts now."""


@frozen
class Edges:
    """The edges that a pass works with."""

    service: Service
    read_equipment: Callable[[], Equipment]
    fetch_sources: Callable[[Configuration], None]
    """Downloads the larger files that the configuration names by a source; raises `source.*`."""
    root_half: RootHalf
    prove: Callable[[ProofRequest], Proven]
    """Has a process that starts now reach the service: with the settings and the sandbox of the next pass."""
    read_first_line: Callable[[str], str]
    """The first line of a file on the gateway, for extra tags; raises `Failure`."""
    save: Callable[[Remembered], None]
    """Saves what the device remembers; raises `state.unwritable`."""
    save_until_boot: Callable[[Remembered], None]
    """Saves what a power cut may take, without a write to the disk."""
    system_time: Callable[[], datetime]
    show: Callable[[PassStage, str], None]
    """Shows what the pass does."""
