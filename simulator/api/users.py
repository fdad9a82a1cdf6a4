"""Pure. SAM users: their keys, passwords, permissions and roles."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import Any

from simulator.api.account import Account, User
from simulator.api.asked import Asked, Operation, nothing, text
from simulator.api.sign_in import forget_tokens, user_of
from simulator.http_messages import Response
from simulator.subscribers import EPOCH_MS, Refusal


def get_operator(asked: Asked) -> Response:
    """The operator."""
    account = asked.account
    names = {"operatorId": account.operator_id, "rootOperatorId": account.operator_id, "email": account.email}
    return Response.json(200, {**names, "description": "", "createDate": str(EPOCH_MS), "updateDate": str(EPOCH_MS)})


def update_password(asked: Asked) -> Response:
    """Changes the password; the request has to contain the old password."""
    user, members = user_of(asked), asked.members()
    if user.password is None or text(members, "currentPassword") != user.password:
        raise Refusal(400, "AUM0020", "the current password is wrong")
    user.password = text(members, "newPassword")
    return nothing(200)


def create_user(asked: Asked) -> Response:
    """Adds a SAM user without permissions."""
    name = asked.variable("user_name")
    if name in asked.account.users:
        raise Refusal(400, "USR0001", "there is such a user already")
    asked.account.users[name] = User(name, str(asked.members().get("description") or ""))
    return nothing(201)


def update_user(asked: Asked) -> Response:
    """Changes the description."""
    user = user_of(asked)
    user.description = str(asked.members().get("description") or "")
    return nothing(200)


def delete_user(asked: Asked) -> Response:
    """The user, its keys and its tokens are gone."""
    user = user_of(asked)
    del asked.account.users[user.name]
    forget_tokens(asked.account, user.name)
    return nothing()


def list_users(asked: Asked) -> Response:
    """All SAM users."""
    account = asked.account
    return Response.json(200, [user_object(account, user) for user in account.users.values() if user.name])


def get_user(asked: Asked) -> Response:
    """Returns a user."""
    return Response.json(200, user_object(asked.account, user_of(asked)))


def get_permission(asked: Asked) -> Response:
    """The user's own permission document, as a text."""
    return Response.json(200, {"permission": user_of(asked).permission})


def put_permission(asked: Asked) -> Response:
    """Replaces the user's permission document."""
    user_of(asked).permission = permission_in(asked.members(), "permission")
    return nothing(200)


def delete_permission(asked: Asked) -> Response:
    """Removes the user's permission document."""
    user_of(asked).permission = ""
    return nothing()


def get_defaults(asked: Asked) -> Response:
    """The permission document that counts for every SAM user."""
    return Response.json(200, {"defaultPermissions": asked.account.default_permissions})


def put_defaults(asked: Asked) -> Response:
    """Replaces the default permissions."""
    asked.account.default_permissions = permission_in(asked.members(), "permissions")
    return nothing(202)


def delete_defaults(asked: Asked) -> Response:
    """Removes the default permissions."""
    asked.account.default_permissions = ""
    return nothing()


def create_password(asked: Asked) -> Response:
    """The user may sign in with a password from now on."""
    user_of(asked).password = text(asked.members(), "password")
    return nothing(201)


def delete_password(asked: Asked) -> Response:
    """Deletes the password."""
    user_of(asked).password = None
    return nothing()


def has_password(asked: Asked) -> Response:
    """Whether there is one."""
    return Response.json(200, {"hasPassword": user_of(asked).password is not None})


def generate_key(asked: Asked) -> Response:
    """Makes an authentication key; its secret is returned only here."""
    user = user_of(asked)
    key_id, secret = new_key(user)
    return Response.json(200 if user.name else 201, {"authKeyId": key_id, "authKey": secret})


def list_keys(asked: Asked) -> Response:
    """The authentication keys, without their secrets."""
    return Response.json(200, [_key_object(key_id) for key_id in user_of(asked).auth_keys])


def get_key(asked: Asked) -> Response:
    """Returns an authentication key, without its secret."""
    return Response.json(200, _key_object(_key(asked)))


def delete_key(asked: Asked) -> Response:
    """Deletes an authentication key."""
    del user_of(asked).auth_keys[_key(asked)]
    return nothing()


def get_trust(asked: Asked) -> Response:
    """Returns the trust policy of the user."""
    return Response.json(200, {"trustPolicy": user_of(asked).trust_policy})


def put_trust(asked: Asked) -> Response:
    """Others may."""
    user_of(asked).trust_policy = permission_in(asked.members(), "trustPolicy")
    return nothing()


def delete_trust(asked: Asked) -> Response:
    """Deletes the trust policy: no user may switch to this one."""
    user_of(asked).trust_policy = ""
    return nothing()


def new_key(user: User) -> tuple[str, str]:
    """Key id and secret of a new authentication key."""
    key_id, secret = f"keyId-{secrets.token_urlsafe(12)}", f"secret-{secrets.token_urlsafe(24)}"
    user.auth_keys[key_id] = secret
    return key_id, secret


def documents_of(account: Account, user: User) -> list[str]:
    """Every permission document that counts for a user."""
    return [account.default_permissions, user.permission, *(account.roles.get(role, "") for role in user.roles)]


def user_object(account: Account, user: User) -> dict[str, Any]:
    """The user as the API returns it."""
    return {
        "userName": user.name,
        "description": user.description,
        "hasPassword": user.password is not None,
        "authKeyList": [_key_object(key_id) for key_id in user.auth_keys],
        "roleList": [{"roleId": role, **_dates()} for role in user.roles if role in account.roles],
        "permission": user.permission,
        **_dates(),
    }


def permission_in(members: Mapping[str, Any], name: str) -> str:
    """A document of statements, as JSON in a text; raises a `Refusal` for anything else."""
    given = text(members, name)
    try:
        document = json.loads(given)
    except (ValueError, RecursionError):
        raise Refusal(400, "PRM0001", f"{name} is JSON in a text") from None
    statements = document.get("statements") if isinstance(document, dict) else None
    if not isinstance(statements, list) or any(
        not isinstance(one, dict) or one.get("effect") not in {"allow", "deny"} for one in statements
    ):
        raise Refusal(400, "PRM0001", f"{name} has statements, each with an effect: allow or deny")
    return given


def _key(asked: Asked) -> str:
    key_id = asked.variable("auth_key_id")
    if key_id not in user_of(asked).auth_keys:
        raise Refusal(404, "USR0405", "no such authentication key")
    return key_id


def _key_object(key_id: str) -> dict[str, Any]:
    return {"authKeyId": key_id, "createDateTime": EPOCH_MS}


def _dates() -> dict[str, int]:
    return {"createDateTime": EPOCH_MS, "updateDateTime": EPOCH_MS}


OPERATIONS: Mapping[str, Operation] = {
    "Operator:getOperator": get_operator,
    "Operator:generateOperatorAuthKey": generate_key,
    "Operator:listOperatorAuthKeys": list_keys,
    "Operator:deleteOperatorAuthKey": delete_key,
    "Operator:updateOperatorPassword": update_password,
    "User:listUsers": list_users,
    "User:getUser": get_user,
    "User:createUser": create_user,
    "User:updateUser": update_user,
    "User:deleteUser": delete_user,
    "User:getUserPermission": get_permission,
    "User:updateUserPermission": put_permission,
    "User:deleteUserPermission": delete_permission,
    "User:getDefaultPermissions": get_defaults,
    "User:updateDefaultPermissions": put_defaults,
    "User:deleteDefaultPermissions": delete_defaults,
    "User:generateUserAuthKey": generate_key,
    "User:listUserAuthKeys": list_keys,
    "User:getUserAuthKey": get_key,
    "User:deleteUserAuthKey": delete_key,
    "User:createUserPassword": create_password,
    "User:updateUserPassword": update_password,
    "User:deleteUserPassword": delete_password,
    "User:hasUserPassword": has_password,
    "User:getUserTrustPolicy": get_trust,
    "User:updateUserTrustPolicy": put_trust,
    "User:deleteUserTrustPolicy": delete_trust,
}
