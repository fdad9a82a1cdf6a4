"""Edge. The output of the demonstration, and its waits for expected states."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
_LOOK_S = 0.2


class StoryFailed(Exception):
    """An expected state was not reached."""


def chapter(title: str) -> None:
    """A heading."""
    print(f"\n== {title}", flush=True)


def say(text: str) -> None:
    """A line or some."""
    print("\n".join(f"   {line}" for line in text.splitlines()), flush=True)


def until(what: str, holds: Callable[[], T], within_s: float = 120.0) -> T:
    """What `holds` returns as soon as that is true; raises `StoryFailed` where it does not become so."""
    begun = time.monotonic()
    while not (found := holds()):
        if time.monotonic() - begun > within_s:
            raise StoryFailed(f"not within {within_s:.0f} s: {what}")
        time.sleep(_LOOK_S)
    say(f"{what} ({time.monotonic() - begun:.0f} s)")
    return found


def need(what: str, holds: bool) -> None:  # noqa: FBT001 (a condition)
    """Raises `StoryFailed` where something is not so."""
    if not holds:
        raise StoryFailed(what)
    say(what)
    sys.stdout.flush()
