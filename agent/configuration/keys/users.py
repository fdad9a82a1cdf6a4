"""Pure. `users` → sysusers.d(5), tmpfiles.d(5) for the home, and a file of public keys.

systemd-sysusers makes accounts without a password, all or none; the agent itself never writes /etc/passwd. Groups whose
members can become root are refused: only the image decides about root. A path that systemd would not read literally in
a line of its files is refused as well: with spaces or specifiers it would mean another directory, or another owner.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from agent.configuration.keys import ssh_authorized_keys
from agent.configuration.policy import HOMES
from agent.configuration.problems import Fault
from agent.effects import RunCommand, WantedEffect, WriteFile
from agent.key_path import KeyPath
from agent.reasons import DocumentKey

SYSUSERS = "/etc/sysusers.d"
TMPFILES = "/etc/tmpfiles.d"
PLACES = (f"{SYSUSERS}/", f"{TMPFILES}/", *ssh_authorized_keys.PLACES)
_LIMIT_S = 30.0
_NOT_LITERAL = re.compile(r"""[\s%\\"':]""")
"""What separates, quotes or replaces something in a line of tmpfiles.d(5), sysusers.d(5) or passwd(5)."""
_LEADS_TO_ROOT = frozenset({"sudo", "wheel", "admin", "shadow", "disk", "docker", "lxd", "kmem", "adm"})
_NOT_OURS = frozenset({"root", "kitting-agent"})


def render(users: Sequence[Mapping[str, Any]]) -> Iterator[WantedEffect | Fault]:
    """In document order; a name twice is found as two effects on one path."""
    for position, user in enumerate(users):
        here: KeyPath = ("users", position)
        faults = list(_faults(user, here))
        yield from faults or _user(user, here)


def _faults(user: Mapping[str, Any], here: KeyPath) -> Iterator[Fault]:
    if user["name"] in _NOT_OURS:
        yield Fault((*here, "name"), f"no document may make the account {user['name']}")
    for member in ("home", "shell"):
        if _NOT_LITERAL.search(user.get(member, "")):
            yield Fault((*here, member), "takes a path without spaces, quotes, colons, backslashes and percent signs")
    for position, group in enumerate(user.get("groups", ())):
        if group in _NOT_OURS:
            yield Fault((*here, "groups", position), f"no document may put an account into the group {group}")
        elif group in _LEADS_TO_ROOT:
            yield Fault((*here, "groups", position), f"members of {group} can become root: only the image decides that")


def _user(user: Mapping[str, Any], here: KeyPath) -> Iterator[WantedEffect | Fault]:
    name, because = user["name"], DocumentKey(here)
    home = user.get("home", f"{HOMES}/{name}")
    shell = user.get("shell", "/bin/bash")
    lines = [f'u {name} {user.get("uid", "-")} "{user.get("gecos", "")}" {home} {shell}']
    lines += [f"m {name} {group}" for group in user.get("groups", ())]
    yield WantedEffect(_file(f"{SYSUSERS}/50-kitting-{name}.conf", lines), because, then=(_run("systemd-sysusers"),))
    home_file = _file(f"{TMPFILES}/50-kitting-{name}.conf", [f"d {home} 0750 {name} {name} -"])
    make_home = _run("systemd-tmpfiles", "--create", f"--prefix={home}")
    yield WantedEffect(home_file, because, then=(make_home,), gives_away=home)
    if keys := user.get("ssh_authorized_keys"):
        yield from ssh_authorized_keys.keys_of(name, keys, (*here, "ssh_authorized_keys"), because)


def _file(path: str, lines: Sequence[str]) -> WriteFile:
    return WriteFile(path, "".join(f"{line}\n" for line in lines).encode(), 0o644, "root:root")


def _run(*argv: str) -> RunCommand:
    """A command that reads all files of its kind, so that it is run again when a file of the agent is removed."""
    return RunCommand(argv, _LIMIT_S)
