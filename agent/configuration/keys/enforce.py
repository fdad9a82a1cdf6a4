"""Pure. `enforce` → no effect of its own: files of the document that were changed since are written again."""

from __future__ import annotations

from collections.abc import Iterator

from agent.effects import WantedEffect


def render(_: bool) -> Iterator[WantedEffect]:  # noqa: FBT001 (a key's value)
    """No effects: `agent.configuration.rendering` reads the value itself."""
    return iter(())
