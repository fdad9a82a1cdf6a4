"""Pure. Plans that lead back: to the generation before the present one, and away from everything sensitive.

Both touch only what is still as the agent left it; what somebody else changed since is theirs, and is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from agent.apply.journal.records import Ordered
from agent.apply.planning.actions import undo_steps
from agent.apply.planning.nodes import Absent, Directory, Kept, Lost, Node, Other, Symlink
from agent.apply.planning.observation import Observation, Questions
from agent.apply.planning.plan import ROOT_OWNER, Draft, Plan, Target, file_steps
from agent.apply.planning.steps import ActionStep, FileStep, Managed, ManagedPath
from agent.effects import Action
from agent.handover.order import Change

ROLLBACK = "rollback"
SCRUB = "scrub"
_KEYS = ("ssh", "key", "credential", "password", "secret")


def questions_back(ordered: Ordered) -> Questions:
    """What `plan_back` will have to know."""
    return Questions(tuple(_first_steps(ordered)), (ROOT_OWNER,), ())


def plan_back(ordered: Ordered, seen: Observation) -> Plan:
    """To what stood there before this order was carried out; its commands are not run again, and not taken back."""
    draft = Draft(_as_it_was_walked(ordered, seen), {path: _ours(left) for path, left in ordered.left.items()})
    for path, step in _first_steps(ordered).items():
        if draft.is_ours(path):
            _aim(draft, path, step.before, ROLLBACK, (), sensitive=step.sensitive)
        else:
            draft.notes.append(Change("left", path, "changed by somebody else since"))
    steps = tuple(file_steps(draft))
    early, late = _actions_back(ordered)
    return Plan((*early, *steps, *late), ordered.came_from, tuple(draft.notes))


def questions_scrub(remembered: Managed) -> Questions:
    """What `plan_scrub` will have to know."""
    return Questions(tuple(remembered.paths), (ROOT_OWNER,), ())


def plan_scrub(remembered: Managed, seen: Observation) -> Plan:
    """What stood there before, instead of all that is managed and sensitive; what looks like a key goes first."""
    draft = Draft(seen, {seen.places.get(path, path): entry for path, entry in remembered.paths.items()})
    sensitive = {seen.places.get(path, path): path for path, entry in remembered.paths.items() if entry.sensitive}
    stuck: set[str] = set()
    for place in sorted(sensitive, key=lambda place: place.count("/"), reverse=True):
        entry = remembered.paths[sensitive[place]]
        if _cannot_go(draft, place):
            stuck.add(sensitive[place])
            draft.notes.append(Change("left", place, "something else is in the way: remove it by hand"))
            continue
        before = Absent() if isinstance(entry.before, Lost) else entry.before
        _aim(draft, place, before, SCRUB, entry.then, sensitive=True)
    steps = sorted(file_steps(draft), key=lambda step: not _looks_like_a_key(step.path))
    changed = {step.path for step in steps}
    actions = dict.fromkeys(
        action for place in draft.targets if place in changed for action in draft.targets[place].then
    )
    after = tuple(ActionStep(action, SCRUB, is_way_back=True) for action in actions)
    rest = {path: entry for path, entry in remembered.paths.items() if not entry.sensitive or path in stuck}
    return Plan((*steps, *after), Managed(rest, remembered.verbs, ""), tuple(draft.notes))


def _ours(left: str) -> ManagedPath:
    return ManagedPath(left, Absent(), ROLLBACK)


def _as_it_was_walked(ordered: Ordered, seen: Observation) -> Observation:
    """The steps' paths had no link on the way: below one that the order itself put there, nothing is there now."""
    links = {path for path in ordered.left if isinstance(seen.found.get(path), Symlink)}
    found = dict(seen.found)
    for path in ordered.left:
        if seen.places.get(path, path) != path:
            below_ours = any(path.startswith(f"{link}/") for link in links)
            found[path] = Absent() if below_ours else Other("leads elsewhere now")
    return replace(seen, places={path: path for path in ordered.left}, found=found)


def _first_steps(ordered: Ordered) -> dict[str, FileStep]:
    """Each path with the first step about it: what stood there before everything."""
    steps: dict[str, FileStep] = {}
    for step in ordered.steps:
        if isinstance(step, FileStep):
            steps.setdefault(step.path, step)
    return steps


def _aim(draft: Draft, place: str, before: Kept, because: str, then: tuple[Action, ...], *, sensitive: bool) -> None:
    if isinstance(before, Lost):
        draft.notes.append(Change("left", place, "the kept copy of what stood there is damaged"))
        return
    node: Node = before
    draft.targets[place] = Target(node, because, then, sensitive)


def _actions_back(ordered: Ordered) -> tuple[tuple[ActionStep, ...], tuple[ActionStep, ...]]:
    """What is done before and after the files."""
    back = undo_steps(ordered.steps, len(ordered.steps))
    files = [number for number, item in enumerate(back) if not isinstance(item, ActionStep)]
    first = files[0] if files else 0
    return tuple(_as_steps(back[:first])), tuple(_as_steps(back[first:]))


def _as_steps(back: Iterable[object]) -> Iterator[ActionStep]:
    return (ActionStep(item.action, ROLLBACK, is_way_back=True) for item in back if isinstance(item, ActionStep))


def _cannot_go(draft: Draft, place: str) -> bool:
    """What nobody may remove but a person, and what must not keep everything else from going."""
    found = draft.found(place)
    return isinstance(found, Other) or (isinstance(found, Directory) and not draft.is_emptied(place))


def _looks_like_a_key(path: str) -> bool:
    return any(word in path.lower() for word in _KEYS)
