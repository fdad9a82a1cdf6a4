"""Pure. Groups: their configuration by namespace, with the limit of all of it together, and their tags."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from simulator.api.account import Account
from simulator.api.asked import Asked, Operation, nothing
from simulator.http_messages import Response
from simulator.subscribers import EPOCH_MS, Group, Refusal

AIR = "SoracomAir"
_METADATA = {
    "enabled": "enabled",
    "readonly": "readonly",
    "allowOrigin": "allow_origin",
    "minimizeResponseBody": "minimize_response_body",
}


def group_object(account: Account, group: Group) -> dict[str, Any]:
    """The `Group` of the document."""
    return {
        "groupId": group.group_id,
        "operatorId": account.operator_id,
        "configuration": group.configuration(),
        "tags": {**group.other_tags, "name": group.name},
        "createdTime": EPOCH_MS,
        "lastModifiedTime": EPOCH_MS,
    }


def list_groups(asked: Asked) -> Response:
    """A page of all groups, or of those with a tag."""
    is_meant = _with_tag(asked.query)
    groups = {group.group_id: group for group in asked.account.platform.groups if is_meant(group)}
    ids, headers = asked.page(list(groups))
    answer = Response.json(200, [group_object(asked.account, groups[group_id]) for group_id in ids])
    return replace(answer, headers=headers)


def get_group(asked: Asked) -> Response:
    """Returns a group."""
    return _answer(asked, asked.account.platform.group(asked.variable("group_id")))


def create_group(asked: Asked) -> Response:
    """A new group, with its configuration where one is given."""
    members = asked.members()
    tags = _texts(members.get("tags", {}))
    account = asked.account
    group = Group(account.new_id(""), tags.pop("name", ""), enabled=False, other_tags=tags)
    configuration = members.get("configuration") or {}
    if not isinstance(configuration, dict):
        raise Refusal(400, "GRP0002", "configuration is an object")
    for namespace, parameters in configuration.items():
        if not isinstance(parameters, dict):
            raise Refusal(400, "GRP0002", f"{namespace} is an object")
        group = _with(group, namespace, parameters)
    account.platform.add_group(group)
    return Response.json(201, group_object(account, account.platform.group(group.group_id)))


def put_configuration(asked: Asked) -> Response:
    """Sets some parameters of one namespace; the others stay."""
    pairs = asked.json()
    if not isinstance(pairs, list) or not all(isinstance(p, dict) and isinstance(p.get("key"), str) for p in pairs):
        raise Refusal(400, "GRP0002", "the body is a list of objects with key and value")
    return _changed(asked, {pair["key"]: pair.get("value") for pair in pairs})


def delete_parameter(asked: Asked) -> Response:
    """Takes one parameter away."""
    _changed(asked, {asked.variable("name"): None})
    return nothing()


def delete_namespace(asked: Asked) -> Response:
    """Takes all parameters of a namespace away."""
    group = asked.account.platform.group(asked.variable("group_id"))
    parameters = group.configuration().get(asked.variable("namespace"), {})
    _changed(asked, dict.fromkeys(parameters))
    return nothing()


def put_tags(asked: Asked) -> Response:
    """Adds or replaces tags."""
    tags = dict(_tag(pair) for pair in _list(asked.json()))
    group = asked.account.platform.group(asked.variable("group_id"))
    name = tags.pop("name", group.name)
    changed = asked.account.platform.change_group(group.group_id, name=name, other_tags={**group.other_tags, **tags})
    return _answer(asked, changed)


def delete_tag(asked: Asked) -> Response:
    """Takes a tag away; the name stays."""
    group, name = asked.account.platform.group(asked.variable("group_id")), asked.variable("tag_name")
    if name not in group.other_tags:
        raise Refusal(404, "GRP0404", f"no tag {name}")
    kept = {key: value for key, value in group.other_tags.items() if key != name}
    asked.account.platform.change_group(group.group_id, other_tags=kept)
    return nothing()


def delete_group(asked: Asked) -> Response:
    """The group is gone, and its SIMs are in none."""
    asked.account.platform.remove_group(asked.variable("group_id"))
    return nothing()


def _changed(asked: Asked, parameters: Mapping[str, Any]) -> Response:
    platform = asked.account.platform
    group = _with(platform.group(asked.variable("group_id")), asked.variable("namespace"), parameters)
    changes = {
        name: getattr(group, name) for name in (*_METADATA.values(), "userdata", "other_air", "other_configuration")
    }
    return _answer(asked, platform.change_group(group.group_id, **changes))


def _with(group: Group, namespace: str, parameters: Mapping[str, Any]) -> Group:
    """The group with these parameters set; None takes one away."""
    if namespace != AIR:
        inner = {**group.other_configuration.get(namespace, {}), **parameters}
        kept = {key: value for key, value in inner.items() if value is not None}
        others = {**group.other_configuration, namespace: kept}
        return replace(group, other_configuration={name: value for name, value in others.items() if value})
    air = dict(parameters)
    if "metadata" in air:
        given = air.pop("metadata") or {}
        if not isinstance(given, dict):
            raise Refusal(400, "GRP0002", "metadata is an object")
        group = replace(group, **{field: given.get(name, _default(field)) for name, field in _METADATA.items()})
    if "userdata" in air:
        if not isinstance(air["userdata"], str | None):
            raise Refusal(400, "GRP0002", "userdata is a text")
        group = replace(group, userdata=air.pop("userdata"))
    rest = {key: value for key, value in {**group.other_air, **air}.items() if value is not None}
    return replace(group, other_air=rest)


def _default(field: str) -> object:
    return None if field == "allow_origin" else False


def _answer(asked: Asked, group: Group) -> Response:
    return Response.json(200, group_object(asked.account, group))


def _list(given: object) -> list[object]:
    if not isinstance(given, list):
        raise Refusal(400, "COM0400", "tags are a list of objects with tagName and tagValue")
    return given


def _tag(given: object) -> tuple[str, str]:
    match given:
        case {"tagName": str(name), "tagValue": str(value)} if name:
            return name, value
    raise Refusal(400, "COM0400", "a tag is an object with tagName and tagValue, both texts")


def _with_tag(query: Mapping[str, str]) -> Callable[[Group], bool]:
    name, value = query.get("tag_name"), query.get("tag_value", "")
    is_prefix = query.get("tag_value_match_mode", "exact") == "prefix"

    def is_meant(group: Group) -> bool:
        found = group.name if name == "name" else group.other_tags.get(name or "")
        return name is None or (found is not None and (found.startswith(value) if is_prefix else found == value))

    return is_meant


def _texts(given: object) -> dict[str, str]:
    return {str(name): str(value) for name, value in given.items()} if isinstance(given, dict) else {}


OPERATIONS: Mapping[str, Operation] = {
    "Group:listGroups": list_groups,
    "Group:createGroup": create_group,
    "Group:getGroup": get_group,
    "Group:deleteGroup": delete_group,
    "Group:putConfigurationParameters": put_configuration,
    "Group:deleteConfigurationNamespace": delete_namespace,
    "Group:deleteConfigurationParameter": delete_parameter,
    "Group:putGroupTags": put_tags,
    "Group:deleteGroupTag": delete_tag,
}
