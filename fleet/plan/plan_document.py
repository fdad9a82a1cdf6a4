"""Pure. From the text of a plan and the files beside it to a `Plan`, or to a list of everything that is wrong.

Faults are named with line and key before anything is sent to the platform.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from agent.configuration.document import parse
from agent.configuration.problems import Fault, Place, Refused, located
from agent.configuration.resolving import check
from agent.configuration.schema import Schema
from agent.configuration.signed_text import split
from agent.errors import Code, Failure
from agent.key_path import KeyPath
from fleet.plan.handler_sentences import LEAST_SECRET, HookAddress, SentenceError, handler_of_sentence
from fleet.plan.plan import (
    ByList,
    ByOrder,
    ByTag,
    GroupRole,
    Plan,
    SimSource,
    WantedGroup,
    WantedHandler,
    handler_name,
)
from fleet.plan.plan_schema import schema_faults
from fleet.plan.sim_list import read_sim_list

GROUP_LIMIT_BYTES = 8 * 1024
"""The most bytes of a group's whole configuration with its userdata (users.soracom.io, limitations of SORACOM Air)."""
_MOST_NAMED = 10
_MOST_NAMED_IN_USERDATA = 5


@dataclass(frozen=True, slots=True)
class Schemas:
    """The schemas that a plan and the documents beside it have to fit."""

    plan: Mapping[str, Any]
    """The JSON Schema of plans."""
    userdata: Schema


@dataclass(frozen=True, slots=True)
class Files:
    """The files beside a plan: name → content."""

    contents: Mapping[str, bytes]


def files_named(text: str) -> tuple[str, ...]:
    """The names of the files that a plan refers to; none where the text cannot be parsed."""
    try:
        content = parse(text).content
    except Refused:
        return ()
    groups = content.get("groups")
    inner = [group for group in groups.values() if isinstance(group, dict)] if isinstance(groups, dict) else []
    sections = [content.get("sims"), content.get("hook"), *inner]
    found = [
        section.get(key)
        for section in sections
        if isinstance(section, dict)
        for key in ("csv", "secret_file", "userdata")
    ]
    return tuple(name for name in found if isinstance(name, str))


def plan_of(text: str, files: Files, schemas: Schemas) -> Plan:
    """The plan that a text and its files describe; raises `plan.invalid` with everything that is wrong."""
    try:
        document = parse(text)
        _refuse(schema_faults(document.content, schemas.plan), document.places)
        reader = _Reader(document.content, files, schemas.userdata)
        plan = reader.plan()
        _refuse(reader.faults, document.places)
    except Refused as refused:
        raise Failure(Code.PLAN_INVALID, "; ".join(map(str, refused.problems[:_MOST_NAMED]))) from None
    return plan


def configuration_size(configuration: Mapping[str, Any]) -> int:
    """The bytes of a group's configuration, as the platform's limit counts them."""
    return len(json.dumps(configuration, ensure_ascii=False, separators=(",", ":")).encode())


class _Reader:
    """Reads a document that fits the schema, and collects what is wrong with it all the same."""

    def __init__(self, content: Mapping[str, Any], files: Files, userdata_schema: Schema) -> None:
        self.faults: list[Fault] = []
        self._content, self._files, self._userdata_schema = content, files, userdata_schema

    def plan(self) -> Plan:
        content = self._content
        sims, groups, expect = content["sims"], content["groups"], content.get("expect", {})
        before = self._group(groups["before"], ("groups", "before"))
        after = self._group(groups["after"], ("groups", "after")) if "after" in groups else None
        if after and (after.name, after.group_id) == (before.name, before.group_id):
            self._fault(("groups", "after", "name"), "is the same group as groups.before; a plan needs two groups")
        return Plan(
            content["name"],
            self._source(sims),
            sims.get("tags", {}),
            sims.get("speed_class"),
            sims.get("subscription"),
            before,
            after,
            tuple(self._handlers(self._hook())),
            expect.get("megabytes_a_day"),
            expect.get("seen_within_hours"),
            sims.get("from_any_group", False),
            sims.get("names"),
            content.get("renamed_from"),
        )

    def _fault(self, path: KeyPath, message: str) -> None:
        self.faults.append(Fault(path, message))

    def _source(self, sims: Mapping[str, Any]) -> SimSource:
        sources = [key for key in ("order", "csv", "tag") if key in sims]
        if len(sources) != 1:
            self._fault(("sims",), "takes one of order, csv and tag")
            return ByList(())
        match sources[0]:
            case "order":
                return ByOrder(sims["order"])
            case "tag":
                self._check_tag(sims)
                return ByTag(sims["tag"]["name"], sims["tag"]["value"])
            case _:
                return self._list(sims["csv"])

    def _check_tag(self, sims: Mapping[str, Any]) -> None:
        """A plan that overwrote the tag that chooses its SIMs would lose them."""
        name, value = sims["tag"]["name"], sims["tag"]["value"]
        if sims.get("tags", {}).get(name, value) != value:
            self._fault(("sims", "tags", name), f"chooses the SIMs of this plan ({name}={value}); it cannot be changed")

    def _list(self, name: str) -> ByList:
        path = ("sims", "csv")
        content = self._file(name, path)
        if content is None:
            return ByList(())
        found = read_sim_list(content)
        self.faults += [Fault(path, problem) for problem in found.problems]
        return ByList(found.sims)

    def _group(self, members: Mapping[str, Any], path: KeyPath) -> WantedGroup:
        userdata = self._userdata(members["userdata"], (*path, "userdata")) if "userdata" in members else None
        readonly = members.get("readonly")
        metadata = {"enabled": True} if readonly is None else {"enabled": True, "readonly": readonly}
        air: dict[str, Any] = {"metadata": metadata}
        if userdata is not None:
            air["userdata"] = userdata
        if "dns" in members:
            air |= {"useCustomDns": True, "dnsServers": members["dns"]}
        settings = members.get("settings", {})
        configuration = {**settings, "SoracomAir": {**settings.get("SoracomAir", {}), **air}}
        size = configuration_size(configuration)
        if size > GROUP_LIMIT_BYTES:
            self._fault(path, f"its configuration has {size} bytes; the platform takes {GROUP_LIMIT_BYTES}")
        return WantedGroup(members["name"], members.get("id"), userdata, readonly, configuration)

    def _userdata(self, name: str, path: KeyPath) -> str | None:
        """The userdata document of a group, which has to be valid for every SIM."""
        content = self._file(name, path)
        if content is None:
            return None
        problems = check(split(content).text, self._userdata_schema)
        self.faults += [Fault(path, f"{name}: {problem}") for problem in problems[:_MOST_NAMED_IN_USERDATA]]
        try:
            return content.decode()
        except UnicodeDecodeError:
            self._fault(path, "takes UTF-8")
            return None

    def _handlers(self, hook: HookAddress | None) -> Iterator[WantedHandler]:
        for place, members in enumerate(self._content.get("handlers", ())):
            path: KeyPath = ("handlers", place)
            try:
                body, title = _handler(members, hook)
            except SentenceError as error:
                self._fault((*path, "say"), str(error))
                continue
            for role in _roles(members.get("on", GroupRole.AFTER.value)):
                if role is GroupRole.AFTER and "after" not in self._content["groups"]:
                    self._fault(path, "is for the group after shipment, which the plan does not have")
                yield WantedHandler(handler_name(self._content["name"], role, title), role, body)

    def _hook(self) -> HookAddress | None:
        members = self._content.get("hook")
        if members is None:
            return None
        path = ("hook", "secret_file")
        content = self._file(members["secret_file"], path)
        secret = (content or b"").decode("ascii", "replace").strip()
        if content is not None and not _fits_into_header(secret):
            self._fault(path, f"takes a secret of at least {LEAST_SECRET} letters and digits")
        return HookAddress(members["url"], secret)

    def _file(self, name: str, path: KeyPath) -> bytes | None:
        if name not in self._files.contents:
            self._fault(path, f"names a file that cannot be read: {name}")
        return self._files.contents.get(name)


def _handler(members: Mapping[str, Any], hook: HookAddress | None) -> tuple[Mapping[str, Any], str]:
    """Rule and actions of an event handler, and its title; raises `SentenceError`."""
    if "say" in members:
        if {"ruleConfig", "actionConfigList"} & set(members):
            raise SentenceError("takes either a sentence or the API's own form, not both")
        return handler_of_sentence(members["say"], hook), " ".join(members["say"].split())
    if not {"name", "ruleConfig", "actionConfigList"} <= set(members):
        raise SentenceError("lacks say, or name, ruleConfig and actionConfigList")
    return {"ruleConfig": members["ruleConfig"], "actionConfigList": members["actionConfigList"]}, members["name"]


def _fits_into_header(secret: str) -> bool:
    """Whether a secret can stand in the JSON text in which an event handler keeps its headers."""
    return len(secret) >= LEAST_SECRET and secret.isascii() and secret.isprintable() and not set(secret) & set('"\\ ')


def _roles(on: str) -> tuple[GroupRole, ...]:
    """The groups that a handler is for: `before`, `after` or `both`."""
    return tuple(role for role in GroupRole if on in {role.value, "both"})


def _refuse(faults: Iterable[Fault], places: Mapping[KeyPath, Place]) -> None:
    if problems := located(faults, places):
        raise Refused(problems)
