"""Pure. A plan in the making: what each place is to become, beside what is there and what the agent left there.

A place is a path in which the links in the directories on the way are resolved (`Observation.places`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from agent.apply.planning.nodes import Absent, Directory, Found, Node, Other, fingerprint
from agent.apply.planning.observation import Observation
from agent.apply.planning.steps import Managed, ManagedPath
from agent.effects import Action
from agent.errors import Code, Failure
from agent.frozen import frozen
from agent.handover.order import Change
from agent.reasons import DirectoryAbove, Reason, StepReason, reason_text

ROOT_OWNER = "root:root"
PARENT_MODE = 0o755


@frozen
class Target:
    """What a place is to become, and why."""

    node: Node
    because: StepReason
    then: tuple[Action, ...] = ()
    sensitive: bool = False


@dataclass(slots=True)
class Draft:
    """A plan in the making."""

    seen: Observation
    remembered: Mapping[str, ManagedPath]
    """What the earlier generation manages, by place."""
    targets: dict[str, Target] = field(default_factory=dict)
    """What each place is to become."""
    kept: dict[str, ManagedPath] = field(default_factory=dict)
    """What stays managed as it is: drift, and directories of an earlier generation that are still in use."""
    notes: list[Change] = field(default_factory=list)
    """What is left as it is, and why."""

    @classmethod
    def of(cls, seen: Observation, remembered: Managed) -> Draft:
        """An empty draft, for what is managed at present."""
        return cls(seen, {seen.places.get(path, path): entry for path, entry in remembered.paths.items()})

    def found(self, place: str) -> Found:
        """What is at a place now."""
        return self.seen.found.get(place, Absent())

    def is_as_left(self, place: str) -> bool:
        """Whether a place is still as the earlier generation left it."""
        entry = self.remembered.get(place)
        return entry is not None and entry.wrote == fingerprint(self.found(place))

    def is_emptied(self, place: str) -> bool:
        """Whether nothing will be in a directory."""
        children = (f"{place.rstrip('/')}/{name}" for name in self.seen.names.get(place, ()))
        return all(child in self.targets and self.targets[child].node == Absent() for child in children)

    def replaceable(self, place: str) -> Node:
        """What is at a place, if the agent can bring it back later; raises `Failure(apply.failed)` otherwise."""
        found = self.found(place)
        if isinstance(found, Other):
            raise in_the_way(place, found.what)
        return found

    def leave(self, place: str, because: Reason) -> None:
        """Notes that a place is left as it is, and why."""
        self.notes.append(Change("left", place, because))


def in_the_way(place: str, what: str) -> Failure:
    """Something at a place that the agent does not remove."""
    return Failure(Code.APPLY_FAILED, f"{what}; move it away, or choose another path", where=place)


def depth(place: str) -> tuple[int, str]:
    """Sorts places by their depth, and those of one depth by name."""
    return place.count("/"), place


def add_parents(draft: Draft) -> None:
    """Adds targets for the directories that are missing above places that something is put at."""
    for place, target in tuple(draft.targets.items()):
        if target.node == Absent():
            continue
        for above in _directories_above(place):
            planned = draft.targets.get(above)
            found = draft.found(above)
            if planned and not isinstance(planned.node, Directory):
                raise in_the_way(above, f"{reason_text(planned.because)} leaves no directory here for {place}")
            if planned or isinstance(found, Directory):
                continue
            if found != Absent() and not draft.is_as_left(above):
                raise in_the_way(above, f"not a directory, so that {place} cannot be there")
            owner = draft.seen.owners[ROOT_OWNER]
            draft.targets[above] = Target(Directory(PARENT_MODE, *owner), _above(target.because))


def _above(reason: StepReason) -> DirectoryAbove:
    return reason if isinstance(reason, DirectoryAbove) else DirectoryAbove(reason)


def _directories_above(place: str) -> Iterator[str]:
    parts = place.split("/")[1:-1]
    return ("/" + "/".join(parts[: length + 1]) for length in range(len(parts)))
