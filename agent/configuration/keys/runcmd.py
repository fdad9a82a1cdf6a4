"""Pure. `runcmd` → commands, each a step of its own: one that fails ends the apply, unless its author lets it go on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from agent.configuration.problems import Fault
from agent.effects import OnError, RunCommand, WantedEffect
from agent.reasons import DocumentKey
from agent.setting_values import duration_s

LIMIT_S = 300.0
MOST_S = 3600.0

_BUILTINS = frozenset(
    {"cd", "export", "source", ".", "alias", "unalias", "set", "unset", "eval", "exec", "ulimit", "umask", "read"}
    | {"exit", "return", "shift", "local", "pushd", "popd", "shopt", "jobs", "bg", "fg", "declare", "let", "if", "for"}
    | {"trap", "while", "until", "case", "function", "history", "hash", "wait", "type", "command", "builtin"}
)
"""Words that only a shell understands (POSIX 2.14, bash(1)); Debian has no program of these names."""

Command = str | Sequence[str]


def render(commands: Sequence[Command | Mapping[str, Any]]) -> Iterator[WantedEffect | Fault]:
    """A text is run by /bin/sh; a list of words is run without a shell."""
    for position, item in enumerate(commands):
        options: Mapping[str, Any] = item if isinstance(item, Mapping) else {"command": item}
        limit_s = _limit_s(options.get("timeout"))
        if limit_s is None:
            yield Fault(("runcmd", position, "timeout"), "takes a duration above zero and of at most an hour")
            continue
        goes_on = options.get("on_error") == OnError.CONTINUE.value
        on_error = OnError.CONTINUE if goes_on else OnError.STOP
        if reason := _no_program(options["command"]):
            yield Fault(("runcmd", position), reason)
            continue
        effect = RunCommand(_argv(options["command"]), limit_s, on_error, own_scope=True)
        because = DocumentKey(("runcmd", position))
        yield WantedEffect(effect, because, sensitive=options.get("sensitive", False))


def _limit_s(text: object) -> float | None:
    if text is None:
        return LIMIT_S
    try:
        limit_s = duration_s(text)
    except ValueError:
        return None
    return limit_s if 0 < limit_s <= MOST_S else None


def _no_program(command: Command) -> str:
    """Why the first word of a list of words cannot be started; empty where it may be."""
    if isinstance(command, str) or command[0] not in _BUILTINS:
        return ""
    return f"{command[0]} is a part of the shell and no program; write the command as one text"


def _argv(command: Command) -> tuple[str, ...]:
    return ("/bin/sh", "-c", command) if isinstance(command, str) else tuple(command)
