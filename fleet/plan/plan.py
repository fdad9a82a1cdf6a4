"""Values. The kitting plan: which SIMs, which two groups, which event handlers, and what is normal in the field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, unique
from typing import Any

from agent.identity import Imei

HANDLER_PREFIX = "kitting: "
"""Start of the names of event handlers that plans create; the desk touches no other handlers."""


@unique
class GroupRole(Enum):
    """The two groups of a plan: SIMs are in one before shipment, and in the other after it."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class WantedSim:
    """One SIM of the plan."""

    sim_id: str
    """Empty where the list names the SIM by its IMSI."""
    imsi: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    imei: Imei | None = None
    """The device that the SIM is meant for."""
    line: int | None = field(default=None, compare=False)
    """The line of the list, from 1."""

    @property
    def number(self) -> str:
        """The number by which the list names the SIM."""
        return self.sim_id or self.imsi


@dataclass(frozen=True, slots=True)
class ByOrder:
    """All SIMs of an order."""

    order_id: str


@dataclass(frozen=True, slots=True)
class ByList:
    """The SIMs of a CSV file, each with its own tags."""

    sims: tuple[WantedSim, ...]


@dataclass(frozen=True, slots=True)
class ByTag:
    """All SIMs that have a tag."""

    name: str
    value: str


SimSource = ByOrder | ByList | ByTag


@dataclass(frozen=True, slots=True)
class WantedGroup:
    """The settings that a group is to have; settings that the plan does not name are left as they are."""

    name: str
    group_id: str | None
    userdata: str | None
    readonly: bool | None
    """None where the plan leaves it as it is."""
    configuration: Mapping[str, Mapping[str, Any]]
    """Namespace → parameters, as the API takes them."""


@dataclass(frozen=True, slots=True)
class WantedHandler:
    """An event handler for one of the two groups."""

    name: str
    role: GroupRole
    body: Mapping[str, Any]
    """Rule and actions in the API's own form."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan without faults."""

    name: str
    source: SimSource
    tags: Mapping[str, str]
    speed_class: str | None
    subscription: str | None
    """The subscription of an order's SIMs; with it, the SIMs are set up together with their registration."""
    before: WantedGroup
    after: WantedGroup | None
    handlers: tuple[WantedHandler, ...]
    megabytes_a_day: int | None = None
    seen_within_hours: int | None = None
    from_any_group: bool = False
    """Whether SIMs that are in a group of no other meaning to the plan are moved as well."""
    names: str | None = None
    """A pattern for the names of SIMs that have none, such as `gw-{n:03}`."""
    renamed_from: str | None = None
    """The name that the plan had before, whose event handlers it takes over."""

    @property
    def groups(self) -> Iterator[tuple[GroupRole, WantedGroup]]:
        """The groups of the plan with their roles."""
        yield GroupRole.BEFORE, self.before
        if self.after:
            yield GroupRole.AFTER, self.after

    @property
    def handler_prefix(self) -> str:
        """Start of the names of this plan's event handlers; a plan's name has no colon."""
        return f"{HANDLER_PREFIX}{self.name}: "

    def own_handler_name(self, name: str) -> str | None:
        """The name that a handler of this plan has now; None for a handler of another one."""
        if name.startswith(self.handler_prefix):
            return name
        former = f"{HANDLER_PREFIX}{self.renamed_from}: "
        is_former = self.renamed_from is not None and name.startswith(former)
        return self.handler_prefix + name.removeprefix(former) if is_former else None


@dataclass(frozen=True, slots=True)
class GroupIds:
    """The ids of a plan's groups; None for a group that does not exist yet, or that the plan does not have."""

    before: str | None = None
    after: str | None = None

    def of(self, role: GroupRole) -> str | None:
        """The id of the group with a role."""
        return self.before if role is GroupRole.BEFORE else self.after


def handler_name(plan_name: str, role: GroupRole, title: str) -> str:
    """The name under which a plan's event handler is created, unique for plan, group and title."""
    return f"{HANDLER_PREFIX}{plan_name}: {role.value}: {title}"


def handler_title(plan: Plan, role: GroupRole, name: str) -> str | None:
    """The title of a plan's event handler for a group; None for any other handler."""
    prefix = handler_name(plan.name, role, "")
    return name.removeprefix(prefix) if name.startswith(prefix) else None
