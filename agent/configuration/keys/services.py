"""Pure. `services` → what systemd is asked to do with units (systemctl(1))."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from agent.configuration.problems import Fault
from agent.effects import ServiceVerb, Verb, WantedEffect
from agent.reasons import DocumentKey

_VERBS = {
    "disable": (Verb.DISABLE,),
    "stop": (Verb.STOP,),
    # systemd would report a unit that is masked while it runs as failed.
    "mask": (Verb.STOP, Verb.MASK),
    "enable": (Verb.ENABLE,),
    "start": (Verb.START,),
    "restart": (Verb.RESTART,),
}
_SUFFIXES = (".service", ".socket", ".timer", ".path", ".target", ".mount", ".automount", ".swap", ".slice", ".device")
_CONTRADICTIONS = (
    ("enable", "disable"),
    ("enable", "mask"),
    ("restart", "mask"),
    ("start", "mask"),
    ("start", "stop"),
    ("restart", "stop"),
)


def unit_name(unit: str) -> str:
    """The unit's name with its type; as for systemctl, a name without a type is a service."""
    return unit if unit.endswith(_SUFFIXES) else f"{unit}.service"


def render(services: Mapping[str, Sequence[str]]) -> Iterator[WantedEffect | Fault]:
    """In the order disable, stop, mask, enable, start, restart: units that stop free ports for units that start."""
    yield from _contradictions(services)
    yield from _templates(services)
    for key, verbs in _VERBS.items():
        for position, unit in enumerate(services.get(key, ())):
            for verb in verbs:
                yield WantedEffect(ServiceVerb(unit_name(unit), verb), DocumentKey(("services", key, position)))


def _templates(services: Mapping[str, Sequence[str]]) -> Iterator[Fault]:
    """A template unit (`name@.service`, systemd.unit(5)) cannot run; an instance of it can."""
    for key in ("start", "stop", "restart"):
        for position, unit in enumerate(services.get(key, ())):
            stem, at, kind = unit_name(unit).partition("@.")
            if at:
                instance = f"{stem}@instance.{kind}"
                yield Fault(("services", key, position), "a template unit, which cannot run", suggestion=instance)


def _contradictions(services: Mapping[str, Sequence[str]]) -> Iterator[Fault]:
    for one, other in _CONTRADICTIONS:
        units = {unit_name(unit) for unit in services.get(one, ())}
        for position, unit in enumerate(services.get(other, ())):
            if unit_name(unit) in units:
                yield Fault(("services", other, position), f"is named under {one} as well")
