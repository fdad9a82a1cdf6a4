"""Pure. What each wanted file effect makes of its place; drift is found here, and is left unless the document enforces.

Drift: the document asks for what it asked for before, and somebody else put something else there since.
"""

from __future__ import annotations

from collections.abc import Iterable

from agent.apply.planning.draft import ROOT_OWNER, Draft, Target
from agent.apply.planning.nodes import Absent, Directory, File, Found, Large, Node, Symlink, fingerprint, sha256
from agent.apply.planning.questions import link_target
from agent.effects import FetchedFile, FileEffect, Link, MakeDirectory, RemoveFile, WantedEffect, WriteFile
from agent.errors import Code, Failure
from agent.handover.order import Change
from agent.reasons import Drift, reason_text

MAX_MODE = 0o7777


def add_wanted(draft: Draft, wanted: Iterable[WantedEffect]) -> None:
    """Adds a target for each file effect; raises `Failure` for two effects on one place, or a missing link target."""
    for item in wanted:
        if isinstance(item.effect, FileEffect):
            _add(draft, item, item.effect)


def _add(draft: Draft, item: WantedEffect, effect: FileEffect) -> None:
    place = draft.seen.places[effect.path]
    if place in draft.targets:
        why = f"{reason_text(item.because)} and {reason_text(draft.targets[place].because)} are the same file"
        raise Failure(Code.USERDATA_INVALID, why, where=place)
    node = _node(draft, place, item, effect)
    if _drifted(draft, place, node, draft.found(place)) and not item.enforce:
        draft.kept[place] = draft.remembered[place]
        draft.notes.append(Change("drift", place, Drift(item.because)))
        return
    draft.targets[place] = Target(node, item.because, item.then, item.sensitive)


def _drifted(draft: Draft, place: str, node: Node, found: Found) -> bool:
    entry = draft.remembered.get(place)
    return entry is not None and entry.wrote == fingerprint(node) and fingerprint(found) != entry.wrote


def _node(draft: Draft, place: str, item: WantedEffect, effect: FileEffect) -> Node:
    match effect:
        case WriteFile(_, content, mode, owner):
            return File(content, mode & MAX_MODE, *draft.seen.owners[owner])
        case FetchedFile():
            return _fetched(draft, place, effect)
        case MakeDirectory(_, mode, owner):
            found = draft.found(place)
            return found if isinstance(found, Directory) else Directory(mode & MAX_MODE, *draft.seen.owners[owner])
        case Link(_, target, must_exist):
            aim = draft.seen.places.get(link_target(effect), "")
            if must_exist and draft.found(aim) == Absent():
                why = f"{reason_text(item.because)}: there is no {target} on this gateway"
                raise Failure(Code.APPLY_FAILED, why, where=place)
            return Symlink(target, *draft.seen.owners[ROOT_OWNER])
        case RemoveFile():
            return Absent()


def _fetched(draft: Draft, place: str, effect: FetchedFile) -> Node:
    """The file that the network half fetched; a file that is in place already need not be fetched again."""
    mode, owner = effect.mode & MAX_MODE, draft.seen.owners[effect.owner]
    if effect.size > draft.seen.large_bytes:
        return Large(effect.sha256, effect.size, mode, *owner)
    found = draft.found(place)
    if effect.sha256 in draft.seen.fetched:
        return File(draft.seen.fetched[effect.sha256], mode, *owner)
    if isinstance(found, File) and sha256(found.content) == effect.sha256:
        return File(found.content, mode, *owner)
    raise Failure(Code.SOURCE_DAMAGED, "what was fetched is not there, or is not what the document names", where=place)
