"""Pure. `write_files` → whole files, each with the units that are reloaded or restarted after a change.

`encoding` has cloud-init's aliases. `gz` and `gzip` mean base64 of gzip too, since a text cannot hold anything else.
A sensitive file is 0600 by default, and one that others may read is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from agent.configuration.problems import Fault
from agent.configuration.text import gunzip, unbase64
from agent.effects import FetchedFile, ServiceVerb, Verb, WantedEffect, WriteFile
from agent.key_path import KeyPath
from agent.reasons import DocumentKey

MAX_UNPACKED_BYTES = 8 * 1024 * 1024
"""Limit for the content of all files together, in bytes."""

_PLAIN = frozenset({"plain", "text/plain"})
_BASE64 = frozenset({"base64", "b64"})
_OTHERS = 0o007


def render(files: Sequence[Mapping[str, Any]]) -> Iterator[WantedEffect | Fault]:
    """In document order."""
    left = MAX_UNPACKED_BYTES
    for position, file in enumerate(files):
        path: KeyPath = ("write_files", position)
        if "source" in file:
            yield _fetched(file, path)
            continue
        try:
            content = _decoded(file, left)
        except (ValueError, OverflowError) as error:
            yield Fault((*path, "content"), str(error))
            continue
        left -= len(content)
        yield _file(file, content, path)


def _file(file: Mapping[str, Any], content: bytes, path: KeyPath) -> WantedEffect | Fault:
    mode = mode_of(file, path)
    if isinstance(mode, Fault):
        return mode
    return _wanted(WriteFile(file["path"], content, mode, file.get("owner", "root:root")), file, path)


def _fetched(file: Mapping[str, Any], path: KeyPath) -> WantedEffect | Fault:
    if "content" in file or "encoding" in file:
        return Fault((*path, "source"), "is written beside content; a file has content or source")
    mode, source = mode_of(file, path), file["source"]
    if isinstance(mode, Fault):
        return mode
    owner = file.get("owner", "root:root")
    return _wanted(FetchedFile(file["path"], source["sha256"], source["size"], mode, owner), file, path)


def _wanted(effect: WriteFile | FetchedFile, file: Mapping[str, Any], path: KeyPath) -> WantedEffect:
    flags = {name: file.get(name, False) for name in ("sensitive", "enforce")}
    return WantedEffect(effect, DocumentKey(path), then=tuple(then_of(file)), **flags)


def mode_of(file: Mapping[str, Any], path: KeyPath) -> int | Fault:
    """The mode of a file of the document."""
    sensitive = file.get("sensitive", False)
    try:
        mode = int(file.get("permissions", "0600" if sensitive else "0644"), 8)
    except ValueError:
        return Fault((*path, "permissions"), 'takes an octal mode, such as "0644"')
    if sensitive and mode & _OTHERS:
        return Fault((*path, "permissions"), "gives others access to a file that is sensitive", suggestion='"0600"')
    return mode


def then_of(file: Mapping[str, Any]) -> Iterator[ServiceVerb]:
    """The actions that a change of the file causes."""
    for key, verb in (("restart", Verb.RESTART), ("reload", Verb.RELOAD)):
        yield from (_verb_of(unit, verb) for unit in file.get(key, ()))


def _verb_of(unit: str, verb: Verb) -> ServiceVerb:
    from agent.configuration.keys.services import unit_name

    return ServiceVerb(unit_name(unit), verb)


def _decoded(file: Mapping[str, Any], max_bytes: int) -> bytes:
    """Raises `ValueError` for damaged content, `OverflowError` for too much of it."""
    content: str = file.get("content", "")
    encoding = file.get("encoding", "plain")
    if encoding in _PLAIN:
        decoded = content.encode()
    elif encoding in _BASE64:
        decoded = unbase64(content)
    else:
        decoded = gunzip(unbase64(content), max_bytes)
    if len(decoded) > max_bytes:
        raise OverflowError(f"all files together are more than {MAX_UNPACKED_BYTES} bytes")
    return decoded
