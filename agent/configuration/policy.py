"""Pure. What a document may not do to a device: some things never, others where the device's settings forbid them.

A document never writes to these paths, whatever the settings say. The root half asks `forbidden_path` again for the
place to which a path leads by the links on the device:
- what belongs to the agent: a configuration must not take the device out of reach of the next configuration;
- accounts, passwords, sudoers, ssh host keys: a wrong file locks everybody out, or gives the device away;
- /proc, /sys, /dev, /run: files there do not stay;
- /boot: on a Raspberry Pi it is FAT, without owners and without a safe rename, and a fault there keeps the device from
  booting into the generation that would undo it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from agent.configuration.problems import Fault
from agent.errors import Code
from agent.key_path import KeyPath
from agent.settings import ApplySettings

HOMES = "/home"
"""Every account may have its home below this directory."""
PUBLIC_KEYS = "/etc/ssh/authorized_keys.d"
"""The directory with one file of public keys for each user."""
_NEVER = (
    (re.compile(r"/(proc|sys|dev|run|var/run|var/lock)(/.*)?"), "is not a place for files that stay"),
    (re.compile(r"/boot(/.*)?"), "decides whether the device boots, and could not be undone"),
    (re.compile(r"/etc/(passwd|shadow|group|gshadow|subuid|subgid)(-|\.lock)?(/.*)?"), "holds the device's accounts"),
    (re.compile(r"/etc/\.pwd\.lock"), "holds the device's accounts"),
    (re.compile(r"/etc/sudoers.*"), "decides which users may become root"),
    (re.compile(r"/etc/ssh/ssh_host_.*"), "is the device's own key"),
    (re.compile(r"/(.*/)?kitting-(agent|apply).*"), "belongs to the agent"),
    (re.compile(r"/(.*/)?kitting-[^/]*\.(service|socket|timer|path|target|slice).*"), "belongs to the agent"),
)
_OWN_UNIT = "kitting-"


def forbidden_path(path: str) -> str:
    """Why no document may write to this path; empty where a document may."""
    return next((reason for pattern, reason in _NEVER if pattern.fullmatch(path)), "")


def named_paths(document: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str]]:
    """Every path of a file that the author of the document chose, and where in the document it stands."""
    for key in ("write_files", "environment"):
        for position, file in enumerate(document.get(key, ())):
            yield (key, position, "path"), file["path"]
    for position, path in enumerate(document.get("absent", ())):
        yield ("absent", position), path


def never_allowed(document: Mapping[str, Any]) -> Iterator[Fault]:
    """Violations that no settings can allow."""
    for place, path in (*named_paths(document), *_named_homes(document)):
        if reason := forbidden_path(path):
            yield _not_allowed(place, f"{path} {reason}")
    for place, unit in _named_units(document):
        if unit.startswith(_OWN_UNIT):
            yield _not_allowed(place, "belongs to the agent")


def _named_homes(document: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str]]:
    """Every home directory that the author chose, and where in the document it stands."""
    for position, user in enumerate(document.get("users", ())):
        if "home" in user:
            yield ("users", position, "home"), user["home"]


def _named_units(document: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str]]:
    """Every unit that the author named, and where in the document it stands."""
    for key in ("write_files", "environment"):
        for position, file in enumerate(document.get(key, ())):
            for verb in ("restart", "reload"):
                yield from (((key, position, verb, number), unit) for number, unit in enumerate(file.get(verb, ())))
    for verb, units in document.get("services", {}).items():
        yield from ((("services", verb, number), unit) for number, unit in enumerate(units))
    for position, unit in enumerate(document.get("units", ())):
        yield ("units", position, "name"), unit["name"]


def violations(document: Mapping[str, Any], policy: ApplySettings) -> Iterator[Fault]:
    """Violations of these settings."""
    for key in document:
        if key not in policy.allow:
            yield _not_allowed((key,), "not in [apply] allow of this device's settings")
    for place, path in named_paths(document):
        if not any(_is_below(path, prefix) for prefix in policy.paths):
            yield _not_allowed(place, f"{path} is not below [apply] paths")
    for place, home in _named_homes(document):
        if not any(_is_below(home, prefix) for prefix in (HOMES, *policy.paths)):
            yield _not_allowed(place, f"{home} is neither below {HOMES} nor below [apply] paths")
    for position, file in enumerate(document.get("write_files", ())):
        host = urlsplit(file["source"]["url"]).netloc if "source" in file else ""
        if host and host not in policy.sources:
            yield _not_allowed(("write_files", position, "source", "url"), f"{host} is not in [apply] sources")


def _is_below(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(prefix.rstrip("/") + "/")


def _not_allowed(path: KeyPath, message: str) -> Fault:
    return Fault(path, message, Code.USERDATA_NOT_ALLOWED)
