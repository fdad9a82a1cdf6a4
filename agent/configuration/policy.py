"""Pure. What a document may not do to a device: some things never, others where the device's settings forbid them.

`protected_places` and `protected_units` have what no settings can allow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from agent.configuration.problems import Fault
from agent.configuration.protected_places import forbidden_path
from agent.configuration.protected_units import why_not_named
from agent.errors import Code
from agent.key_path import KeyPath
from agent.settings import ApplySettings

HOMES = "/home"
"""Every account may have its home below this directory."""
PUBLIC_KEYS = "/etc/ssh/authorized_keys.d"
"""The directory with one file of public keys for each user."""


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
        if reason := why_not_named(unit):
            yield _not_allowed(place, reason)


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
