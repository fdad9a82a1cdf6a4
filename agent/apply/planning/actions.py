"""Pure. Which commands and service verbs follow from a change, in which order, and what takes them back.

What withdraws a unit (`disable`, `unmask` of what an earlier generation did) goes before the files, since systemd needs
the unit's file to find what to withdraw; everything else goes after the files. Undoing mirrors that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from agent.apply.planning.nodes import Absent, Kept
from agent.apply.planning.steps import BACK, ActionStep, FileStep, Managed, Step
from agent.effects import Action, PowerState, RunCommand, ServiceVerb, Verb, Wanted
from agent.frozen import frozen

NO_LONGER = "no longer named"

UNIT_DIRECTORIES = (
    "/etc/systemd/system/",
    "/usr/lib/systemd/system/",
    "/usr/local/lib/systemd/system/",
    "/lib/systemd/system/",
)
RELOAD_UNITS = RunCommand(("systemctl", "daemon-reload"), 90.0)

_WITHDRAWING = frozenset({Verb.DISABLE, Verb.UNMASK})
_ENABLED_WORDS = frozenset({"enabled", "static", "alias", "generated", "indirect", "transient"})


@frozen
class Actions:
    """What is done before and after the files."""

    before: tuple[ActionStep, ...]
    after: tuple[ActionStep, ...]
    verbs: frozenset[ServiceVerb]
    """`Managed.verbs` afterwards."""
    ran_for: str
    """`Managed.ran_for` afterwards."""


def plan_actions(
    wanted: Iterable[Wanted],
    changed: Sequence[tuple[FileStep, tuple[Action, ...]]],
    units: Mapping[str, str],
    remembered: Managed,
    occasion: str,
) -> Actions:
    """`changed`: the file steps with what each brings about. `units`: `systemctl is-enabled`, where it can be asked."""
    actions = [(item, item.effect) for item in wanted if isinstance(item.effect, Action)]
    lasting = {effect: item.because for item, effect in actions if isinstance(effect, ServiceVerb) and _lasting(effect)}
    verbs = {verb: because for verb, because in lasting.items() if not _already(verb, units, remembered)}
    once = [_once(item, effect) for item, effect in actions if not _lasting(effect)]
    due = once if occasion != remembered.ran_for else []
    after = (
        *_reload_units(changed),
        *(ActionStep(verb, because) for verb, because in verbs.items()),
        *_without_repetition((*_brought_about(changed), *due)),
    )
    return Actions(
        tuple(_withdrawn(frozenset(lasting), units, remembered)),
        after,
        _managed_verbs(frozenset(lasting), verbs, remembered),
        occasion if once else remembered.ran_for,
    )


def back(verb: ServiceVerb) -> ServiceVerb:
    """What takes a lasting verb back."""
    return ServiceVerb(verb.unit, BACK[verb.verb])


def undo_steps(steps: Sequence[Step], begun: int) -> tuple[tuple[str, Kept] | ActionStep, ...]:
    """What takes back the first `begun` of these steps, in order: a path and what stood there, or an action.

    All files are taken back, whatever was begun: putting back what is there already changes nothing. Commands of the
    document have nothing that takes them back. What followed from files is done again, so that services see the files
    that are there now.
    """
    acted = [step for step in steps[:begun] if isinstance(step, ActionStep)]
    takers = [
        ActionStep(back(step.action), step.because)
        for step in reversed(acted)
        if isinstance(step.action, ServiceVerb) and _lasting(step.action)
    ]
    early = [step for step in takers if _withdraws(step)]
    files = [(step.path, step.before) for step in reversed(steps) if isinstance(step, FileStep)]
    late = [step for step in takers if not _withdraws(step)]
    again = [step for step in acted if not step.once and not _lasting(step.action) and not _powers(step)]
    return (*early, *files, *late, *again)


def _withdraws(step: ActionStep) -> bool:
    return isinstance(step.action, ServiceVerb) and step.action.verb in _WITHDRAWING


def _powers(step: ActionStep) -> bool:
    return isinstance(step.action, PowerState)


def _lasting(action: Action) -> bool:
    return isinstance(action, ServiceVerb) and action.verb in BACK


def _once(item: Wanted, action: Action) -> ActionStep:
    once = isinstance(action, RunCommand | PowerState)
    return ActionStep(action, item.because, once=once, sensitive=item.sensitive)


def _already(verb: ServiceVerb, units: Mapping[str, str], remembered: Managed) -> bool:
    """Whether the unit is so already; where systemd cannot be asked, what was recorded earlier counts."""
    word = units.get(verb.unit)
    if word is None:
        return verb in remembered.verbs
    match verb.verb:
        case Verb.ENABLE:
            return word in _ENABLED_WORDS
        case Verb.DISABLE:
            return not word.startswith("enabled")
        case Verb.MASK:
            return word == "masked"
        case Verb.UNMASK:
            return not word.startswith("masked")
        case Verb.RESTART | Verb.RELOAD:
            return False


def _withdrawn(lasting: frozenset[ServiceVerb], units: Mapping[str, str], remembered: Managed) -> Iterator[ActionStep]:
    for verb in sorted(remembered.verbs, key=lambda verb: (verb.unit, verb.verb.value)):
        named = verb in lasting or back(verb) in lasting
        undone_already = verb.unit in units and _already(back(verb), units, remembered)
        if not named and not undone_already:
            yield ActionStep(back(verb), NO_LONGER)


def _managed_verbs(
    lasting: frozenset[ServiceVerb], done: Iterable[ServiceVerb], remembered: Managed
) -> frozenset[ServiceVerb]:
    """A verb that only brought back what was there before the agent is not managed."""
    kept = {verb for verb in remembered.verbs if verb in lasting}
    new = {verb for verb in done if back(verb) not in remembered.verbs}
    return frozenset(kept | new)


def _reload_units(changed: Iterable[tuple[FileStep, tuple[Action, ...]]]) -> Iterator[ActionStep]:
    for step, _ in changed:
        if step.path.startswith(UNIT_DIRECTORIES):
            yield ActionStep(RELOAD_UNITS, step.because)
            return


def _brought_about(changed: Iterable[tuple[FileStep, tuple[Action, ...]]]) -> Iterator[ActionStep]:
    for step, actions in changed:
        for action in actions:
            yield ActionStep(action, step.because, is_way_back=step.after == Absent())


def _without_repetition(steps: Iterable[ActionStep]) -> list[ActionStep]:
    """Each action once, commands of the document excepted; a unit that is restarted need not be reloaded."""
    first: dict[object, ActionStep] = {}
    for step in steps:
        first.setdefault((step.action, step.because) if step.once else step.action, step)
    return [step for step in first.values() if not _covered(step.action, first)]


def _covered(action: Action, others: Mapping[object, ActionStep]) -> bool:
    match action:
        case ServiceVerb(unit, Verb.RELOAD):
            return ServiceVerb(unit, Verb.RESTART) in others
        case _:
            return False
