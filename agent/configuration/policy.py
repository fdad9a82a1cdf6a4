"""Pure. The limits of a document: some things are never allowed, others depend on the device's settings.

Never written, with any settings, and also not through a link (`forbidden_path` also judges the resolved place):
- what belongs to the agent: a configuration must not take the device out of reach of the next one;
- accounts, passwords, sudoers, ssh host keys: a file written whole would lock people out or give the device away;
- /proc, /sys, /dev, /run: no files that stay;
- /boot: on a Raspberry Pi it is FAT, without owners and without a safe rename, and what is wrong there keeps the device
  from booting into the generation that would undo it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from agent.configuration.keys.services import unit_name
from agent.configuration.problems import Fault
from agent.errors import Code
from agent.key_path import KeyPath
from agent.settings import ApplySettings

_NEVER = (
    (re.compile(r"/(proc|sys|dev|run|var/run|var/lock)(/.*)?"), "is not a place for files that stay"),
    (re.compile(r"/boot(/.*)?"), "decides whether the device boots, and could not be undone"),
    (re.compile(r"/etc/(passwd|shadow|group|gshadow|subuid|subgid)(-|\.lock)?(/.*)?"), "holds the device's accounts"),
    (re.compile(r"/etc/\.pwd\.lock"), "holds the device's accounts"),
    (re.compile(r"/etc/sudoers.*"), "says who may become root"),
    (re.compile(r"/etc/ssh/ssh_host_.*"), "is the device's own key"),
    (re.compile(r"/(.*/)?kitting-(agent|apply).*"), "belongs to the agent"),
    (re.compile(r"/(.*/)?kitting-[^/]*\.(service|socket|timer|path|target|slice).*"), "belongs to the agent"),
)
_OWN_UNIT = re.compile(r"kitting-.*")


def forbidden_path(path: str) -> str:
    """Why nothing is ever written to this path; empty where nothing speaks against it."""
    return next((reason for pattern, reason in _NEVER if pattern.fullmatch(path)), "")


def named_paths(document: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str]]:
    """Every path on the gateway that the author chose, and where in the document it stands."""
    for key in ("write_files", "environment"):
        for position, file in enumerate(document.get(key, ())):
            yield (key, position, "path"), file["path"]
    for position, path in enumerate(document.get("absent", ())):
        yield ("absent", position), path


def never_allowed(document: Mapping[str, Any]) -> Iterator[Fault]:
    """Violations that no settings can allow."""
    homes = ((("users", n, "home"), user.get("home", "")) for n, user in enumerate(document.get("users", ())))
    for place, path in (*named_paths(document), *homes):
        if reason := forbidden_path(path):
            yield _not_allowed(place, f"{path} {reason}")
    for place, unit in _named_units(document):
        if _OWN_UNIT.fullmatch(unit_name(unit)):
            yield _not_allowed(place, "belongs to the agent")


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
    for position, file in enumerate(document.get("write_files", ())):
        host = urlsplit(file["source"]["url"]).netloc if "source" in file else ""
        if host and host not in policy.sources:
            yield _not_allowed(("write_files", position, "source", "url"), f"{host} is not in [apply] sources")


def _is_below(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(prefix.rstrip("/") + "/")


def _not_allowed(path: KeyPath, message: str) -> Fault:
    return Fault(path, message, Code.USERDATA_NOT_ALLOWED)
