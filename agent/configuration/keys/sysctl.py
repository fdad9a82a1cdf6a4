"""Pure. `sysctl` → one file of sysctl.d(5) for the next boot, and the values that the kernel has from now on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from agent.effects import KernelValues, WantedEffect, WriteFile
from agent.reasons import DocumentKey

PATH = "/etc/sysctl.d/90-kitting.conf"
PLACES = (PATH,)


def render(parameters: Mapping[str, str | int]) -> Iterator[WantedEffect]:
    """By name, so that the order in the document makes no difference."""
    values = tuple(sorted((name, str(value)) for name, value in parameters.items()))
    content = "".join(f"{name} = {value}\n" for name, value in values)
    yield WantedEffect(WriteFile(PATH, content.encode(), 0o644, "root:root"), DocumentKey(("sysctl",)))
    yield WantedEffect(KernelValues(values), DocumentKey(("sysctl",)))
