"""Pure. What a journal begins with: an order as the root half carries it out, and what is needed to take it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import Enum, unique

from agent.apply.planning.nodes import File, Large, fingerprint, sha256
from agent.apply.planning.steps import FileStep, Managed, Step
from agent.frozen import frozen
from agent.handover.order import Change


@unique
class Purpose(Enum):
    """What an order is for."""

    APPLY = "apply"
    ROLL_BACK = "roll_back"
    SCRUB = "scrub"


@frozen
class Ordered:
    """An order with its plan: all that is needed to end it either way."""

    order_id: str
    digest: str | None
    """`Apply.digest` of the order; None for another order."""
    recorded: bool
    """Actions are only recorded, since the root is not `/`."""
    steps: tuple[Step, ...]
    notes: tuple[Change, ...]
    managed: Managed
    """What is managed once the order is confirmed."""
    came_from: Managed = field(default_factory=Managed)
    """What was managed before."""
    purpose: Purpose = Purpose.APPLY
    left: Mapping[str, str] = field(default_factory=dict)
    """Each path that a step is about → `nodes.fingerprint` of what is there once all steps are done."""

    @property
    def is_way_back(self) -> bool:
        """Whether the order leads back: nothing confirms it, and nothing can go back from it."""
        return self.purpose is not Purpose.APPLY


def contents_of(steps: tuple[Step, ...], managed: Managed) -> dict[str, bytes]:
    """Every content that is needed to go back, by its SHA-256."""
    nodes = [step.before for step in steps if isinstance(step, FileStep)]
    nodes += [entry.before for entry in managed.paths.values()]
    return {sha256(node.content): node.content for node in nodes if isinstance(node, File)}


def larges_of(steps: tuple[Step, ...]) -> tuple[tuple[str, Large], ...]:
    """The large files that stand at a path before a step, and are needed to go back."""
    files = (step for step in steps if isinstance(step, FileStep))
    return tuple((step.path, step.before) for step in files if isinstance(step.before, Large))


def left_by(steps: tuple[Step, ...]) -> dict[str, str]:
    """`Ordered.left` of these steps."""
    return {step.path: fingerprint(step.after) for step in steps if isinstance(step, FileStep)}
