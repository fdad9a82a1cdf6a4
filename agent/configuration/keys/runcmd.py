"""Pure. `runcmd` → commands, each a step of its own: one that fails ends the apply, and the files are undone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.configuration.problems import path_text
from agent.effects import RunCommand, Wanted

LIMIT_S = 300.0


def render(commands: Sequence[str | Sequence[str]]) -> Iterator[Wanted]:
    """A text goes to /bin/sh, a list of words to nobody's interpretation."""
    for position, command in enumerate(commands):
        argv = ("/bin/sh", "-c", command) if isinstance(command, str) else tuple(command)
        yield Wanted(RunCommand(argv, LIMIT_S), path_text(("runcmd", position)))
