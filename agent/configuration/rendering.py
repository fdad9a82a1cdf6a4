"""Pure. A document that is valid by the schema → the wanted effects, and the faults that only rendering can find."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from agent.configuration.key_modules import renderer_of
from agent.configuration.policy import PUBLIC_KEYS, named_paths, never_allowed
from agent.configuration.problems import Fault
from agent.configuration.protected_units import UNIT_DIRECTORIES, why_not_written
from agent.document_keys import DOCUMENT_KEYS
from agent.effects import FileEffect, RemoveFile, WantedEffect, WriteFile
from agent.errors import Code
from agent.frozen import frozen
from agent.key_path import KeyPath, path_text

MAX_NAME_BYTES, MAX_PATH_BYTES = 255, 4095


@frozen
class Rendered:
    """Effects in their order, and faults. The effects are of use only where there are no faults."""

    wanted: tuple[WantedEffect, ...]
    faults: tuple[Fault, ...]


def rendered(document: Mapping[str, Any], without: Collection[object] = ()) -> Rendered:
    """Renders all keys except `without`, in which the schema has found faults already."""
    sound = {key: document[key] for key in DOCUMENT_KEYS if key in document and key not in without}
    items = [item for key, value in sound.items() for item in renderer_of(key)(value)]
    wanted = tuple(_with_sshd(item for item in items if isinstance(item, WantedEffect)))
    if sound.get("enforce"):
        wanted = tuple(replace(item, enforce=True) for item in wanted)
    faults = tuple(item for item in items if isinstance(item, Fault))
    file_faults = (*_unit_files(wanted), *_long_names(wanted), *_collisions(sound, wanted))
    return Rendered(wanted, (*faults, *never_allowed(sound), *file_faults))


def _unit_files(wanted: Iterable[WantedEffect]) -> Iterator[Fault]:
    """Units that would reach the agent's own units."""
    for item in wanted:
        match item.effect:
            case WriteFile(path, content) if path.startswith(UNIT_DIRECTORIES):
                for reason in why_not_written(content.decode(errors="replace")):
                    yield Fault(item.because.path, reason, Code.USERDATA_NOT_ALLOWED)


def _long_names(wanted: Iterable[WantedEffect]) -> Iterator[Fault]:
    """Names that no file system takes (NAME_MAX and PATH_MAX in limits.h, in bytes)."""
    for item in wanted:
        path = _path_of(item).encode(errors="replace")
        if len(path) > MAX_PATH_BYTES or any(len(name) > MAX_NAME_BYTES for name in path.split(b"/")):
            yield Fault(item.because.path, f"a name of more than {MAX_NAME_BYTES} bytes, or a path of {MAX_PATH_BYTES}")


def _with_sshd(wanted: Iterable[WantedEffect]) -> list[WantedEffect]:
    """Adds the configuration of sshd once, after the last file of public keys, whichever document key wants them."""
    items = list(wanted)
    keys = [number for number, item in enumerate(items) if _path_of(item).startswith(f"{PUBLIC_KEYS}/")]
    if keys:
        from agent.configuration.keys.ssh_authorized_keys import where_keys_are

        items.insert(keys[-1] + 1, where_keys_are(items[keys[-1]].because))
    return items


def _path_of(item: WantedEffect) -> str:
    return item.effect.path if isinstance(item.effect, FileEffect) else ""


def _collisions(document: Mapping[str, Any], wanted: Sequence[WantedEffect]) -> Iterator[Fault]:
    """Two effects on one path, or a file where another effect needs a directory."""
    chosen = {_without_member(place): place for place, _ in named_paths(document)}
    owners: dict[str, KeyPath] = {}
    for item in sorted(wanted, key=lambda item: item.because.path in chosen):
        path = _path_of(item)
        here = chosen.get(item.because.path, item.because.path)
        if path in owners:
            yield Fault(here, f"{_short(owners[path])} writes {path} as well")
        elif path:
            owners[path] = here
    gone = {item.effect.path for item in wanted if isinstance(item.effect, RemoveFile)}
    for path, owner in owners.items():
        for above in _directories_above(path):
            if above in owners and path not in gone:
                first, second = sorted((owner, owners[above]), key=len)
                yield Fault(second, f"{above} cannot be a file and a directory; see {_short(first)}")


def _without_member(place: KeyPath) -> KeyPath:
    """The entry of the document in which `path` is a member."""
    return place[:-1] if place[-1] == "path" else place


def _short(place: KeyPath) -> str:
    return path_text(_without_member(place))


def _directories_above(path: str) -> Iterator[str]:
    parts = path.split("/")
    return ("/".join(parts[:length]) for length in range(len(parts) - 1, 1, -1))
