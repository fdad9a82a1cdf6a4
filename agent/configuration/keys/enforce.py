"""Pure. `enforce` → nothing by itself: every file of the document is put right where somebody changed it."""

from __future__ import annotations

from collections.abc import Iterator

from agent.effects import Wanted


def render(_: bool) -> Iterator[Wanted]:  # noqa: FBT001 (a key's value)
    """`rendering.rendered` looks at it."""
    return iter(())
