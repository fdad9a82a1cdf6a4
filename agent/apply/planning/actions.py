"""Pure. Which commands and service verbs follow from a change, in which order, and which actions undo them.

Actions that withdraw a unit (`disable`, `stop`, or `unmask` of what an earlier generation masked) are done before the
files change, since systemd needs the unit's file for them. All other actions are done after the files. Undoing mirrors
that. A unit that did not run is not restarted but started, so that undoing stops it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from agent.apply.planning.nodes import Absent, Kept
from agent.apply.planning.steps import BACK, ActionStep, FileStep, Managed, Step
from agent.apply.planning.unit_state import UnitState, would_change_nothing
from agent.configuration.protected_units import UNIT_DIRECTORIES
from agent.effects import Action, KernelValues, PowerState, RunCommand, ServiceVerb, Verb, WantedEffect
from agent.errors import Code, Failure
from agent.frozen import frozen
from agent.reasons import Cause

Changed = tuple[FileStep, tuple[Action, ...]]
"""A file step, and the actions that follow from it."""

RELOAD_UNITS = RunCommand(("systemctl", "daemon-reload"), 90.0)

_WITHDRAWING = frozenset({Verb.DISABLE, Verb.UNMASK, Verb.STOP})
_OWN_UNITS = UNIT_DIRECTORIES[0]


@frozen
class Actions:
    """The actions before and after the files, and what is remembered of them."""

    before: tuple[ActionStep, ...]
    after: tuple[ActionStep, ...]
    verbs: frozenset[ServiceVerb]
    """`Managed.verbs` afterwards."""
    ran_for: str
    """`Managed.ran_for` afterwards."""


def plan_actions(
    wanted: Iterable[WantedEffect],
    changed: Sequence[Changed],
    units: Mapping[str, UnitState],
    remembered: Managed,
    occasion: str,
) -> Actions:
    """The actions for these effects; raises `Failure(apply.failed)` for a unit that cannot be masked.

    Args:
        wanted: the effects of the document.
        changed: the file steps, each with the actions that follow from it.
        units: unit → its state; empty where systemd cannot be asked.
        remembered: what the earlier generation manages.
        occasion: names configuration and SIM, for which commands run once.
    """
    actions = [(item, item.effect) for item in wanted if isinstance(item.effect, Action)]
    lasting = {effect: item.because for item, effect in actions if isinstance(effect, ServiceVerb) and _lasting(effect)}
    verbs = {verb: because for verb, because in lasting.items() if not _already(verb, units, remembered)}
    _check_masks(verbs, units, changed)
    once = [_once(item, effect) for item, effect in actions if not _lasting(effect)]
    due = once if occasion != remembered.ran_for else []
    withdrawn = tuple(_withdrawn(frozenset(lasting), units, remembered))
    following = (_started_where_inactive(step, units) for step in (*_brought_about(changed), *due))
    after = (
        *_reload_units(changed),
        *(step for step in withdrawn if not _withdraws(step)),
        *(ActionStep(verb, because) for verb, because in verbs.items()),
        *_without_repetition(following),
    )
    return Actions(
        tuple(step for step in withdrawn if _withdraws(step)),
        after,
        _managed_verbs(frozenset(lasting), verbs, remembered),
        occasion if once else remembered.ran_for,
    )


def back(verb: ServiceVerb) -> ServiceVerb:
    """The verb that undoes a lasting verb."""
    return ServiceVerb(verb.unit, BACK[verb.verb])


def undo_steps(steps: Sequence[Step], begun: int) -> tuple[tuple[str, Kept] | ActionStep, ...]:
    """What undoes these steps, in order: a path and what stood there, or an action.

    All files are put back, whatever was begun: putting back what is there already changes nothing. Of the actions, only
    those of the first `begun` steps are undone. Commands of the document cannot be undone. Actions that followed from
    files are done again, so that services read the files that are there now.
    """
    acted = [step for step in steps[:begun] if isinstance(step, ActionStep)]
    opposites = ((step, _opposite(step.action)) for step in reversed(acted))
    takers = [ActionStep(action, step.because) for step, action in opposites if action]
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
    return isinstance(action, KernelValues) or (isinstance(action, ServiceVerb) and action.verb in BACK)


def _opposite(action: Action) -> Action | None:
    """The action that undoes an action; None where it is only repeated, or cannot be undone."""
    match action:
        case ServiceVerb() if _lasting(action):
            return back(action)
        case KernelValues(values, before):
            return KernelValues(before, values)
        case _:
            return None


def _once(item: WantedEffect, action: Action) -> ActionStep:
    once = isinstance(action, RunCommand | PowerState)
    return ActionStep(action, item.because, once=once, sensitive=item.sensitive)


def _check_masks(verbs: Iterable[ServiceVerb], units: Mapping[str, UnitState], changed: Sequence[Changed]) -> None:
    """Systemd masks a unit by a link in the place of its file, and refuses where the file itself is there."""
    removed = {step.path for step, _ in changed if step.after == Absent()}
    for verb in verbs:
        fragment = units[verb.unit].fragment if verb.unit in units else ""
        if verb.verb is Verb.MASK and fragment.startswith(_OWN_UNITS) and fragment not in removed:
            why = (
                f"{verb.unit} cannot be masked, since its file is here; use disable and stop, or remove it with absent"
            )
            raise Failure(Code.APPLY_FAILED, why, where=fragment)


def _started_where_inactive(step: ActionStep, units: Mapping[str, UnitState]) -> ActionStep:
    match step.action:
        case ServiceVerb(unit, Verb.RESTART | Verb.RELOAD) if not step.is_way_back and unit in units:
            return replace(step, action=ServiceVerb(unit, Verb.START)) if units[unit].is_at_rest else step
        case _:
            return step


def _already(verb: ServiceVerb, units: Mapping[str, UnitState], remembered: Managed) -> bool:
    """Whether the verb would change nothing; where systemd cannot be asked, the verbs that were recorded count."""
    if verb.unit not in units:
        return verb in remembered.verbs
    return would_change_nothing(units[verb.unit], verb.verb)


def _withdrawn(
    lasting: frozenset[ServiceVerb], units: Mapping[str, UnitState], remembered: Managed
) -> Iterator[ActionStep]:
    for verb in sorted(remembered.verbs, key=lambda verb: (verb.unit, verb.verb.value)):
        named = verb in lasting or back(verb) in lasting
        undone_already = verb.unit in units and _already(back(verb), units, remembered)
        if not named and not undone_already:
            yield ActionStep(back(verb), Cause.NO_LONGER_NAMED)


def _managed_verbs(
    lasting: frozenset[ServiceVerb], done: Iterable[ServiceVerb], remembered: Managed
) -> frozenset[ServiceVerb]:
    """A verb that only undid a verb of an earlier generation is not managed."""
    kept = {verb for verb in remembered.verbs if verb in lasting}
    new = {verb for verb in done if back(verb) not in remembered.verbs}
    return frozenset(kept | new)


def _reload_units(changed: Iterable[Changed]) -> Iterator[ActionStep]:
    for step, _ in changed:
        if step.path.startswith(UNIT_DIRECTORIES):
            yield ActionStep(RELOAD_UNITS, step.because)
            return


def _brought_about(changed: Iterable[Changed]) -> Iterator[ActionStep]:
    for step, actions in changed:
        for action in actions:
            yield ActionStep(action, step.because, is_way_back=step.after == Absent())


def _without_repetition(steps: Iterable[ActionStep]) -> list[ActionStep]:
    """Each action once, except commands of the document; a unit that is restarted is not reloaded."""
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
