"""Pure. What a document may not do to a device: some things never, others where the device's settings say so.

Never written, whatever the settings say, and whatever names a path has by links (`forbidden_path` is also asked for the
place that a path turns out to be):
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

from agent.configuration.keys.services import unit_name
from agent.configuration.problems import Fault, KeyPath
from agent.errors import Code
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


def never_allowed(document: Mapping[str, Any]) -> Iterator[Fault]:
    """What no settings can allow."""
    for position, file in enumerate(document.get("write_files", ())):
        here: KeyPath = ("write_files", position)
        if reason := forbidden_path(file["path"]):
            yield _not_allowed((*here, "path"), f"{file['path']} {reason}")
        for key in ("restart", "reload"):
            yield from _own_units(file.get(key, ()), (*here, key))
    for key, units in document.get("services", {}).items():
        yield from _own_units(units, ("services", key))


def violations(document: Mapping[str, Any], policy: ApplySettings) -> Iterator[Fault]:
    """What these settings do not allow."""
    for key in document:
        if key not in policy.allow:
            yield _not_allowed((key,), "not in [apply] allow of this device's settings")
    for position, file in enumerate(document.get("write_files", ())):
        if not any(_is_below(file["path"], prefix) for prefix in policy.paths):
            yield _not_allowed(("write_files", position, "path"), f"{file['path']} is not below [apply] paths")


def _own_units(units: list[str], path: KeyPath) -> Iterator[Fault]:
    for position, unit in enumerate(units):
        if _OWN_UNIT.fullmatch(unit_name(unit)):
            yield _not_allowed((*path, position), "belongs to the agent")


def _is_below(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(prefix.rstrip("/") + "/")


def _not_allowed(path: KeyPath, message: str) -> Fault:
    return Fault(path, message, Code.USERDATA_NOT_ALLOWED)
