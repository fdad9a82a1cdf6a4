"""Pure. Wanted effects against what is there: the ordered steps from this generation to the next, each with its reason.

1. What the earlier generation did to units and the new one no longer names is withdrawn.
2. Files that go are removed, the deepest first.
3. Directories are made, missing parents (`root:root`, 0755) among them.
4. Files and links are put in place.
5. Kernel parameters are set.
6. Services and commands follow.

What an earlier generation managed and the new one no longer names becomes again what stood there before the agent came.
Where somebody else changed it since, it is left. What is as wanted already is not touched, and not managed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from agent.apply.planning.actions import plan_actions
from agent.apply.planning.draft import Draft, Target, add_parents, depth
from agent.apply.planning.file_steps import file_steps
from agent.apply.planning.kernel import plan_kernel
from agent.apply.planning.nodes import READ_BY_ALL, Absent, Directory, File, Kept, Lost, fingerprint
from agent.apply.planning.observation import Observation
from agent.apply.planning.steps import FileStep, Managed, ManagedPath, Step
from agent.apply.planning.targets import add_wanted
from agent.effects import WantedEffect
from agent.frozen import frozen
from agent.handover.order import Change
from agent.reasons import Cause


@frozen
class Plan:
    """The steps, and what is managed once they are kept. A plan without steps has nothing to do."""

    steps: tuple[Step, ...]
    managed: Managed
    notes: tuple[Change, ...] = ()
    """What is left as it is, and why."""
    hidden: tuple[File, ...] = ()
    """Files that not everybody may read, changed or not: a command may print their content."""

    def noting(self, notes: tuple[Change, ...]) -> Plan:
        """The plan with further notes before its own."""
        return replace(self, notes=(*notes, *self.notes))


def make_plan(wanted: Sequence[WantedEffect], seen: Observation, remembered: Managed, occasion: str) -> Plan:
    """The way from `seen` to `wanted`.

    `occasion` names configuration and SIM: commands run once for each. Raises `Failure(apply.failed)` where something
    stands in the way that the agent does not remove.
    """
    draft = Draft.of(seen, remembered)
    add_wanted(draft, wanted)
    add_parents(draft)
    _add_no_longer_named(draft)
    add_parents(draft)
    steps = list(file_steps(draft))
    changed = [(step, draft.targets[step.path].then) for step in steps]
    actions = plan_actions(wanted, changed, seen.units, remembered, occasion)
    kernel = plan_kernel(wanted, seen.kernel, remembered)
    _note_owners(draft, steps)
    managed = Managed(_managed_paths(draft, steps), actions.verbs, actions.ran_for, kernel.managed)
    notes = (*draft.notes, *kernel.notes)
    return Plan((*actions.before, *steps, *kernel.steps, *actions.after), managed, notes, tuple(_hidden(draft)))


def _add_no_longer_named(draft: Draft) -> None:
    """Adds targets for what the earlier generation managed and this one does not name; the deepest first."""
    for place in sorted(draft.remembered, key=depth, reverse=True):
        entry = draft.remembered[place]
        if place in draft.targets or place in draft.kept or entry.before == draft.found(place):
            continue
        if isinstance(draft.found(place), Directory) and draft.is_as_left(place) and not _can_go(draft, place):
            draft.kept[place] = entry
        elif not draft.is_as_left(place):
            draft.leave(place, Cause.CHANGED_SINCE)
        elif isinstance(entry.before, Lost):
            draft.leave(place, Cause.COPY_DAMAGED)
        else:
            draft.targets[place] = Target(entry.before, Cause.NO_LONGER_NAMED, entry.then, entry.sensitive)


def _can_go(draft: Draft, place: str) -> bool:
    """Whether a directory that an earlier generation made is not needed any more."""
    inside = f"{place}/"
    in_use = any(other.startswith(inside) and target.node != Absent() for other, target in draft.targets.items())
    still_managed = any(other.startswith(inside) for other in draft.kept)
    return not in_use and not still_managed and draft.is_emptied(place)


def _note_owners(draft: Draft, steps: Iterable[FileStep]) -> None:
    if draft.seen.owner_kept:
        draft.notes.extend(
            Change("owner kept", step.path, Cause.ONLY_ROOT_GIVES_AWAY) for step in steps if step.after != Absent()
        )


def _managed_paths(draft: Draft, steps: Sequence[FileStep]) -> Mapping[str, ManagedPath]:
    changed = {step.path for step in steps}
    managed = dict(draft.kept)
    for place, target in draft.targets.items():
        if target.because is Cause.NO_LONGER_NAMED:
            continue
        entry = draft.remembered.get(place)
        before: Kept = entry.before if entry else draft.replaceable(place)
        if (entry or place in changed) and before != target.node:
            managed[place] = ManagedPath(
                fingerprint(target.node), before, target.because, target.then, target.sensitive
            )
    return dict(sorted(managed.items()))


def _hidden(draft: Draft) -> Iterator[File]:
    marked = {place for place, target in draft.targets.items() if target.sensitive}
    marked |= {place for place, entry in draft.kept.items() if entry.sensitive}
    for place in (*draft.targets, *draft.kept):
        target = draft.targets.get(place)
        for node in (draft.found(place), target.node if target else Absent()):
            if isinstance(node, File) and (place in marked or not node.mode & READ_BY_ALL):
                yield node
