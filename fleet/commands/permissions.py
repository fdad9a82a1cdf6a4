"""Entry point: `kitting permissions ROLE`: the least that a role needs, and whether somebody may do it."""

from __future__ import annotations

import argparse
import json
import os
from typing import Any

from agent.host.process_entry import print_json
from fleet.commands.console import api_of
from fleet.platform.api import Api, path_of
from fleet.platform.json_shapes import list_of, object_of
from fleet.platform.permissions import ROLES, Statement, least_document, missing, statements_of


def permissions(arguments: argparse.Namespace) -> int:
    """Prints the document; with --check 77 where the present user lacks something."""
    if not arguments.check:
        print(json.dumps(least_document(arguments.role), indent=2))
        return os.EX_OK
    with api_of(arguments) as api:
        lacking = {} if not api.user else missing(arguments.role, _of_user(api))
    if arguments.json:
        print_json({name: answer.value for name, answer in lacking.items()})
    else:
        print("\n".join(f"{name}: {answer.value}" for name, answer in lacking.items()) or "everything is allowed")
    return os.EX_NOPERM if lacking else os.EX_OK


def _of_user(api: Api) -> tuple[Statement, ...]:
    """The user's own document and those of its roles, which the user has to be allowed to read."""
    user = path_of("operators", api.operator_id, "users", api.user)
    documents = [object_of(api.get(f"{user}/permission").body, "a permission").get("permission")]
    for role in list_of(api.get(f"{user}/roles").body, "roles"):
        role_id = str(object_of(role, "a role").get("roleId") or "")
        told = api.get(path_of("operators", api.operator_id, "roles", role_id)).body
        documents.append(object_of(told, "a role").get("permission"))
    return tuple(one for document in documents if isinstance(document, str) for one in statements_of(document))


def add(commands: Any, command: Any) -> None:
    """Puts the command into the command line."""
    sub: argparse.ArgumentParser = command(
        commands, "permissions", permissions, "the least SAM permission with which a role works", "lock --check"
    )
    sub.add_argument("role", choices=sorted(ROLES), help="what somebody is to do")
    sub.add_argument("--check", action="store_true", help="whether the present user may do all of it")
