"""Pure. The ordered file steps of a draft: removals, the deepest first; then directories; then files and links."""

from __future__ import annotations

from collections.abc import Iterator

from agent.apply.planning.draft import Draft, Target, depth, in_the_way
from agent.apply.planning.nodes import Absent, Directory
from agent.apply.planning.steps import FileStep


def file_steps(draft: Draft) -> Iterator[FileStep]:
    """A step for each place that differs from its target; raises `Failure(apply.failed)` for what is in the way."""
    differing = [(place, target) for place, target in draft.targets.items() if draft.found(place) != target.node]
    going = [(place, target) for place, target in differing if _has_to_go_first(draft, place, target)]
    for place, target in sorted(going, key=lambda item: depth(item[0]), reverse=True):
        yield FileStep(place, draft.replaceable(place), Absent(), target.because, target.sensitive)
    gone = {place for place, _ in going}
    coming = [(place, target) for place, target in differing if target.node != Absent()]
    directories = [item for item in coming if isinstance(item[1].node, Directory)]
    others = [item for item in coming if not isinstance(item[1].node, Directory)]
    for place, target in (*sorted(directories, key=lambda item: depth(item[0])), *others):
        before = Absent() if place in gone else draft.replaceable(place)
        yield FileStep(place, before, target.node, target.because, target.sensitive)


def _has_to_go_first(draft: Draft, place: str, target: Target) -> bool:
    """Whether nothing may be at a place for a while: it is removed, or a directory and a file change places there."""
    found = draft.found(place)
    if isinstance(found, Directory) and not draft.is_emptied(place):
        raise in_the_way(place, "a directory that is not empty")
    if target.node == Absent():
        return True
    clash = found != Absent() and isinstance(found, Directory) != isinstance(target.node, Directory)
    if clash and not draft.is_as_left(place):
        raise in_the_way(place, "a directory" if isinstance(found, Directory) else "not a directory")
    return clash
