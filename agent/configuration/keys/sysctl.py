"""Pure. `sysctl` → one file of sysctl.d(5), which systemd-sysctl reads again at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from agent.effects import ServiceVerb, Verb, Wanted, WriteFile

PATH = "/etc/sysctl.d/90-kitting.conf"
_AGAIN = ServiceVerb("systemd-sysctl.service", Verb.RESTART)


def render(parameters: Mapping[str, str | int]) -> Iterator[Wanted]:
    """By name, so that the order in the document makes no difference."""
    content = "".join(f"{name} = {value}\n" for name, value in sorted(parameters.items()))
    yield Wanted(WriteFile(PATH, content.encode(), 0o644, "root:root"), "sysctl", then=(_AGAIN,))
