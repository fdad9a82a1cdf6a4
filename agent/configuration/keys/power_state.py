"""Pure. `power_state` → a reboot or a power-off, once everything is kept and reported."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from agent.configuration.problems import Fault
from agent.effects import Power, PowerState, WantedEffect
from agent.reasons import DocumentKey


def render(wanted: Mapping[str, str]) -> Iterator[WantedEffect | Fault]:
    """`+5` is five minutes."""
    delay, mode = wanted.get("delay", "now"), wanted["mode"]
    if mode not in {power.value for power in Power}:
        yield Fault(("power_state", "mode"), "takes reboot or poweroff")
    elif delay != "now" and not delay.removeprefix("+").isdecimal():
        yield Fault(("power_state", "delay"), "takes now, or +MINUTES")
    else:
        delay_s = 0.0 if delay == "now" else float(delay) * 60
        yield WantedEffect(PowerState(Power(mode), delay_s), DocumentKey(("power_state",)))
