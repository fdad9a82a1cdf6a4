"""Pure. `users` → sysusers.d(5), tmpfiles.d(5) for the home, and a file of public keys.

systemd-sysusers makes accounts without a password, all or none; the agent itself never writes /etc/passwd. Groups that
make root of their members are refused: who may become root is the image's business.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from agent.configuration.keys import ssh_authorized_keys
from agent.configuration.problems import Fault
from agent.effects import RunCommand, WantedEffect, WriteFile
from agent.key_path import KeyPath
from agent.reasons import DocumentKey

SYSUSERS = "/etc/sysusers.d"
TMPFILES = "/etc/tmpfiles.d"
_LIMIT_S = 30.0
_ROOT_IN_DISGUISE = frozenset({"root", "sudo", "wheel", "admin", "shadow", "disk", "docker", "lxd", "kmem", "adm"})
_NOT_OURS = frozenset({"root", "kitting-agent"})


def render(users: Sequence[Mapping[str, Any]]) -> Iterator[WantedEffect | Fault]:
    """In document order; a name twice is found as two effects on one path."""
    for position, user in enumerate(users):
        here: KeyPath = ("users", position)
        faults = list(_faults(user, here))
        yield from faults or _user(user, here)


def _faults(user: Mapping[str, Any], here: KeyPath) -> Iterator[Fault]:
    if user["name"] in _NOT_OURS:
        yield Fault((*here, "name"), f"{user['name']} is made by nobody's document")
    for position, group in enumerate(user.get("groups", ())):
        if group in _ROOT_IN_DISGUISE:
            yield Fault((*here, "groups", position), f"{group} makes root of its members, which only the image does")


def _user(user: Mapping[str, Any], here: KeyPath) -> Iterator[WantedEffect | Fault]:
    name, because = user["name"], DocumentKey(here)
    home = user.get("home", f"/home/{name}")
    shell = user.get("shell", "/bin/bash")
    lines = [f'u {name} {user.get("uid", "-")} "{user.get("gecos", "")}" {home} {shell}']
    lines += [f"m {name} {group}" for group in user.get("groups", ())]
    yield _made(f"{SYSUSERS}/50-kitting-{name}.conf", lines, ("systemd-sysusers",), because)
    home_line = f"d {home} 0750 {name} {name} -"
    make_home = ("systemd-tmpfiles", "--create", f"--prefix={home}")
    yield _made(f"{TMPFILES}/50-kitting-{name}.conf", [home_line], make_home, because)
    if keys := user.get("ssh_authorized_keys"):
        yield from ssh_authorized_keys.keys_of(name, keys, (*here, "ssh_authorized_keys"), because)


def _made(path: str, lines: Sequence[str], command: tuple[str, ...], because: DocumentKey) -> WantedEffect:
    """The command names no file of its own: it is run again when the file goes."""
    content = "".join(f"{line}\n" for line in lines)
    then = RunCommand(command, _LIMIT_S)
    return WantedEffect(WriteFile(path, content.encode(), 0o644, "root:root"), because, then=(then,))
