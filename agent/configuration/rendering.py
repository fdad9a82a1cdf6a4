"""Pure. A document that is valid by the schema → everything that is wanted, and what only now turns out to be wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent.configuration.keys import RENDERERS
from agent.configuration.policy import never_allowed
from agent.configuration.problems import Fault, KeyPath, path_text
from agent.effects import FileEffect, Wanted


@dataclass(frozen=True, slots=True)
class Rendered:
    """Effects in their order, and faults; the effects are of use only where there are no faults."""

    wanted: tuple[Wanted, ...]
    faults: tuple[Fault, ...]


def rendered(document: Mapping[str, Any], without: Collection[object] = ()) -> Rendered:
    """All keys but those that are left out, because the schema has something against them."""
    sound = {key: document[key] for key in RENDERERS if key in document and key not in without}
    items = [item for key, value in sound.items() for item in RENDERERS[key](value)]
    wanted = tuple(item for item in items if isinstance(item, Wanted))
    faults = tuple(item for item in items if isinstance(item, Fault))
    return Rendered(wanted, (*faults, *never_allowed(sound), *_collisions(sound.get("write_files", ()), wanted)))


def _collisions(files: Sequence[Mapping[str, Any]], wanted: Sequence[Wanted]) -> Iterator[Fault]:
    """Two effects on one path, or a file where another needs a directory; one of the two is of `write_files`."""
    owners: dict[str, KeyPath] = {
        item.effect.path: (item.because,)
        for item in wanted
        if isinstance(item.effect, FileEffect) and not item.because.startswith("write_files")
    }
    for position, file in enumerate(files):
        path, here = file["path"], ("write_files", position)
        if path in owners:
            yield Fault((*here, "path"), f"{path_text(owners[path])} writes {path} as well")
        owners.setdefault(path, here)
    for path, owner in owners.items():
        for above in _directories_above(path):
            if above in owners:
                first, second = sorted((owner, owners[above]), key=len)
                yield Fault((*second, "path"), f"{above} cannot be a file and a directory; see {path_text(first)}")


def _directories_above(path: str) -> Iterator[str]:
    parts = path.split("/")
    return ("/".join(parts[:length]) for length in range(len(parts) - 1, 1, -1))
