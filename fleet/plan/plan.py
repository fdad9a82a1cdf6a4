"""Pure. The kitting plan: one YAML document that says which SIMs, what they are on the bench, and what in the field.

`config/plan.schema.json` is its one source of truth, as the userdata's schema is for what devices read; what a plan has
against it is told with line and key, and before anything is sent.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any

from jsonschema import Draft202012Validator

from agent.configuration.document import parse
from agent.configuration.problems import Fault, Place, Problem, Refused, located
from agent.configuration.resolving import check
from agent.configuration.schema import Schema
from agent.configuration.signed_text import split
from agent.errors import Code, Failure
from agent.frozen import frozen
from agent.identity import Imei
from agent.key_path import KeyPath
from fleet.plan.handler_sentences import Hook, NotSaid, said
from fleet.platform.sim import imei_or_none

MOST_SIMS = 100_000
GROUP_LIMIT_BYTES = 8 * 1024
"""Of a group's whole configuration, userdata included (users.soracom.io, limitations of SORACOM Air)."""
PREFIX = "kitting: "
"""Of the names of event handlers that plans made."""
OWN_TAGS = ("kitting_", "desk_", "soracom", "DSN")
_SIM_ID, _IMSI, _IMEI = ("simid", "sim_id", "iccid"), ("imsi",), ("imei", "expected_imei")


@frozen
class Wanted:
    """One SIM of the plan."""

    sim_id: str
    """Empty where only the IMSI is known."""
    imsi: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    imei: Imei | None = None
    """The device that it is meant for."""


@frozen
class ByOrder:
    """All SIMs of an order."""

    order_id: str


@frozen
class ByList:
    """The SIMs of a CSV file, each with its own tags."""

    sims: tuple[Wanted, ...]


@frozen
class ByTag:
    """The SIMs that have a tag."""

    name: str
    value: str


Which = ByOrder | ByList | ByTag


@frozen
class WantedGroup:
    """What a group is to be. What a plan does not name is left as it is."""

    name: str
    group_id: str | None
    userdata: str | None
    readonly: bool
    configuration: Mapping[str, Mapping[str, Any]]
    """Namespace → parameters, as the API takes them."""


@frozen
class WantedHandler:
    """An event handler for one of the two groups."""

    name: str
    on: str
    """`before` or `after`."""
    body: Mapping[str, Any]


@frozen
class Plan:
    """All of it, checked."""

    name: str
    which: Which
    tags: Mapping[str, str]
    speed_class: str | None
    subscription: str | None
    """Of an order's SIMs, so that they can be set before they arrive."""
    before: WantedGroup
    after: WantedGroup | None
    handlers: tuple[WantedHandler, ...]
    megabytes_a_day: int | None = None
    seen_within_hours: int | None = None


@frozen
class Files:
    """What the plan names beside it: file name → content."""

    contents: Mapping[str, bytes]


def files_named(text: str) -> tuple[str, ...]:
    """Which files a plan needs to be read; none where it is too broken to tell."""
    try:
        told = parse(text).content
    except Refused:
        return ()
    groups = told.get("groups")
    inner = [group for group in groups.values() if isinstance(group, dict)] if isinstance(groups, dict) else []
    places = [told.get("sims"), told.get("hook"), *inner]
    names = [one.get(key) for one in places if isinstance(one, dict) for key in ("csv", "secret_file", "userdata")]
    return tuple(name for name in names if isinstance(name, str))


@frozen
class Schemas:
    """What the documents of a desk are judged by."""

    plan: Mapping[str, Any]
    """The JSON Schema of plans."""
    userdata: Schema


def plan_of(text: str, files: Files, schemas: Schemas) -> Plan:
    """The plan that a text is; raises `plan.invalid` with everything that is wrong."""
    try:
        document = parse(text)
        _refuse(_schema_faults(document.content, schemas.plan), document.places)
        faults: list[Fault] = []
        plan = _plan(document.content, files, schemas.userdata, faults)
        _refuse(faults, document.places)
    except Refused as refused:
        raise Failure(Code.PLAN_INVALID, "; ".join(map(_shown, refused.problems[:10]))) from None
    return plan


def _plan(told: Mapping[str, Any], files: Files, schema: Schema, faults: list[Fault]) -> Plan:
    sims, groups, expect = told["sims"], told["groups"], told.get("expect", {})
    hook = _hook(told.get("hook"), files, faults)
    before = _group(groups["before"], ("groups", "before"), files, schema, faults)
    after = _group(groups["after"], ("groups", "after"), files, schema, faults) if "after" in groups else None
    if after and (after.name, after.group_id) == (before.name, before.group_id):
        faults.append(Fault(("groups", "after", "name"), "is the group before shipment as well; they have to be two"))
    return Plan(
        told["name"],
        _which(sims, files, faults),
        sims.get("tags", {}),
        sims.get("speed_class"),
        sims.get("subscription"),
        before,
        after,
        tuple(_handlers(told, hook, faults)),
        expect.get("megabytes_a_day"),
        expect.get("seen_within_hours"),
    )


def _which(sims: Mapping[str, Any], files: Files, faults: list[Fault]) -> Which:
    ways = [way for way in ("order", "csv", "tag") if way in sims]
    if len(ways) != 1:
        faults.append(Fault(("sims",), "takes one of order, csv and tag"))
        return ByList(())
    match ways[0]:
        case "order":
            return ByOrder(sims["order"])
        case "tag":
            return ByTag(sims["tag"]["name"], sims["tag"]["value"])
        case _:
            content = _file(sims["csv"], ("sims", "csv"), files, faults)
            return ByList(tuple(_rows(content, faults)))


def _rows(content: bytes, faults: list[Fault]) -> Iterator[Wanted]:
    """SIMs of a CSV with a header, as the console's batch operations take it: `simId,tag,tag…`; `imei` is expected."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        faults.append(Fault(("sims", "csv"), "takes UTF-8; save the sheet as CSV UTF-8"))
        return
    seen: set[str] = set()
    reader = csv.DictReader(io.StringIO(text), strict=True)
    try:
        names = [name.strip() for name in reader.fieldnames or ()]
        if "" in names or len(set(map(str.lower, names))) < len(names):
            faults.append(Fault(("sims", "csv"), "line 1: every column has a name, and no two the same"))
            return
        for row in reader:
            if len(seen) >= MOST_SIMS:
                faults.append(Fault(("sims", "csv"), f"has more than {MOST_SIMS} SIMs"))
                return
            wanted = _row(row, reader.line_num, faults)
            if wanted is None:
                continue
            if (wanted.sim_id or wanted.imsi) in seen:
                faults.append(Fault(("sims", "csv"), f"line {reader.line_num}: this SIM was named before"))
            seen.add(wanted.sim_id or wanted.imsi)
            yield wanted
    except csv.Error as error:
        faults.append(Fault(("sims", "csv"), f"line {reader.line_num}: {error}"))
    if not seen and not faults:
        faults.append(Fault(("sims", "csv"), "has no SIMs below its header, such as simId,name,imei"))


def _row(row: Mapping[str | None, Any], line: int, faults: list[Fault]) -> Wanted | None:
    if None in row:
        faults.append(Fault(("sims", "csv"), f"line {line}: more values than the header has names"))
        return None
    told = {str(name).strip(): (value or "").strip() for name, value in row.items()}
    by_name = {name.lower(): value for name, value in told.items()}
    sim_id = next((by_name[name] for name in _SIM_ID if by_name.get(name)), "")
    imsi = by_name.get("imsi", "")
    if not any(by_name.values()):
        return None
    if not (sim_id or imsi) or not (sim_id or imsi).isdecimal():
        faults.append(Fault(("sims", "csv"), f"line {line}: no simId and no imsi, in digits"))
        return None
    number = next((by_name[name] for name in _IMEI if by_name.get(name)), "")
    imei = imei_or_none(number)
    if number and imei is None:
        faults.append(Fault(("sims", "csv"), f"line {line}: {number[:20]!r} is no IMEI: its check digit is wrong"))
    tags = {name: value for name, value in told.items() if value and name.lower() not in (*_SIM_ID, *_IMSI, *_IMEI)}
    if own := [name for name in tags if name.startswith(OWN_TAGS)]:
        faults.append(Fault(("sims", "csv"), f"the tag {own[0]} is not one that a plan may write"))
    return Wanted(sim_id, imsi, tags, imei)


def _group(told: Mapping[str, Any], path: KeyPath, files: Files, schema: Schema, faults: list[Fault]) -> WantedGroup:
    userdata = None
    if "userdata" in told:
        content = _file(told["userdata"], (*path, "userdata"), files, faults)
        try:
            userdata = content.decode()
        except UnicodeDecodeError:
            faults.append(Fault((*path, "userdata"), "takes UTF-8"))
        problems = check(split(content).text, schema) if told["userdata"] in files.contents else ()
        faults += [Fault((*path, "userdata"), f"{told['userdata']}: {problem}") for problem in problems[:5]]
    air: dict[str, Any] = {"metadata": {"enabled": True, "readonly": told.get("readonly", False)}}
    if userdata is not None:
        air["userdata"] = userdata
    if "dns" in told:
        air |= {"useCustomDns": True, "dnsServers": told["dns"]}
    settings = told.get("settings", {})
    configuration = {**settings, "SoracomAir": {**settings.get("SoracomAir", {}), **air}}
    size = configuration_size(configuration)
    if size > GROUP_LIMIT_BYTES:
        faults.append(Fault(path, f"its configuration is {size} bytes, and the platform takes {GROUP_LIMIT_BYTES}"))
    return WantedGroup(told["name"], told.get("id"), userdata, told.get("readonly", False), configuration)


def configuration_size(configuration: Mapping[str, Any]) -> int:
    """Bytes that count towards the limit of a group."""
    return len(json.dumps(configuration, ensure_ascii=False, separators=(",", ":")).encode())


def _handlers(told: Mapping[str, Any], hook: Hook | None, faults: list[Fault]) -> Iterator[WantedHandler]:
    for place, one in enumerate(told.get("handlers", ())):
        path: KeyPath = ("handlers", place)
        try:
            body, name = _handler(one, hook)
        except NotSaid as error:
            faults.append(Fault((*path, "say"), str(error)))
            continue
        wanted = one.get("on", "after")
        for on in ("before", "after"):
            if wanted not in {on, "both"}:
                continue
            if on == "after" and "after" not in told["groups"]:
                faults.append(Fault(path, "is for the group after shipment, which the plan does not have"))
            yield WantedHandler(f"{PREFIX}{told['name']}: {on}: {name}", on, body)


def _handler(one: Mapping[str, Any], hook: Hook | None) -> tuple[Mapping[str, Any], str]:
    if "say" in one:
        if {"ruleConfig", "actionConfigList"} & set(one):
            raise NotSaid("takes a sentence, or the platform's own form, not both")
        return said(one["say"], hook), " ".join(one["say"].split())
    if not {"name", "ruleConfig", "actionConfigList"} <= set(one):
        raise NotSaid("lacks say, or name, ruleConfig and actionConfigList")
    return {"ruleConfig": one["ruleConfig"], "actionConfigList": one["actionConfigList"]}, one["name"]


def _hook(told: Mapping[str, Any] | None, files: Files, faults: list[Fault]) -> Hook | None:
    if told is None:
        return None
    secret = _file(told["secret_file"], ("hook", "secret_file"), files, faults).decode("ascii", "replace").strip()
    if len(secret) < 16 or not secret.isascii() or not secret.isprintable() or set(secret) & set('"\\ '):  # noqa: PLR2004
        faults.append(Fault(("hook", "secret_file"), "takes a secret of at least 16 letters and digits"))
    return Hook(told["url"], secret)


def _file(name: str, path: KeyPath, files: Files, faults: list[Fault]) -> bytes:
    if name not in files.contents:
        faults.append(Fault(path, f"names a file that cannot be read: {name}"))
    return files.contents.get(name, b"")


def _schema_faults(content: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[Fault]:
    for error in Draft202012Validator(dict(schema)).iter_errors(content):
        path: KeyPath = tuple(error.absolute_path)
        title = error.schema.get("title", "something else") if isinstance(error.schema, dict) else "something else"
        match error.validator:
            case "additionalProperties":
                known = ", ".join(error.schema["properties"])
                unknown = [key for key in error.instance if key not in error.schema["properties"]]
                yield from (Fault((*path, key), f"unknown key; known here: {known}") for key in unknown)
            case "required":
                lacking = [key for key in error.validator_value if key not in error.instance]
                yield from (Fault(path, f"lacks {key}") for key in lacking)
            case _:
                yield Fault(path, f"takes {title}")


def _refuse(faults: Iterator[Fault] | list[Fault], places: Mapping[KeyPath, Place]) -> None:
    if problems := located(faults, places):
        raise Refused(problems)


def _shown(problem: Problem) -> str:
    return str(problem)
