"""Pure. `absent` → paths with nothing at them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.effects import RemoveFile, Wanted
from agent.key_path import path_text


def render(paths: Sequence[str]) -> Iterator[Wanted]:
    """In document order."""
    for position, path in enumerate(paths):
        yield Wanted(RemoveFile(path), path_text(("absent", position)))
