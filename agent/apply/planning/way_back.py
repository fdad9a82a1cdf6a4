"""Pure. Plans that lead back: to the generation before the present one, and away from everything sensitive.

A rollback touches only places that are as the agent left them; a place that somebody else changed since is left, and
that is noted. A scrub removes sensitive files even where somebody else changed them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from agent.apply.journal.ordered import Ordered
from agent.apply.planning.actions import undo_steps
from agent.apply.planning.draft import ROOT_OWNER, Draft, Target
from agent.apply.planning.file_steps import file_steps
from agent.apply.planning.nodes import Absent, Directory, Lost, Other, Symlink
from agent.apply.planning.observation import Observation, Questions
from agent.apply.planning.plan import Plan
from agent.apply.planning.steps import ActionStep, FileStep, Managed, ManagedPath
from agent.reasons import Cause

_KEY_WORDS = ("ssh", "key", "credential", "password", "secret")


def questions_back(ordered: Ordered) -> Questions:
    """What `plan_back` has to know."""
    return Questions(tuple(_first_steps(ordered)), (ROOT_OWNER,), ())


def plan_back(ordered: Ordered, seen: Observation) -> Plan:
    """The plan to what stood there before this order was carried out.

    The commands of the order's document are not run again, and cannot be undone.
    """
    draft = Draft(_as_it_was_walked(ordered, seen), {path: _left(left) for path, left in ordered.left.items()})
    for path, step in _first_steps(ordered).items():
        if not draft.is_as_left(path):
            draft.leave(path, Cause.CHANGED_SINCE)
        elif isinstance(step.before, Lost):
            draft.leave(path, Cause.COPY_DAMAGED)
        else:
            draft.targets[path] = Target(step.before, Cause.ROLLBACK, (), step.sensitive)
    steps = tuple(file_steps(draft))
    early, late = _actions_back(ordered)
    return Plan((*early, *steps, *late), ordered.came_from, tuple(draft.notes))


def questions_scrub(remembered: Managed) -> Questions:
    """What `plan_scrub` has to know."""
    return Questions(tuple(remembered.paths), (ROOT_OWNER,), ())


def plan_scrub(remembered: Managed, seen: Observation) -> Plan:
    """The plan that puts back what stood in place of every sensitive path; paths that look like keys go first."""
    draft = Draft.of(seen, remembered)
    sensitive = {seen.places.get(path, path): path for path, entry in remembered.paths.items() if entry.sensitive}
    stuck: set[str] = set()
    for place in sorted(sensitive, key=lambda place: place.count("/"), reverse=True):
        entry = remembered.paths[sensitive[place]]
        if _cannot_go(draft, place):
            stuck.add(sensitive[place])
            draft.leave(place, Cause.IN_THE_WAY)
            continue
        before = Absent() if isinstance(entry.before, Lost) else entry.before
        draft.targets[place] = Target(before, Cause.SCRUB, entry.then, sensitive=True)
    steps = sorted(file_steps(draft), key=lambda step: not _looks_like_a_key(step.path))
    rest = {path: entry for path, entry in remembered.paths.items() if not entry.sensitive or path in stuck}
    return Plan(
        (*steps, *_following(draft, steps)), Managed(rest, remembered.verbs, "", remembered.kernel), tuple(draft.notes)
    )


def _following(draft: Draft, steps: Iterable[FileStep]) -> Iterator[ActionStep]:
    """The actions that follow from the steps of a scrub, each once."""
    changed = {step.path for step in steps}
    actions = dict.fromkeys(
        action for place in draft.targets if place in changed for action in draft.targets[place].then
    )
    return (ActionStep(action, Cause.SCRUB, is_way_back=True) for action in actions)


def _left(left: str) -> ManagedPath:
    return ManagedPath(left, Absent(), Cause.ROLLBACK)


def _as_it_was_walked(ordered: Ordered, seen: Observation) -> Observation:
    """The observation for places that had no link on the way when the order was carried out.

    Below a link that the order itself put there, nothing is there now; any other link leads elsewhere.
    """
    links = {path for path in ordered.left if isinstance(seen.found.get(path), Symlink)}
    found = dict(seen.found)
    for path in ordered.left:
        if seen.places.get(path, path) != path:
            below_ours = any(path.startswith(f"{link}/") for link in links)
            found[path] = Absent() if below_ours else Other("leads elsewhere now")
    return replace(seen, places={path: path for path in ordered.left}, found=found)


def _first_steps(ordered: Ordered) -> dict[str, FileStep]:
    """Each path with the first step about it, whose `before` is what stood there when the order began."""
    steps: dict[str, FileStep] = {}
    for step in ordered.steps:
        if isinstance(step, FileStep):
            steps.setdefault(step.path, step)
    return steps


def _actions_back(ordered: Ordered) -> tuple[tuple[ActionStep, ...], tuple[ActionStep, ...]]:
    """The actions before and after the files."""
    back = undo_steps(ordered.steps, len(ordered.steps))
    files = [number for number, item in enumerate(back) if not isinstance(item, ActionStep)]
    first = files[0] if files else 0
    return tuple(_as_steps(back[:first])), tuple(_as_steps(back[first:]))


def _as_steps(back: Iterable[object]) -> Iterator[ActionStep]:
    return (ActionStep(item.action, Cause.ROLLBACK, is_way_back=True) for item in back if isinstance(item, ActionStep))


def _cannot_go(draft: Draft, place: str) -> bool:
    """Whether only a person may remove what is at a place; it does not keep the other places from going."""
    found = draft.found(place)
    return isinstance(found, Other) or (isinstance(found, Directory) and not draft.is_emptied(place))


def _looks_like_a_key(path: str) -> bool:
    return any(word in path.lower() for word in _KEY_WORDS)
