"""Pure. `sysctl` → one file of sysctl.d(5), which systemd-sysctl reads again at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from agent.effects import ServiceVerb, Verb, WantedEffect, WriteFile
from agent.reasons import DocumentKey

PATH = "/etc/sysctl.d/90-kitting.conf"
PLACES = (PATH,)
_AGAIN = ServiceVerb("systemd-sysctl.service", Verb.RESTART)


def render(parameters: Mapping[str, str | int]) -> Iterator[WantedEffect]:
    """By name, so that the order in the document makes no difference."""
    content = "".join(f"{name} = {value}\n" for name, value in sorted(parameters.items()))
    yield WantedEffect(WriteFile(PATH, content.encode(), 0o644, "root:root"), DocumentKey(("sysctl",)), then=(_AGAIN,))
