"""Pure. The changes that bring the platform to the state that a plan describes; the text of each is for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, unique
from typing import Any

from fleet.plan.handler_sentences import SECRET_HEADER
from fleet.plan.plan import HANDLER_PREFIX, GroupRole, WantedGroup, WantedHandler
from fleet.plan.userdata_diff import text_digest, userdata_diff

_AIR = "SoracomAir"
_MOST_SHOWN = 40
"""The most characters that are shown of a value."""


@dataclass(frozen=True, slots=True)
class CreateGroup:
    """Creates a group that does not exist."""

    group: WantedGroup

    def __str__(self) -> str:
        return f"+ group {self.group.name}"


@dataclass(frozen=True, slots=True)
class UseGroup:
    """Uses the group that another desk created at the same moment, and deletes the second one."""

    name: str
    group_id: str

    def __str__(self) -> str:
        return f"= group {self.name}: another desk created {self.group_id} at the same moment; that one is used"


@dataclass(frozen=True, slots=True)
class PutParameters:
    """Sets parameters of one namespace of a group."""

    group_id: str
    name: str
    namespace: str
    parameters: Mapping[str, Any]
    before: Mapping[str, Any] = field(default_factory=dict)
    """The parameters of the namespace as they are now."""
    reaches: int = 0
    """How many SIMs of the plan are in the group."""

    def __str__(self) -> str:
        end = f" (reaches {self.reaches} SIMs)"
        if self.namespace != _AIR:  # other namespaces may hold credentials
            return f"~ group {self.name} {self.namespace} {', '.join(self.parameters)}{end}"
        texts = [_change_text(key, self.before.get(key), value) for key, value in self.parameters.items()]
        return f"~ group {self.name} {self.namespace} {'; '.join(texts)}{end}"

    @property
    def userdata_lines(self) -> Iterator[str]:
        """The lines of the userdata that differ; none where the userdata is not changed."""
        wanted = self.parameters.get("userdata") if self.namespace == _AIR else None
        if isinstance(wanted, str):
            yield from userdata_diff(self.before.get("userdata"), wanted)


@dataclass(frozen=True, slots=True)
class PutHandler:
    """Creates an event handler, or replaces one that differs."""

    handler: WantedHandler
    handler_id: str | None
    """The handler that is replaced; None where there is none."""

    def __str__(self) -> str:
        return f"{'~' if self.handler_id else '+'} handler {self.handler.name.removeprefix(HANDLER_PREFIX)}"


@dataclass(frozen=True, slots=True)
class DeleteHandler:
    """Deletes an event handler that an earlier form of the plan, or a second desk, created."""

    handler_id: str
    name: str
    is_double: bool = False
    """Whether another one of this name stays."""

    def __str__(self) -> str:
        why = ", which exists twice" if self.is_double else ""
        return f"- handler {self.name.removeprefix(HANDLER_PREFIX)}{why}"


@dataclass(frozen=True, slots=True)
class TakeOver:
    """Takes the SIMs of an order over."""

    order_id: str
    sims: int

    def __str__(self) -> str:
        return f"+ order {self.order_id}: its {self.sims} SIMs are taken over"


@dataclass(frozen=True, slots=True)
class ChangeSim:
    """Sets the tags, the group and the speed class in which one SIM differs; each is one request."""

    sim_id: str
    label: str
    tags: Mapping[str, str] = field(default_factory=dict)
    group: GroupRole | None = None
    """The group that the SIM moves to; None where it stays."""
    speed_class: str | None = None

    @property
    def writes(self) -> int:
        """How many requests the change takes."""
        return bool(self.tags) + (self.group is not None) + (self.speed_class is not None)

    def __str__(self) -> str:
        texts = [f"{name}={value}" for name, value in self.tags.items()]
        texts += [f"group -> {self.group.value}"] if self.group else []
        texts += [f"speed -> {self.speed_class}"] if self.speed_class else []
        return f"~ SIM {self.label} {', '.join(texts)}"


@unique
class Kept(Enum):
    """Why something of a SIM differs from the plan and is left alone."""

    THROTTLED = "keeps its speed class: kitting throttle set it, and kitting resume sets it back"
    SLOWED_BY_HANDLER = "keeps its speed class: an event handler of this plan sets it"
    SHIPPED = "was shipped, so it stays in its group, which is none of this plan"
    IN_OTHER_GROUP = "stays in its group, which is none of this plan; sims.from_any_group: true has it moved"


@dataclass(frozen=True, slots=True)
class KeptSim:
    """A SIM of which something is left alone."""

    sim_id: str
    label: str
    why: Kept
    group_id: str | None

    def __str__(self) -> str:
        return f"i SIM {self.label} {self.why.value} (group {self.group_id or 'none'})"


@dataclass(frozen=True, slots=True)
class KeptHandler:
    """A handler that is not created, since one of another plan does the same for the same group."""

    name: str
    other: str
    """The name of the other one."""

    def __str__(self) -> str:
        names = (self.name.removeprefix(HANDLER_PREFIX), self.other.removeprefix(HANDLER_PREFIX))
        advice = "if that plan was renamed to this one, write renamed_from"
        return f"i handler {names[0]} is not created: {names[1]} does the same for this group; {advice}"


GroupChange = CreateGroup | PutParameters
HandlerChange = PutHandler | DeleteHandler
Change = GroupChange | UseGroup | HandlerChange | TakeOver | ChangeSim


def _change_text(key: str, before: object, value: object) -> str:
    shown = text_digest if key == "userdata" else _short
    return f"{key}: {shown(before)} -> {shown(value)}"


def _short(value: object) -> str:
    """A value on one line, cut where it is long, and without secrets."""
    text = "nothing" if value is None else str(value).replace("\n", "\\n")
    if SECRET_HEADER in text:
        return "a secret"
    return text if len(text) <= _MOST_SHOWN else f"{text[: _MOST_SHOWN - 3]}..."
