"""Pure. What a value of a SIM or a modem may contain at a place of a document.

Tags can be written by whatever runs behind the gateway. A value that is filled in therefore stays a value: it does not
choose another directory, add a word to a command, or change the structure of a file that is run or parsed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import Enum, unique
from typing import Any

from agent.key_path import KeyPath


@unique
class FilledPlace(Enum):
    """The reader of a text into which a value is filled: it decides what the value may contain."""

    COMPONENT = "component"
    """A path, a URL, or a name of a unit: the value is one component of it."""
    SHELL_TEXT = "shell text"
    """A text that a shell or an interpreter runs, or the name of a program: no tag stands here."""
    STRUCTURED = "structured"
    """A file that is run or parsed: only characters that mean nothing to any of its readers, or a filter."""
    VALUE = "value"
    """Anything else: one line of any characters."""


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
_CONTENTS: tuple[tuple[str | None, ...], ...] = (
    ("units", None, "content"),
    ("units", None, "dropins", None, "content"),
)
_PARSED_DIRECTORIES = (
    r"/etc/(cron|systemd/|default/|profile|sudoers|udev/|NetworkManager/|sysctl|modprobe\.d/|modules|tmpfiles\.d/"
    r"|sysusers\.d/|logrotate|apt/|ssh/|polkit|environment|init\.d/|rc|ppp/|wvdial|dnsmasq|chrony|nginx/|apache2/"
    r"|lighttpd/|mosquitto/|supervisor|hostapd/|wpa_supplicant/|rsyslog|telegraf/|docker/|containers/|network/|nft"
    r"|dhcp|resolv|hosts|wireguard/|openvpn/|stunnel/|fluent|collectd|monit|avahi/|samba/|snmp/)"
    r"|/(usr/)?lib/(systemd|udev)/|/var/spool/cron/|/(usr/(local/)?)?s?bin/"
)
"""Places whose files are run, or read by a program of which the syntax is known."""
_PARSED_FILES = (
    r"\.(json|ya?ml|toml|ini|cnf|cfg|rules|sh|bash|zsh|py|pl|rb|js|mjs|lua|php|xml|env|properties|desktop|cron"
    r"|service|socket|timer|path|target|mount|automount|swap|slice|network|netdev|link|nmconnection|list|sources)$"
)
_SHELLS = (
    r"(?:sh|bash|dash|ash|zsh|ksh|mksh|fish|busybox|su|runuser|python|perl|ruby|node|nodejs|lua|php|tclsh|expect|rbash)"
    r"[0-9.]*"
)
_TEXT_OPTION = r"-[A-Za-z]*[ceErp]|--command|--eval|--execute|--print|--init-file|--rcfile"
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
    if any(_is(path, shape) for shape in _CONTENTS):
        return FilledPlace.STRUCTURED
    if _is(path, ("write_files", None, "content")) and _is_structured(document["write_files"][path[1]]):
        return FilledPlace.STRUCTURED
    return FilledPlace.VALUE


def _is(path: KeyPath, shape: Sequence[str | None]) -> bool:
    return len(path) == len(shape) and all(want is None or step == want for step, want in zip(path, shape, strict=True))


def _is_structured(file: Mapping[str, Any]) -> bool:
    """Whether a file is run or parsed, as far as its beginning, its mode and its name tell."""
    path, content, mode = file.get("path"), file.get("content"), file.get("permissions")
    if isinstance(content, str) and content.lstrip().startswith("#!"):
        return True
    if isinstance(mode, str) and re.fullmatch(r"[0-7]*[1357][0-7]{0,2}", mode) and re.search("[1357]", mode[-3:]):
        return True
    return isinstance(path, str) and bool(re.match(_PARSED_DIRECTORIES, path) or re.search(_PARSED_FILES, path))


def _place_in_command(path: KeyPath, document: Mapping[str, Any]) -> FilledPlace:
    # What stands under the key may still have any shape: the schema is not yet looked at.
    commands, index = document["runcmd"], path[1] if len(path) > 1 else None
    item = commands[index] if isinstance(commands, list) and isinstance(index, int) else commands
    command = item.get("command") if isinstance(item, dict) else item
    if isinstance(command, str):
        return FilledPlace.SHELL_TEXT
    position = path[-1]
    if not isinstance(command, list) or not isinstance(position, int):
        return FilledPlace.VALUE
    words = [word if isinstance(word, str) else "" for word in command]
    return FilledPlace.SHELL_TEXT if _is_program_text(words, position) else FilledPlace.VALUE


def _is_program_text(words: Sequence[str], position: int) -> bool:
    """Whether a word of a command is the name of its program, or a text that a program runs."""
    before = words[:position]
    programs = [_base(word) for word in before if not _is_no_program(word)]
    if all(name in _STARTERS for name in programs) and not _is_no_program(words[position]):
        return True
    if not _RUN_TEXT.isdisjoint(programs):
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
