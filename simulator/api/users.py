"""Pure. Signing in, and users, their keys, permissions and roles."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from simulator.api.account import Account, Token, User
from simulator.api.asked import Asked, nothing, text
from simulator.http_messages import Response
from simulator.subscribers import Refusal

MOST_TOKEN_S = 172800
_TOKEN_S = 86400


def sign_in(asked: Asked) -> Response:
    """With a key, or with e-mail address or operator and user, and a password; a second factor where there is one."""
    members = asked.members()
    user = _who(asked.account, members)
    if user is None or (user.mfa is not None and members.get("mfaOTPCode") != user.mfa and "password" in members):
        raise Refusal(401, "AUM0004", "authentication failed")
    return Response.json(200, _new_token(asked.account, user, members))


def switch_user(asked: Asked) -> Response:
    """Becomes another user of the operator."""
    user = asked.account.users.get(text(asked.members(), "userName"))
    if user is None:
        raise Refusal(400, "AUM0005", "no such user")
    return Response.json(200, _new_token(asked.account, user, {"tokenTimeoutSeconds": 3600}))


def renew(asked: Asked) -> Response:
    """Another token for the same API key."""
    answer = _new_token(asked.account, asked.user, asked.members())
    return Response.json(200, {"token": answer["token"], "apiKey": answer["apiKey"]})


def sign_out(asked: Asked) -> Response:
    """The token is worth nothing from now on."""
    asked.account.tokens.pop(asked.request.headers.get("x-soracom-token", ""), None)
    return nothing()


def get_operator(asked: Asked) -> Response:
    """The operator."""
    account = asked.account
    return Response.json(200, {"operatorId": account.operator_id, "email": account.email})


def create_user(asked: Asked) -> Response:
    """A SAM user, who may do nothing yet."""
    name = asked.variable("user_name")
    if name in asked.account.users:
        raise Refusal(400, "USR0001", "there is such a user already")
    asked.account.users[name] = User(name, str(asked.members().get("description") or ""))
    return nothing(201)


def delete_user(asked: Asked) -> Response:
    """The user, its keys and its tokens are gone."""
    user = _user(asked)
    del asked.account.users[user.name]
    for key in [key for key, token in asked.account.tokens.items() if token.user == user.name]:
        del asked.account.tokens[key]
    return nothing()


def list_users(asked: Asked) -> Response:
    """All SAM users."""
    return Response.json(200, [_user_object(user) for user in asked.account.users.values() if user.name])


def get_user(asked: Asked) -> Response:
    """One."""
    return Response.json(200, _user_object(_user(asked)))


def get_permission(asked: Asked) -> Response:
    """The user's own permission document, as a text."""
    return Response.json(200, {"permission": _user(asked).permission})


def put_permission(asked: Asked) -> Response:
    """Another one."""
    _user(asked).permission = text(asked.members(), "permission")
    return Response.json(200, {"permission": _user(asked).permission})


def generate_key(asked: Asked) -> Response:
    """An authentication key; the secret is told this once."""
    user = _user(asked) if "user_name" in asked.variables else asked.account.root()
    key_id, secret = new_key(user)
    return Response.json(201 if user.name == "" else 200, {"authKeyId": key_id, "authKey": secret})


def create_role(asked: Asked) -> Response:
    """A role with its permission document."""
    asked.account.roles[asked.variable("role_id")] = text(asked.members(), "permission")
    return Response.json(200, {"roleId": asked.variable("role_id")})


def get_role(asked: Asked) -> Response:
    """One."""
    role = asked.account.roles.get(asked.variable("role_id"))
    if role is None:
        raise Refusal(404, "ROL0404", "no such role")
    return Response.json(200, {"roleId": asked.variable("role_id"), "permission": role})


def attach_role(asked: Asked) -> Response:
    """Gives a user a role."""
    role = text(asked.members(), "roleId")
    if role not in asked.account.roles:
        raise Refusal(400, "ROL0404", "no such role")
    _user(asked).roles.append(role)
    return Response.json(200, {})


def list_roles_of(asked: Asked) -> Response:
    """The roles of a user."""
    return Response.json(200, [{"roleId": role} for role in _user(asked).roles])


def new_key(user: User) -> tuple[str, str]:
    """Key id and secret of a new authentication key."""
    key_id, secret = f"keyId-{secrets.token_urlsafe(12)}", f"secret-{secrets.token_urlsafe(24)}"
    user.auth_keys[key_id] = secret
    return key_id, secret


def documents_of(account: Account, user: User) -> list[str]:
    """Every permission document that counts for a user."""
    return [account.default_permissions, user.permission, *(account.roles[role] for role in user.roles)]


def _who(account: Account, members: Mapping[str, Any]) -> User | None:
    match members:
        case {"authKeyId": str(key_id), "authKey": str(secret)}:
            return next((user for user in account.users.values() if user.auth_keys.get(key_id) == secret), None)
        case {"email": email, "password": password}:
            root = account.root()
            return root if email == account.email and root.password == password and password else None
        case {"operatorId": operator_id, "userName": str(name), "password": password}:
            user = account.users.get(name)
            fits = user and name and operator_id == account.operator_id and user.password == password and password
            return user if fits else None
        case _:
            return None


def _new_token(account: Account, user: User, members: Mapping[str, Any]) -> dict[str, str]:
    lasts_s = members.get("tokenTimeoutSeconds", _TOKEN_S)
    if not isinstance(lasts_s, int) or not 0 < lasts_s <= MOST_TOKEN_S:
        raise Refusal(400, "AUM0001", f"tokenTimeoutSeconds is at most {MOST_TOKEN_S}")
    token = Token(f"api-{secrets.token_urlsafe(18)}", secrets.token_urlsafe(30), user.name, 0)
    token = Token(token.api_key, token.token, user.name, account.platform.now_ms() + lasts_s * 1000)
    account.tokens[token.token] = token
    answer = {"apiKey": token.api_key, "token": token.token, "operatorId": account.operator_id}
    return answer | ({"userName": user.name} if user.name else {})


def _user(asked: Asked) -> User:
    user = asked.account.users.get(asked.variable("user_name"))
    if user is None or not user.name:
        raise Refusal(404, "USR0404", "no such user")
    return user


def _user_object(user: User) -> dict[str, Any]:
    return {"userName": user.name, "description": user.description}
