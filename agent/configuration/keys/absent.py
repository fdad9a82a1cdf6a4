"""Pure. `absent` → paths with nothing at them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.effects import RemoveFile, WantedEffect
from agent.reasons import DocumentKey


def render(paths: Sequence[str]) -> Iterator[WantedEffect]:
    """The removal of each path, in the order of the document."""
    for position, path in enumerate(paths):
        yield WantedEffect(RemoveFile(path), DocumentKey(("absent", position)))
