"""Words. What one pass works with, and what it finds and does.

`Hands` are the edges, as a story sees them; `Pass` is filled in as the pass goes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, unique
from typing import Protocol

from agent.configuration.resolving import Configuration, Names
from agent.errors import Failure
from agent.frozen import frozen
from agent.handover.order import Apply, Order, Outcome
from agent.identity import Equipment, Subscriber
from agent.provision.binding import Verdict
from agent.provision.lifecycle import Event
from agent.provision.state_file import Remembered


@unique
class Step(Enum):
    """The stages of a pass, as they are told while they happen."""

    SETTLE = "settle"
    IDENTIFY = "identify"
    BIND = "bind"
    OBEY = "obey"
    CONTINUE = "continue"
    FETCH = "fetch"
    RESOLVE = "resolve"
    APPLY = "apply"
    CONFIRM = "confirm"
    REPORT = "report"
    NOTICE = "notice"


class Service(Protocol):
    """What a pass asks of the metadata service; every method raises `Failure`."""

    def subscriber(self) -> Subscriber:
        """The record of the SIM that this is asked through."""

    def subscriber_anew(self) -> Subscriber:
        """The same over a new connection."""

    def read_userdata_ahead(self) -> None:
        """Begins to read the group's text beside what is asked meanwhile."""

    def userdata(self) -> bytes:
        """The group's text."""

    def modified(self) -> str:
        """When the platform changed the record last."""

    def userdata_unless(self, etag: str) -> bytes | None:
        """The group's text, or None where it is still the one of that tag."""

    @property
    def etag(self) -> str | None:
        """What names the text that was read last; None where the service names none."""

    def put_tags(self, tags: Mapping[str, str]) -> None:
        """Adds or replaces these tags."""

    def put_tags_anew(self, tags: Mapping[str, str]) -> None:
        """Likewise over a new connection, and only once: a proof that the service can be reached."""

    def answers_anew(self, within_s: float) -> None:
        """Returns once a new connection was answered; raises when none was within the time."""

    @property
    def date(self) -> datetime | None:
        """The service's clock, if it told."""


class RootHalf(Protocol):
    """What a pass asks of the root half."""

    def settle(self, order_id: str | None) -> Outcome | None:
        """What became of this order, or of one that was left open; None where nothing is known of any."""

    def order(self, order: Order) -> Outcome:
        """Applies; the outcome is final, or `unconfirmed`."""

    def confirm(self) -> Outcome:
        """Keeps what was applied."""

    def undo(self, failure: Failure) -> Outcome:
        """Takes back what was applied."""


@frozen
class Hands:
    """The edges that a pass works with."""

    service: Service
    read_equipment: Callable[[], Equipment]
    fetch_sources: Callable[[Configuration], None]
    """Has ready what the configuration names by a source; raises `source.*`."""
    apply: RootHalf
    read_first_line: Callable[[str], str]
    """First line of a file on the gateway, for extra tags; raises `Failure`."""
    save: Callable[[Remembered], None]
    save_until_boot: Callable[[Remembered], None]
    """Likewise, where it costs the disk nothing and a power cut may take it."""
    system_time: Callable[[], datetime]
    tell: Callable[[Step, str], None]


@dataclass(slots=True)
class Pass:
    """What one pass found and did; filled in as it goes."""

    remembered: Remembered
    adopt: bool = False
    """SIM and modem are taken as they are: somebody at the device said so."""
    released: bool = False
    """The operator said so; obeyed where the settings say hold, not where they say refuse."""
    event: Event = Event.NO_ANSWER
    subscriber: Subscriber | None = None
    equipment: Equipment | None = None
    verdict: Verdict | None = None
    userdata: bytes = b""
    """As it was received."""
    names: Names | None = None
    configuration: Configuration | None = None
    order: Apply | None = None
    outcome: Outcome | None = None
    failure: Failure | None = None
    """Why the pass did not end with the wanted configuration in force."""
    notices: list[Failure] = field(default_factory=list)
    """Said, kept, and no reason to stop."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """The tags that were sent."""
    quiet: bool = False
    """Whether this was a poll that found nothing to do."""
    applied_at: datetime | None = None
    """When a configuration was applied; what is reported of it names this moment, whenever it is sent."""
