"""Pure. What a value of a SIM or a modem may contain at a place of a document.

Tags can be written by whatever runs behind the gateway. A value that is filled in therefore stays a value: it does not
choose another directory, add a word to a command, or change the structure of a file. Which program reads a file, or
gets an argument, is not known here: the rule is the same for all of them, and the author of the document lifts it by
a filter that says what reads the value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import Enum, unique
from typing import Any

from agent.configuration.acceptance import TEMPLATE
from agent.key_path import KeyPath


@unique
class FilledPlace(Enum):
    """The reader of a text into which a value is filled: it decides what the value may contain."""

    COMPONENT = "component"
    """A path, a URL, or a name of a unit: the value is one component of it."""
    SHELL_TEXT = "shell text"
    """A text that a shell or an interpreter runs, or the name of a program: no tag stands here."""
    ARGUMENT = "argument"
    """A word of a command: only characters that mean nothing to any program, or a filter; it begins no option."""
    FILE = "file"
    """The content of a file: only characters that mean nothing to any of its readers, or a filter."""
    PROGRAM_FILE = "program file"
    """The content of a unit, or of a file that is a program: as in a file, but it is not for people."""
    FIXED = "fixed"
    """It decides how a file is read, or who may use it: no value stands here."""
    VALUE = "value"
    """A value that the agent itself writes into a file, in the quoting of that file: one line of any characters."""


_COMPONENTS: tuple[tuple[str | None, ...], ...] = (
    ("write_files", None, "path"),
    ("write_files", None, "source", "url"),
    ("write_files", None, "restart", None),
    ("write_files", None, "reload", None),
    ("environment", None, "path"),
    ("environment", None, "restart", None),
    ("environment", None, "reload", None),
    ("absent", None),
    ("users", None, "home"),
    ("users", None, "shell"),
    ("units", None, "name"),
    ("units", None, "dropins", None, "name"),
    ("services", None, None),
)
_FIXED: tuple[tuple[str | None, ...], ...] = (
    ("write_files", None, "permissions"),
    ("write_files", None, "encoding"),
    ("environment", None, "permissions"),
)
_UNIT_CONTENTS: tuple[tuple[str | None, ...], ...] = (
    ("units", None, "content"),
    ("units", None, "dropins", None, "content"),
)
_EXECUTABLE = r"[0-7]*[1357][0-7]{0,2}"
_SHELLS = (
    r"(?:sh|bash|dash|ash|zsh|ksh|mksh|fish|busybox|su|runuser|python|perl|ruby|node|nodejs|lua|php|tclsh|expect|rbash)"
    r"[0-9.]*"
)
_TEXT_OPTION = r"-[A-Za-z]*[ceErp]|--command|--eval|--execute|--print|--init-file|--rcfile"
"""Options of shells and interpreters before a text that they run."""
_ANY_TEXT_OPTION = r"-l?c|-e|--command|--eval|--exec|--execute"
"""Options before a text that is run, of programs that are not known here."""
_RUN_TEXT = frozenset({"eval", "ssh", "at", "batch", "watch", "parallel", "awk", "gawk", "mawk", "sed", "xargs"})
"""Programs that run their arguments as a text."""
_STARTERS = frozenset(
    {"env", "sudo", "doas", "nice", "ionice", "nohup", "timeout", "setsid", "stdbuf", "chroot", "systemd-run", "time"}
    | {"exec", "command", "unshare", "nsenter", "flock", "chpst", "setpriv", "busybox"}
)
"""Programs that start the program that their arguments name."""
_NO_PROGRAM = r"-.*|[0-9.]+[smhd]?|[A-Za-z_][A-Za-z0-9_]*=.*"


def place_of(path: KeyPath, document: Mapping[str, Any]) -> FilledPlace:
    """The reader of the text at a path of a document."""
    if path[0] == "runcmd":
        return _place_in_command(path, document)
    if any(_is(path, shape) for shape in _COMPONENTS):
        return FilledPlace.COMPONENT
    if any(_is(path, shape) for shape in _FIXED):
        return FilledPlace.FIXED
    if any(_is(path, shape) for shape in _UNIT_CONTENTS):
        return FilledPlace.PROGRAM_FILE
    if _is(path, ("write_files", None, "content")):
        return _place_in_file(document["write_files"][path[1]])
    return FilledPlace.VALUE


def _is(path: KeyPath, shape: Sequence[str | None]) -> bool:
    return len(path) == len(shape) and all(want is None or step == want for step, want in zip(path, shape, strict=True))


def _place_in_file(file: Mapping[str, Any]) -> FilledPlace:
    """The reader of a content. No value stands in its encoding and its mode, so that both are known before filling."""
    content, mode, encoding = file.get("content"), file.get("permissions"), file.get("encoding")
    if encoding not in {None, "text/plain"}:
        return FilledPlace.FIXED
    is_script = isinstance(content, str) and content.lstrip().startswith("#!")
    is_executable = isinstance(mode, str) and re.fullmatch(_EXECUTABLE, mode) and re.search("[1357]", mode[-3:])
    return FilledPlace.PROGRAM_FILE if is_script or is_executable else FilledPlace.FILE


def _place_in_command(path: KeyPath, document: Mapping[str, Any]) -> FilledPlace:
    # What stands under the key may still have any shape: the schema is not yet looked at.
    commands, index = document["runcmd"], path[1] if len(path) > 1 else None
    item = commands[index] if isinstance(commands, list) and isinstance(index, int) else commands
    command = item.get("command") if isinstance(item, dict) else item
    if isinstance(command, str):
        return FilledPlace.SHELL_TEXT
    position = path[-1]
    if not isinstance(command, list) or not isinstance(position, int):
        return FilledPlace.ARGUMENT
    words = [word if isinstance(word, str) else "" for word in command]
    return FilledPlace.SHELL_TEXT if _is_program_text(words, position) else FilledPlace.ARGUMENT


def _is_program_text(words: Sequence[str], position: int) -> bool:
    """Whether a word of a command is the name of its program, or a text that a program runs."""
    before = words[:position]
    programs = [_base(word) for word in before if not _is_no_program(word)]
    if all(name in _STARTERS for name in programs) and not _is_no_program(words[position]):
        return True
    if not _RUN_TEXT.isdisjoint(programs):
        return True
    if position and words[position].startswith(TEMPLATE) and re.fullmatch(_ANY_TEXT_OPTION, words[position - 1]):
        return True
    interpreter = next((at for at, word in enumerate(before) if re.fullmatch(_SHELLS, _base(word))), None)
    return interpreter is not None and _is_interpreted(words[position], before[interpreter + 1 :])


def _is_interpreted(word: str, before: Sequence[str]) -> bool:
    """Whether an interpreter runs this word, after these others of its command line."""
    if re.match(_TEXT_OPTION, word):
        return True  # such as --eval={{ … }}
    asks = next((at for at, each in enumerate(before) if re.fullmatch(_TEXT_OPTION, each)), -1)
    return all(each.startswith("-") for each in before[asks + 1 :])


def _is_no_program(word: str) -> bool:
    return re.fullmatch(_NO_PROGRAM, word) is not None


def _base(word: str) -> str:
    return word.rpartition("/")[2]
