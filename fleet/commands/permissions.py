"""Entry point. `kitting permissions`: the least permission document of a role, and whether the user has it."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from agent.host.process_entry import print_json, print_lines
from fleet.commands.api_access import api_of
from fleet.commands.command_line import CommandLine
from fleet.platform.permissions import ROLES, Statement, least_document, missing, statements_of

if TYPE_CHECKING:
    from fleet.platform.api import Api


def permissions(arguments: argparse.Namespace) -> int:
    """Prints the document; with --check what the present user lacks, and then exit code 77."""
    if not arguments.check:
        print_json(least_document(arguments.role))
        return os.EX_OK
    with api_of(arguments) as api:
        lacking = missing(arguments.role, _statements(api)) if api.user else {}
    if arguments.json:
        print_json({name: allowed.value for name, allowed in lacking.items()})
    else:
        lines = [f"{name}: {allowed.value}" for name, allowed in lacking.items()]
        print_lines(lines or ["everything is allowed"])
    return os.EX_NOPERM if lacking else os.EX_OK


def _statements(api: Api) -> tuple[Statement, ...]:
    """The statements of the user's own document and of its roles, which the user needs permission to read."""
    from fleet.platform.api import path_of
    from fleet.platform.json_shapes import list_of, object_of

    user = path_of("operators", api.operator_id, "users", api.user)
    documents = [object_of(api.get(f"{user}/permission").body, "a permission").get("permission")]
    for role in list_of(api.get(f"{user}/roles").body, "roles"):
        role_id = str(object_of(role, "a role").get("roleId") or "")
        details = api.get(path_of("operators", api.operator_id, "roles", role_id)).body
        documents.append(object_of(details, "a role").get("permission"))
    return tuple(
        statement for document in documents if isinstance(document, str) for statement in statements_of(document)
    )


def add(commands: CommandLine) -> None:
    """Adds the command."""
    summary = "print the least permission document with which a role works"
    command = commands.add_with_api("permissions", permissions, summary, "lock --check")
    command.add_argument("role", choices=sorted(ROLES), help="what the user is to do")
    command.add_argument("--check", action="store_true", help="check whether the present user may do all of it")
