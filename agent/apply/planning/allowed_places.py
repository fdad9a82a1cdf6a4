"""Pure. Where the effects of a document may write, once the links on the way are resolved.

The device's image may have links. A document must not use them to reach a place that its author may not write, so
that every file effect is judged by its place, for the key of the document that asks for it:

- A key that chooses its paths itself (`own_places`) writes to these places and to no other, whatever `[apply] paths`
  says. A link on the way is refused.
- With any other key the author chooses the path. The place has to be below `[apply] paths`, and none of the places
  that no document may write (`protected_places.forbidden_path`).
- A home directory is given to another user. Its place has to be below /home or `[apply] paths`, none of the places that
  no document may write, and no directory that belongs to root.

What an earlier generation wrote is taken back without being judged.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from agent.apply.planning.nodes import Directory
from agent.apply.planning.observation import Observation
from agent.configuration.key_modules import own_places
from agent.configuration.policy import HOMES
from agent.configuration.protected_places import forbidden_path
from agent.configuration.protected_units import UNIT_DIRECTORIES, why_not_written
from agent.document_keys import DOCUMENT_KEYS
from agent.effects import FetchedFile, FileEffect, Link, WantedEffect, WriteFile
from agent.errors import Code, Failure
from agent.reasons import reason_text
from agent.settings import ApplySettings


def check_places(wanted: Iterable[WantedEffect], seen: Observation, policy: ApplySettings) -> None:
    """Raises `userdata.not_allowed` for the first effect that leads to a place where it may not write."""
    for item in wanted:
        if isinstance(item.effect, FileEffect):
            path = item.effect.path
            _refuse_if(_why_no_file(item, path, seen.places[path], policy), item, path, seen)
            _refuse_if(_why_no_content(item.effect, seen.places[path], seen), item, path, seen)
        if path := item.gives_away:
            _refuse_if(_why_no_home(seen, seen.places[path], policy), item, path, seen)


def _refuse_if(why: str, item: WantedEffect, path: str, seen: Observation) -> None:
    if not why:
        return
    place = seen.places[path]
    link = f", to which {path} leads by a link" if place != path else ""
    raise Failure(Code.USERDATA_NOT_ALLOWED, f"{place}{link}: {why}", where=reason_text(item.because))


def _why_no_file(item: WantedEffect, path: str, place: str, policy: ApplySettings) -> str:
    """Why an effect may not write to its place; empty where it may."""
    key = item.because.key
    own = own_places(key) if key in DOCUMENT_KEYS else None
    if own is None:
        return forbidden_path(place) or ("" if _is_below(place, policy.paths) else "is not below [apply] paths")
    if place == path and any(_is_in(place, allowed) for allowed in own):
        return ""
    return f"is no place of {item.because.key}; remove the link from the device"


def _why_no_content(effect: FileEffect, place: str, seen: Observation) -> str:
    """Why a unit's file may not have its content; empty where it may."""
    if not place.startswith(UNIT_DIRECTORIES):
        return ""
    match effect:
        case WriteFile(_, content):
            return next(why_not_written(content.decode(errors="replace")), "")
        case FetchedFile(_, sha256) if sha256 in seen.fetched:
            return next(why_not_written(seen.fetched[sha256].decode(errors="replace")), "")
        case FetchedFile():
            return "is too large for a unit"
        case Link():
            return "would be a link in the place of a unit; write the unit itself"
        case _:
            return ""


def _why_no_home(seen: Observation, place: str, policy: ApplySettings) -> str:
    """Why a directory may not be given to another user; empty where it may."""
    if reason := forbidden_path(place):
        return reason
    if not _is_below(place, (HOMES, *policy.paths)):
        return f"is neither below {HOMES} nor below [apply] paths"
    found = seen.found.get(place)
    if isinstance(found, Directory) and found.uid == 0:
        return "belongs to root, and is not given to another user; choose another home"
    return ""


def _is_below(place: str, prefixes: Iterable[str]) -> bool:
    return any(PurePosixPath(place).is_relative_to(prefix) for prefix in prefixes)


def _is_in(place: str, allowed: str) -> bool:
    return place.startswith(allowed) if allowed.endswith("/") else place == allowed
