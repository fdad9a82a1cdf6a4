"""Pure. Roles: permission documents that several users share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.api.asked import Asked, Operation, nothing, text
from simulator.api.sign_in import user_of
from simulator.api.users import permission_in, user_object
from simulator.http_messages import Response
from simulator.subscribers import EPOCH_MS, Refusal


def list_roles(asked: Asked) -> Response:
    """All roles."""
    roles = [_role_object(asked, role_id) for role_id in asked.account.roles]
    return Response.json(200, [{k: v for k, v in role.items() if k != "permission"} for role in roles])


def get_role(asked: Asked) -> Response:
    """Returns a role."""
    return Response.json(200, _role_object(asked, _role(asked)))


def create_role(asked: Asked) -> Response:
    """A role with its permission document."""
    role_id = asked.variable("role_id")
    if role_id in asked.account.roles:
        raise Refusal(400, "ROL0001", "there is such a role already")
    asked.account.roles[role_id] = permission_in(asked.members(), "permission")
    return Response.json(200, {"roleId": role_id})


def update_role(asked: Asked) -> Response:
    """Replaces the permission document."""
    asked.account.roles[_role(asked)] = permission_in(asked.members(), "permission")
    return nothing(200)


def delete_role(asked: Asked) -> Response:
    """Deletes a role that no user has."""
    role_id = _role(asked)
    if any(role_id in user.roles for user in asked.account.users.values()):
        raise Refusal(400, "ROL0002", "a user has the role")
    del asked.account.roles[role_id]
    return nothing()


def list_users_of(asked: Asked) -> Response:
    """The users who have a role."""
    role_id = _role(asked)
    users = [user for user in asked.account.users.values() if role_id in user.roles]
    return Response.json(200, [user_object(asked.account, user) for user in users])


def list_roles_of(asked: Asked) -> Response:
    """The roles of a user."""
    return Response.json(200, [_role_object(asked, role) for role in user_of(asked).roles])


def attach_role(asked: Asked) -> Response:
    """Gives a user a role."""
    role_id, user = text(asked.members(), "roleId"), user_of(asked)
    if role_id not in asked.account.roles:
        raise Refusal(404, "ROL0404", "no such role")
    if role_id not in user.roles:
        user.roles.append(role_id)
    return nothing(200)


def detach_role(asked: Asked) -> Response:
    """Takes a role from a user."""
    role_id, user = asked.variable("role_id"), user_of(asked)
    if role_id not in user.roles:
        raise Refusal(404, "ROL0404", "the user has no such role")
    user.roles.remove(role_id)
    return nothing(200)


def _role(asked: Asked) -> str:
    role_id = asked.variable("role_id")
    if role_id not in asked.account.roles:
        raise Refusal(404, "ROL0404", "no such role")
    return role_id


def _role_object(asked: Asked, role_id: str) -> dict[str, Any]:
    permission = asked.account.roles[role_id]
    dates = {"createDateTime": EPOCH_MS, "updateDateTime": EPOCH_MS}
    return {"roleId": role_id, "permission": permission, "owner": "operator", **dates}


OPERATIONS: Mapping[str, Operation] = {
    "Role:listRoles": list_roles,
    "Role:getRole": get_role,
    "Role:createRole": create_role,
    "Role:updateRole": update_role,
    "Role:deleteRole": delete_role,
    "Role:listRoleAttachedUsers": list_users_of,
    "Role:listUserRoles": list_roles_of,
    "Role:attachRole": attach_role,
    "Role:detachRole": detach_role,
}
