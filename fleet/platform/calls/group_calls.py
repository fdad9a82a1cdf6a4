"""Edge. Operations on groups of SIMs: read, create, delete, change their configuration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fleet.platform.api import Api, path_of
from fleet.platform.group import Group, group_of
from fleet.platform.json_shapes import list_of


def all_groups(api: Api) -> Iterator[Group]:
    """Group:listGroups."""
    for page in api.pages("/groups"):
        yield from map(group_of, list_of(page, "groups"))


def create_group(api: Api, name: str, configuration: Mapping[str, Any]) -> Group:
    """Group:createGroup. Sent once: names need not be unique, so a second request would create a second group."""
    body = {"configuration": configuration, "tags": {"name": name}}
    return group_of(api.post("/groups", body, repeatable=False).body)


def delete_group(api: Api, group_id: str) -> None:
    """Group:deleteGroup."""
    api.delete(path_of("groups", group_id))


def put_configuration(api: Api, group_id: str, namespace: str, parameters: Mapping[str, Any]) -> Group:
    """Group:putConfigurationParameters. Sets these parameters of a namespace and leaves all others."""
    pairs = [{"key": key, "value": value} for key, value in parameters.items()]
    return group_of(api.put(path_of("groups", group_id, "configuration", namespace), pairs).body)


def delete_parameter(api: Api, group_id: str, namespace: str, key: str) -> None:
    """Group:deleteConfigurationParameter."""
    api.delete(path_of("groups", group_id, "configuration", namespace, key))
