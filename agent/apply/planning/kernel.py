"""Pure. Which kernel parameters a plan sets, which it sets back, and what is remembered of them.

The file below /etc/sysctl.d is about the next boot. What is in force now is a state of its own: it is observed before,
set by a step, read again after it, and set back on the way back. A parameter that this kernel does not have is noted.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping

from agent.apply.planning.steps import ActionStep, Managed, ManagedParameter
from agent.effects import KernelValues, WantedEffect
from agent.frozen import frozen
from agent.handover.order import Change
from agent.reasons import Cause, StepReason


@frozen
class Kernel:
    """The steps about kernel parameters, what is managed after them, and what is left as it is."""

    steps: tuple[ActionStep, ...]
    managed: Mapping[str, ManagedParameter]
    notes: tuple[Change, ...]


def parameters_in(wanted: Iterable[WantedEffect]) -> dict[str, tuple[str, StepReason]]:
    """Parameter → the wanted value and its reason."""
    effects = ((item, item.effect) for item in wanted)
    return {
        name: (value, item.because)
        for item, effect in effects
        if isinstance(effect, KernelValues)
        for name, value in effect.values
    }


def plan_kernel(wanted: Iterable[WantedEffect], seen: Mapping[str, str | None], remembered: Managed) -> Kernel:
    """The steps to the wanted values. `seen` is the value of each parameter now, None for one that is not there."""
    parameters = parameters_in(wanted)
    managed: dict[str, ManagedParameter] = {}
    notes: list[Change] = []
    changes: list[tuple[str, str, str]] = []
    for name, (value, _) in parameters.items():
        now, entry = seen.get(name, ""), remembered.kernel.get(name)
        if now is None:
            notes.append(Change("left", name, Cause.NO_SUCH_PARAMETER))
            continue
        is_so = same_value(now, value) if name in seen else entry is not None and entry.wrote == value
        if not is_so:
            changes.append((name, value, now))
        if entry or not is_so:
            managed[name] = ManagedParameter(value, entry.before if entry else now)
    back, left = _no_longer_named(parameters, seen, remembered)
    steps = [_step(back, Cause.NO_LONGER_NAMED)] if back else []
    steps += [_step(changes, parameters[changes[0][0]][1])] if changes else []
    return Kernel(tuple(steps), managed, (*notes, *left))


def _no_longer_named(
    parameters: Container[str], seen: Mapping[str, str | None], remembered: Managed
) -> tuple[list[tuple[str, str, str]], list[Change]]:
    """What is set back: name, value before the agent came, and value now; and what is left, since it was changed."""
    back: list[tuple[str, str, str]] = []
    left: list[Change] = []
    for name, entry in remembered.kernel.items():
        now = seen.get(name)
        if name in parameters or now is None or same_value(now, entry.before):
            continue
        if same_value(now, entry.wrote):
            back.append((name, entry.before, now))
        else:
            left.append(Change("left", name, Cause.CHANGED_SINCE))
    return back, left


def same_value(one: str, other: str) -> bool:
    """Whether two texts are one value: the kernel separates the numbers of a list by tabs."""
    return one.split() == other.split()


def _step(changes: Iterable[tuple[str, str, str]], because: StepReason) -> ActionStep:
    values = tuple((name, value) for name, value, _ in changes)
    before = tuple((name, now) for name, _, now in changes if now)
    return ActionStep(KernelValues(values, before), because)
