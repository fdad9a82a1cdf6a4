"""Pure. What has to be known of a gateway before a document can be planned."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from agent.apply.planning.draft import ROOT_OWNER
from agent.apply.planning.kernel import parameters_in
from agent.apply.planning.observation import Questions
from agent.apply.planning.steps import Managed
from agent.effects import (
    FetchedFile,
    FileEffect,
    Link,
    MakeDirectory,
    ServiceVerb,
    WantedEffect,
    WriteFile,
)
from agent.errors import Code, Failure


def questions(wanted: Sequence[WantedEffect], remembered: Managed) -> Questions:
    """The questions for these effects; raises `userdata.invalid` for a path that is not absolute and normalised."""
    files = [item.effect for item in wanted if isinstance(item.effect, FileEffect)]
    verbs = [action for item in wanted for action in (item.effect, *item.then) if isinstance(action, ServiceVerb)]
    paths = [_checked(effect.path) for effect in files]
    paths += [link_target(effect) for effect in files if isinstance(effect, Link) and effect.must_exist]
    owners = [effect.owner for effect in files if isinstance(effect, WriteFile | FetchedFile | MakeDirectory)]
    fetched = [(effect.sha256, effect.size) for effect in files if isinstance(effect, FetchedFile)]
    return Questions(
        tuple(dict.fromkeys((*paths, *remembered.paths))),
        tuple(dict.fromkeys((ROOT_OWNER, *owners))),
        tuple(dict.fromkeys(verb.unit for verb in (*verbs, *sorted(remembered.verbs, key=lambda verb: verb.unit)))),
        tuple(dict.fromkeys(fetched)),
        tuple(dict.fromkeys(_checked(item.gives_away) for item in wanted if item.gives_away)),
        tuple(dict.fromkeys((*parameters_in(wanted), *remembered.kernel))),
    )


def link_target(link: Link) -> str:
    """The path to which a link points, as if no directory on the way were a link."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(link.path), link.target))


def _checked(path: str) -> str:
    """A path has one spelling, and is not the root itself."""
    if not path.startswith("/") or path == "/" or posixpath.normpath(path) != path or "\0" in path:
        raise Failure(Code.USERDATA_INVALID, "is not an absolute path in its shortest spelling", where=repr(path)[:80])
    return path
