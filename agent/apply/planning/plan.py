"""Pure. Wanted effects against what is there: the ordered steps from this generation to the next, each with its reason.

1. What the earlier generation did to units and the new one no longer names is withdrawn.
2. Files that go, go; the deepest first. 3. Directories, missing parents (`root:root`, 0755) among them. 4. Files and
links. 5. Services and commands.

What an earlier generation managed and the new one no longer names becomes again what stood there before the agent came,
unless somebody else changed it since: then it is theirs, and is left. What is as wanted already is not touched, and
not managed. What somebody else changed since and the document still wants as it did is drift: it is said and left,
unless the document says `enforce`; where the document wants something new, that is written.

All paths are places: links in the directories on the way are resolved (`Observation.places`).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from agent.apply.planning.actions import NO_LONGER, plan_actions
from agent.apply.planning.nodes import (
    Absent,
    Directory,
    File,
    Found,
    Kept,
    Large,
    Lost,
    Node,
    Other,
    Symlink,
    fingerprint,
    sha256,
)
from agent.apply.planning.observation import Observation, Questions
from agent.apply.planning.steps import FileStep, Managed, ManagedPath, Step
from agent.effects import (
    Action,
    FetchedFile,
    FileEffect,
    Link,
    MakeDirectory,
    RemoveFile,
    ServiceVerb,
    Wanted,
    WriteFile,
)
from agent.errors import Code, Failure
from agent.frozen import frozen
from agent.handover.order import Change

ROOT_OWNER = "root:root"
PARENT_MODE = 0o755
MAX_MODE = 0o7777
READ_BY_ALL = 0o004


@frozen
class Plan:
    """The steps, and what is remembered once they are kept. Without steps nothing is to be done."""

    steps: tuple[Step, ...]
    managed: Managed
    notes: tuple[Change, ...] = ()
    """What is worth saying though nothing is done about it."""
    hidden: tuple[File, ...] = ()
    """Files that not everybody may see, changed or not: a command may print them."""

    def noting(self, notes: tuple[Change, ...]) -> Plan:
        """The same with more that is worth saying."""
        return replace(self, notes=(*notes, *self.notes))


@frozen
class Target:
    """What a place is to be, and why."""

    node: Node
    because: str
    then: tuple[Action, ...] = ()
    sensitive: bool = False


@dataclass(slots=True)
class Draft:
    """A plan in the making."""

    seen: Observation
    remembered: Mapping[str, ManagedPath]
    targets: dict[str, Target] = field(default_factory=dict)
    """What each place is to be."""
    kept: dict[str, ManagedPath] = field(default_factory=dict)
    """What stays managed as it is: directories of an earlier generation that are still in use, and drift."""
    notes: list[Change] = field(default_factory=list)

    def found(self, place: str) -> Found:
        """What is there."""
        return self.seen.found.get(place, Absent())

    def is_ours(self, place: str) -> bool:
        """Whether it is still as the earlier generation left it."""
        entry = self.remembered.get(place)
        return entry is not None and entry.wrote == fingerprint(self.found(place))

    def is_emptied(self, place: str) -> bool:
        """Whether nothing will be in a directory."""
        children = (f"{place.rstrip('/')}/{name}" for name in self.seen.names.get(place, ()))
        return all(child in self.targets and self.targets[child].node == Absent() for child in children)


def questions(wanted: Sequence[Wanted], remembered: Managed) -> Questions:
    """What `make_plan` will have to know. Raises `userdata.invalid` for a path that is none."""
    files = [item.effect for item in wanted if isinstance(item.effect, FileEffect)]
    verbs = [item.effect for item in wanted if isinstance(item.effect, ServiceVerb)]
    paths = [_checked(effect.path) for effect in files]
    paths += [_link_target(effect) for effect in files if isinstance(effect, Link) and effect.must_exist]
    owners = [effect.owner for effect in files if isinstance(effect, WriteFile | FetchedFile | MakeDirectory)]
    fetched = [(effect.sha256, effect.size) for effect in files if isinstance(effect, FetchedFile)]
    return Questions(
        tuple(dict.fromkeys((*paths, *remembered.paths))),
        tuple(dict.fromkeys((ROOT_OWNER, *owners))),
        tuple(dict.fromkeys(verb.unit for verb in (*verbs, *sorted(remembered.verbs, key=lambda verb: verb.unit)))),
        tuple(dict.fromkeys(fetched)),
    )


def make_plan(wanted: Sequence[Wanted], seen: Observation, remembered: Managed, occasion: str) -> Plan:
    """The way from `seen` to `wanted`.

    `occasion` names configuration and SIM: commands run once for each. Raises `Failure(apply.failed)` where something
    stands in the way that the agent does not remove.
    """
    draft = Draft(seen, {seen.places.get(path, path): entry for path, entry in remembered.paths.items()})
    asked = _add_wanted(draft, wanted)
    _add_parents(draft)
    _add_no_longer_named(draft)
    _add_parents(draft)
    steps = list(file_steps(draft))
    changed = [(step, draft.targets[step.path].then) for step in steps]
    actions = plan_actions(wanted, changed, seen.units, remembered, occasion)
    _note_owners(draft, steps)
    managed = Managed(_managed_paths(draft, asked, steps), actions.verbs, actions.ran_for)
    return Plan((*actions.before, *steps, *actions.after), managed, tuple(draft.notes), tuple(_hidden(draft)))


def _hidden(draft: Draft) -> Iterator[File]:
    marked = {place for place, target in draft.targets.items() if target.sensitive}
    marked |= {place for place, entry in draft.kept.items() if entry.sensitive}
    for place in (*draft.targets, *draft.kept):
        target = draft.targets.get(place)
        for node in (draft.found(place), target.node if target else Absent()):
            if isinstance(node, File) and (place in marked or not node.mode & READ_BY_ALL):
                yield node


def _checked(path: str) -> str:
    """A path has one spelling, and is not the root itself."""
    if not path.startswith("/") or path == "/" or posixpath.normpath(path) != path or "\0" in path:
        raise Failure(Code.USERDATA_INVALID, "is not an absolute path in its shortest spelling", where=repr(path)[:80])
    return path


def _link_target(link: Link) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(link.path), link.target))


def _in_the_way(place: str, what: str) -> Failure:
    return Failure(Code.APPLY_FAILED, f"{what}; move it away, or choose another path", where=place)


def _add_wanted(draft: Draft, wanted: Iterable[Wanted]) -> frozenset[str]:
    """Targets for what the configuration names; returns their places."""
    for item in wanted:
        if not isinstance(item.effect, FileEffect):
            continue
        place = draft.seen.places[item.effect.path]
        if place in draft.targets:
            why = f"{item.because} and {draft.targets[place].because} are the same file"
            raise Failure(Code.USERDATA_INVALID, why, where=place)
        node, found = _node(draft, place, item), draft.found(place)
        if _drifted(draft, place, node, found) and not item.enforce:
            draft.kept[place] = draft.remembered[place]
            draft.notes.append(
                Change("drift", place, f"changed by somebody else since; {item.because} wants it otherwise")
            )
            continue
        draft.targets[place] = Target(node, item.because, item.then, item.sensitive)
    return frozenset(draft.targets)


def _drifted(draft: Draft, place: str, node: Node, found: Found) -> bool:
    """Whether the document wants what it wanted before, and somebody else wanted something else."""
    entry = draft.remembered.get(place)
    return entry is not None and entry.wrote == fingerprint(node) and fingerprint(found) != entry.wrote


def _node(draft: Draft, place: str, item: Wanted) -> Node:
    match item.effect:
        case WriteFile(_, content, mode, owner):
            return File(content, mode & MAX_MODE, *draft.seen.owners[owner])
        case FetchedFile():
            return _fetched(draft, place, item.effect)
        case MakeDirectory(_, mode, owner):
            found = draft.found(place)
            return found if isinstance(found, Directory) else Directory(mode & MAX_MODE, *draft.seen.owners[owner])
        case Link(_, target, must_exist):
            aim = draft.seen.places.get(_link_target(item.effect), "")
            if must_exist and draft.found(aim) == Absent():
                raise Failure(Code.APPLY_FAILED, f"{item.because}: there is no {target} on this gateway", where=place)
            return Symlink(target, *draft.seen.owners[ROOT_OWNER])
        case RemoveFile():
            return Absent()
        case _:
            raise TypeError(item.effect)


def _fetched(draft: Draft, place: str, effect: FetchedFile) -> Node:
    """The file, from what was handed over; one that is in place already need not be there."""
    mode, owner = effect.mode & MAX_MODE, draft.seen.owners[effect.owner]
    if effect.size > draft.seen.large_bytes:
        return Large(effect.sha256, effect.size, mode, *owner)
    found = draft.found(place)
    if effect.sha256 in draft.seen.fetched:
        return File(draft.seen.fetched[effect.sha256], mode, *owner)
    if isinstance(found, File) and sha256(found.content) == effect.sha256:
        return File(found.content, mode, *owner)
    raise Failure(Code.SOURCE_DAMAGED, "what was fetched is not there, or is not what the document names", where=place)


def _add_no_longer_named(draft: Draft) -> None:
    """Targets for what the earlier generation managed and this one does not name; the deepest first."""
    for place in sorted(draft.remembered, key=_depth, reverse=True):
        entry = draft.remembered[place]
        if place in draft.targets or place in draft.kept or entry.before == draft.found(place):
            continue
        if isinstance(draft.found(place), Directory) and draft.is_ours(place) and not _can_go(draft, place):
            draft.kept[place] = entry
        elif not draft.is_ours(place):
            draft.notes.append(Change("left", place, "changed by somebody else since"))
        elif isinstance(entry.before, Lost):
            draft.notes.append(Change("left", place, "the kept copy of what stood there is damaged"))
        else:
            draft.targets[place] = Target(entry.before, NO_LONGER, entry.then, entry.sensitive)


def _can_go(draft: Draft, place: str) -> bool:
    inside = f"{place}/"
    in_use = any(other.startswith(inside) and target.node != Absent() for other, target in draft.targets.items())
    still_managed = any(other.startswith(inside) for other in draft.kept)
    return not in_use and not still_managed and draft.is_emptied(place)


def _add_parents(draft: Draft) -> None:
    """Targets for directories that are missing above what is to be there."""
    for place, target in tuple(draft.targets.items()):
        if target.node == Absent():
            continue
        for above in _directories_above(place):
            planned = draft.targets.get(above)
            found = draft.found(above)
            if planned and not isinstance(planned.node, Directory):
                raise _in_the_way(above, f"{planned.because} leaves no directory here for {place}")
            if planned or isinstance(found, Directory):
                continue
            if found != Absent() and not draft.is_ours(above):
                raise _in_the_way(above, f"not a directory, so that {place} cannot be there")
            owner = draft.seen.owners[ROOT_OWNER]
            draft.targets[above] = Target(Directory(PARENT_MODE, *owner), f"{target.because}: directory above it")


def _directories_above(place: str) -> Iterator[str]:
    parts = place.split("/")[1:-1]
    return ("/" + "/".join(parts[: length + 1]) for length in range(len(parts)))


def _depth(place: str) -> tuple[int, str]:
    return place.count("/"), place


def file_steps(draft: Draft) -> Iterator[FileStep]:
    """Removals, directories, and the rest, of what differs."""
    differing = [(place, target) for place, target in draft.targets.items() if draft.found(place) != target.node]
    going = [(place, target) for place, target in differing if _has_to_go_first(draft, place, target)]
    for place, target in sorted(going, key=lambda item: _depth(item[0]), reverse=True):
        yield FileStep(place, _replaceable(draft, place), Absent(), target.because, target.sensitive)
    gone = {place for place, _ in going}
    coming = [(place, target) for place, target in differing if target.node != Absent()]
    directories = [item for item in coming if isinstance(item[1].node, Directory)]
    others = [item for item in coming if not isinstance(item[1].node, Directory)]
    for place, target in (*sorted(directories, key=lambda item: _depth(item[0])), *others):
        before = Absent() if place in gone else _replaceable(draft, place)
        yield FileStep(place, before, target.node, target.because, target.sensitive)


def _has_to_go_first(draft: Draft, place: str, target: Target) -> bool:
    """Whether nothing may be at a place for a while: it goes, or a directory and a file change places there."""
    found = draft.found(place)
    if isinstance(found, Directory) and not draft.is_emptied(place):
        raise _in_the_way(place, "a directory that is not empty")
    if target.node == Absent():
        return True
    clash = found != Absent() and isinstance(found, Directory) != isinstance(target.node, Directory)
    if clash and not draft.is_ours(place):
        raise _in_the_way(place, "a directory" if isinstance(found, Directory) else "not a directory")
    return clash


def _replaceable(draft: Draft, place: str) -> Node:
    found = draft.found(place)
    if isinstance(found, Other):
        raise _in_the_way(place, found.what)
    return found


def _note_owners(draft: Draft, steps: Iterable[FileStep]) -> None:
    if draft.seen.owner_kept:
        draft.notes.extend(
            Change("owner kept", step.path, "only root gives files away") for step in steps if step.after != Absent()
        )


def _managed_paths(draft: Draft, asked: frozenset[str], steps: Sequence[FileStep]) -> dict[str, ManagedPath]:
    changed = {step.path for step in steps}
    managed = dict(draft.kept)
    for place, target in draft.targets.items():
        entry = draft.remembered.get(place)
        if target.because == NO_LONGER and place not in asked:
            continue
        before: Kept = entry.before if entry else _replaceable(draft, place)
        if (entry or place in changed) and before != target.node:
            managed[place] = ManagedPath(
                fingerprint(target.node), before, target.because, target.then, target.sensitive
            )
    return dict(sorted(managed.items()))
