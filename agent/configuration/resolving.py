"""Pure. Userdata → configuration → wanted effects.

    bytes ─ text ─ document ─ schema ─ fill ─ schema, keys/ ─▶ Configuration ─ keys/, policy ─▶ wanted effects

Every fault is found before anything is changed, and reported with line and key. The same code runs twice: in the
network half, which has the text, and in the root half, which trusts nothing and has only the document.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from agent.configuration import policy as rules
from agent.configuration.document import Document, parse, unclean
from agent.configuration.names import Names, concerns_filling, holds_template, names, texts
from agent.configuration.problems import Fault, Place, Problem, Refused, located
from agent.configuration.rendering import rendered
from agent.configuration.schema import Schema, faults, paths_of_wrong_type, value_at
from agent.configuration.text import unpack
from agent.effects import WantedEffect
from agent.frozen import frozen
from agent.key_path import KeyPath
from agent.settings import ApplySettings

if TYPE_CHECKING:
    from agent.configuration.keys.report import ReportItem

__all__ = [
    "Configuration",
    "Names",
    "Problem",
    "Source",
    "check",
    "from_document",
    "names",
    "report_items",
    "resolve",
    "sources",
    "wanted_effects",
]

_NO_PLACES: Mapping[KeyPath, Place] = {}


@frozen
class Configuration:
    """The wanted configuration of one device; it exists only without faults."""

    document: Mapping[str, Any]
    """Validated and filled in: JSON values."""
    digest: str
    """SHA-256, hex, of the document as canonical JSON: the same for any order of keys, and for YAML and JSON."""
    wanted: tuple[WantedEffect, ...] = ()
    """The effects of the document, in order."""


@frozen
class Source:
    """Where a larger file comes from."""

    url: str
    sha256: str
    size: int
    """Bytes."""


def resolve(userdata: bytes, names: Names, schema: Schema) -> Configuration:
    """The configuration that a text means for one SIM; raises `Failure` of the `userdata.…` codes."""
    try:
        document = _parsed(userdata)
        _refuse(faults(document.content, schema, templates=True), document.places)
        content, undefined = _filled(document.content, names, schema)
        _refuse(undefined, document.places)
        return _validated(content, document.places, schema)
    except Refused as refused:
        raise refused.failure() from None


def from_document(document: Mapping[str, Any], schema: Schema) -> Configuration:
    """The configuration that a resolved document is; validates it all again. Raises `Failure` as `resolve` does."""
    try:
        return _validated(document, _NO_PLACES, schema)
    except Refused as refused:
        raise refused.failure() from None


def check(userdata: bytes, schema: Schema, policy: ApplySettings | None = None) -> tuple[Problem, ...]:
    """Everything that is wrong whatever the SIM, in the order of the text; empty where nothing is.

    A text with a `{{ }}` is judged only by its place and the syntax of its fillers: its values come with the SIM.
    With the settings of devices, what these do not allow is wrong as well.
    """
    try:
        document = _parsed(userdata)
    except Refused as refused:
        return refused.problems
    found = _faults_for_any_sim(document, schema)
    if policy and not found:
        found = [
            fault
            for fault in rules.violations(document.content, policy)
            if not holds_template(value_at(document.content, fault.path)) or len(fault.path) == 1
        ]
    return located(found, document.places)


def wanted_effects(configuration: Configuration, policy: ApplySettings) -> tuple[WantedEffect, ...]:
    """The effects; raises `userdata.not_allowed`, with all violations, where the settings do not allow them."""
    try:
        _refuse(rules.violations(configuration.document, policy), _NO_PLACES)
    except Refused as refused:
        raise refused.failure() from None
    return configuration.wanted


def sources(configuration: Configuration) -> tuple[Source, ...]:
    """The larger files that have to be there before the configuration can be applied, each once."""
    files = configuration.document.get("write_files", ())
    found = (Source(**file["source"]) for file in files if "source" in file)
    return tuple(dict.fromkeys(found))


def report_items(configuration: Configuration) -> tuple[ReportItem, ...]:
    """The tags that the document adds to the report, by name."""
    if "report" not in configuration.document:
        return ()
    from agent.configuration.keys.report import items

    return tuple(items(configuration.document["report"]))


def _parsed(userdata: bytes) -> Document:
    """The document with the fillers for which `environment` asks by `with_identity`."""
    text = unpack(userdata)
    try:
        document = parse(text)
    except Refused as refused:
        from agent.configuration.mistakes import explained

        raise explained(text, refused) from None
    if "environment" not in document.content:
        return document
    from agent.configuration.keys import environment

    files = environment.with_identity(document.content["environment"])
    return replace(document, content={**document.content, "environment": files})


def _filled(content: Mapping[str, Any], names: Names, schema: Schema) -> tuple[Mapping[str, Any], tuple[Fault, ...]]:
    """The content with its fillers replaced, and what could not be; most documents have none."""
    if not any(concerns_filling(text) for _, text in texts(content, ())):
        return content, ()
    from agent.configuration.fill import filled

    return filled(content, names, schema)


def _validated(content: Mapping[str, Any], places: Mapping[KeyPath, Place], schema: Schema) -> Configuration:
    _refuse(unclean(content), places)
    _refuse(faults(content, schema, templates=False), places)
    found = rendered(content)
    _refuse(found.faults, places)
    return Configuration(content, _digest(content), found.wanted)


def _faults_for_any_sim(document: Document, schema: Schema) -> list[Fault]:
    from agent.configuration.fill import template_faults

    content = document.content
    found = [*faults(content, schema, templates=True), *template_faults(content)]
    wrong = {fault.path for fault in found} | paths_of_wrong_type(content, schema)
    later = rendered(content, without={path[0] for path in wrong if path}).faults
    return [*found, *(fault for fault in later if not holds_template(value_at(content, fault.path)))]


def _refuse(found: Iterable[Fault], places: Mapping[KeyPath, Place]) -> None:
    if problems := located(found, places):
        raise Refused(problems)


def _digest(content: Mapping[str, Any]) -> str:
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
