"""Values. A systemd unit as it was seen, and whether a verb would change it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from agent.effects import Verb
from agent.frozen import frozen

NOT_FOUND = "not-found"
"""`UnitState.enabled` of a unit that systemd does not know."""
_ENABLED_STATES = frozenset({"enabled", "static", "alias", "generated", "indirect", "transient"})


@frozen
class UnitState:
    """A unit as systemd knows it (org.freedesktop.systemd1(5))."""

    enabled: str
    """What `systemctl is-enabled` prints; `not-found` for a unit that systemd does not know."""
    is_active: bool = False
    """Whether it runs, is starting, or is reloading."""
    is_oneshot: bool = False
    """Whether it runs to its end, so that it is not active afterwards (`Type=oneshot`)."""
    fragment: str = ""
    """Path of the unit's file; empty where there is none."""

    @property
    def is_at_rest(self) -> bool:
        """Whether systemd knows the unit, and it does not run although it could go on running."""
        return self.enabled != NOT_FOUND and not self.is_active and not self.is_oneshot


_ALREADY: Mapping[Verb, Callable[[UnitState], bool]] = MappingProxyType(
    {
        Verb.ENABLE: lambda state: state.enabled in _ENABLED_STATES,
        Verb.DISABLE: lambda state: not state.enabled.startswith("enabled"),
        Verb.MASK: lambda state: state.enabled == "masked",
        Verb.UNMASK: lambda state: not state.enabled.startswith("masked"),
        Verb.START: lambda state: state.is_active,
        Verb.STOP: lambda state: not state.is_active,
    }
)


def would_change_nothing(state: UnitState, verb: Verb) -> bool:
    """Whether a verb leaves a unit in this state as it is; a restart never does."""
    return verb in _ALREADY and _ALREADY[verb](state)
