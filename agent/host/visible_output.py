"""Edge. Standard output and standard error, cleaned in the one place where all lines leave the program."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO, cast

from agent.visible_text import visible


class VisibleOutput:
    """A text stream whose every `write` is one line, or a part of one, without hidden characters."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        """Writes a part of a line, or the end of a line."""
        return self.stream.write(text if text == "\n" else visible(text))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


@contextmanager
def visible_output() -> Iterator[None]:
    """Standard output and standard error are cleaned within the `with` block."""
    before = sys.stdout, sys.stderr
    # A process without a standard output has None here.
    sys.stdout, sys.stderr = (cast("TextIO", stream and VisibleOutput(stream)) for stream in before)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def as_it_is(stream: TextIO) -> TextIO:
    """The stream itself, for what moves the cursor or has a format of its own; its texts have to be clean already."""
    return stream.stream if isinstance(stream, VisibleOutput) else stream
