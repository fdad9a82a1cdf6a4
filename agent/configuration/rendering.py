"""Pure. A document that is valid by the schema → everything that is wanted, and what only now turns out to be wrong."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from agent.configuration.keys import RENDERERS
from agent.configuration.keys import ssh_authorized_keys as ssh
from agent.configuration.policy import named_paths, never_allowed
from agent.configuration.problems import Fault
from agent.effects import FileEffect, Wanted
from agent.frozen import frozen
from agent.key_path import KeyPath, path_text


@frozen
class Rendered:
    """Effects in their order, and faults; the effects are of use only where there are no faults."""

    wanted: tuple[Wanted, ...]
    faults: tuple[Fault, ...]


def rendered(document: Mapping[str, Any], without: Collection[object] = ()) -> Rendered:
    """All keys but those that are left out, because the schema has something against them."""
    sound = {key: document[key] for key in RENDERERS if key in document and key not in without}
    items = [item for key, value in sound.items() for item in RENDERERS[key](value)]
    wanted = tuple(_with_sshd(item for item in items if isinstance(item, Wanted)))
    if sound.get("enforce"):
        wanted = tuple(replace(item, enforce=True) for item in wanted)
    faults = tuple(item for item in items if isinstance(item, Fault))
    return Rendered(wanted, (*faults, *never_allowed(sound), *_collisions(sound, wanted)))


def _with_sshd(wanted: Iterable[Wanted]) -> list[Wanted]:
    """Adds the drop-in of sshd once, if any key has public keys."""
    items = list(wanted)
    keys = [number for number, item in enumerate(items) if _path_of(item).startswith(f"{ssh.DIRECTORY}/")]
    if keys:
        items.insert(keys[-1] + 1, ssh.where_keys_are(items[keys[-1]].because))
    return items


def _path_of(item: Wanted) -> str:
    return item.effect.path if isinstance(item.effect, FileEffect) else ""


def _collisions(document: Mapping[str, Any], wanted: Sequence[Wanted]) -> Iterator[Fault]:
    """Two effects on one path, or a file where another needs a directory."""
    chosen = {
        path_text(place[:-1]) if place[-1] == "path" else path_text(place): place for place, _ in named_paths(document)
    }
    owners: dict[str, KeyPath] = {}
    for item in sorted(wanted, key=lambda item: item.because in chosen):
        path = _path_of(item)
        here = chosen.get(item.because) or _place(item.because)
        if path in owners:
            yield Fault(here, f"{_short(owners[path])} writes {path} as well")
        elif path:
            owners[path] = here
    gone = {_path_of(item) for item in wanted if item.because.startswith("absent")}
    for path, owner in owners.items():
        for above in _directories_above(path):
            if above in owners and path not in gone:
                first, second = sorted((owner, owners[above]), key=len)
                yield Fault(second, f"{above} cannot be a file and a directory; see {_short(first)}")


def _place(because: str) -> KeyPath:
    """Where in the document a reason points to: `users[1]`."""
    found = re.match(r"(\w+)(?:\[(\d+)\])?", because)
    if not found:
        return ()
    return (found[1],) if found[2] is None else (found[1], int(found[2]))


def _short(place: KeyPath) -> str:
    return path_text(place[:-1] if place[-1] == "path" else place)


def _directories_above(path: str) -> Iterator[str]:
    parts = path.split("/")
    return ("/".join(parts[:length]) for length in range(len(parts) - 1, 1, -1))
