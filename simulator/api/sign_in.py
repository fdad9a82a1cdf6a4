"""Pure. Signing in and out, tokens, and second factors."""

from __future__ import annotations

import json
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from simulator.api.account import Account, Token, User
from simulator.api.asked import Asked, Operation, nothing, text
from simulator.api.second_factor import opens, secret_of
from simulator.http_messages import Response
from simulator.subscribers import Refusal

MOST_TOKEN_S = 172800
_TOKEN_S = 86400
_SWITCHED_S = range(180, 3601)


def sign_in(asked: Asked) -> Response:
    """Signs in with an authentication key, or with a password and, where the user has one, a second factor."""
    members = asked.members()
    found = [(account, _who(account, members)) for account in asked.account.operators.values()]
    account, user = next(((account, user) for account, user in found if user), (asked.account, None))
    if user is None:
        raise Refusal(401, "AUM0004", "authentication failed")
    needs_factor = user.mfa is not None and "password" in members
    if needs_factor and not opens(user.mfa or "", members.get("mfaOTPCode"), account.platform.now_ms()):
        raise Refusal(401, "AUM0012", "the code of the second factor is needed")
    return Response.json(200, _new_token(account, user, members))


def switch_user(asked: Asked) -> Response:
    """Becomes another user of the operator, if the trust policy of that user names the caller."""
    account, members = asked.account, asked.members()
    user = account.users.get(text(members, "userName"))
    is_here = members.get("operatorId", account.operator_id) == account.operator_id
    if user is None or not is_here or not _trusts(user, account, asked.user):
        raise Refusal(400, "AUM0005", "switch user not allowed")
    lasts_s = members.get("tokenTimeoutSeconds", _SWITCHED_S[-1])
    if lasts_s not in _SWITCHED_S:
        raise Refusal(400, "AUM0001", f"tokenTimeoutSeconds is {_SWITCHED_S[0]} to {_SWITCHED_S[-1]}")
    return Response.json(200, _new_token(account, user, {"tokenTimeoutSeconds": lasts_s}))


def renew(asked: Asked) -> Response:
    """Issues a new token for the same API key; the old token stays valid until it expires."""
    api_key = asked.request.headers["x-soracom-api-key"]
    answer = _new_token(asked.account, asked.user, asked.members(), api_key)
    return Response.json(200, {"token": answer["token"]})


def sign_out(asked: Asked) -> Response:
    """Makes the token invalid."""
    asked.account.tokens.pop(asked.request.headers.get("x-soracom-token", ""), None)
    return nothing()


def revoke_tokens(asked: Asked) -> Response:
    """Makes all tokens of the root user, or of a SAM user, invalid."""
    name = asked.variable("user_name") if "user_name" in asked.variables else ""
    forget_tokens(asked.account, name)
    return nothing()


def offer_factor(asked: Asked) -> Response:
    """A second factor, which counts once a code of it was verified."""
    user = user_of(asked)
    user.mfa_offered = secret_of(secrets.token_bytes(20))
    name = user.name or asked.account.email
    return Response.json(200, {"totpUri": f"otpauth://totp/SORACOM:{name}?secret={user.mfa_offered}&issuer=SORACOM"})


def verify_factor(asked: Asked) -> Response:
    """The second factor counts from now on."""
    user = user_of(asked)
    code = text(asked.members(), "mfaOTPCode")
    if user.mfa_offered is None or not opens(user.mfa_offered, code, asked.account.platform.now_ms()):
        raise Refusal(400, "AUM0013", "the code is wrong, or no second factor was asked for")
    user.mfa, user.mfa_offered = user.mfa_offered, None
    return nothing() if user.name else Response.json(200, {"backupCodes": []})


def revoke_factor(asked: Asked) -> Response:
    """No second factor any more; the root user's needs its password."""
    user = user_of(asked)
    if not user.name and (user.password is None or text(asked.members(), "password") != user.password):
        raise Refusal(400, "AUM0014", "the password is wrong")
    user.mfa = None
    return nothing()


def get_factor(asked: Asked) -> Response:
    """Whether there is a second factor."""
    return Response.json(200, {"status": "OFF" if user_of(asked).mfa is None else "ON"})


def forget_tokens(account: Account, name: str) -> None:
    """Makes all tokens of a user invalid."""
    for key in [key for key, token in account.tokens.items() if token.user == name]:
        del account.tokens[key]


def user_of(asked: Asked) -> User:
    """The SAM user that the path names, or the root user where it names none."""
    if "user_name" not in asked.variables:
        return asked.account.root()
    user = asked.account.users.get(asked.variable("user_name"))
    if user is None or not user.name:
        raise Refusal(404, "USR0404", "no such user")
    return user


def _who(account: Account, members: Mapping[str, Any]) -> User | None:
    match members:
        case {"authKeyId": str(key_id), "authKey": str(secret)}:
            return next((user for user in account.users.values() if user.auth_keys.get(key_id) == secret), None)
        case {"email": email, "password": str(password)} if password:
            root = account.root()
            return root if email == account.email and root.password == password else None
        case {"operatorId": operator_id, "userName": str(name), "password": str(password)} if name and password:
            user = account.users.get(name)
            return user if user and operator_id == account.operator_id and user.password == password else None
        case _:
            return None


def _new_token(account: Account, user: User, members: Mapping[str, Any], api_key: str = "") -> dict[str, str]:
    lasts_s = members.get("tokenTimeoutSeconds", _TOKEN_S)
    if not isinstance(lasts_s, int) or isinstance(lasts_s, bool) or not 0 < lasts_s <= MOST_TOKEN_S:
        raise Refusal(400, "AUM0001", f"tokenTimeoutSeconds is at most {MOST_TOKEN_S}")
    api_key = api_key or f"api-{secrets.token_urlsafe(18)}"
    now_ms = account.platform.now_ms()
    token = Token(api_key, _json_web_token(account, user, now_ms, lasts_s), user.name, now_ms + lasts_s * 1000)
    account.tokens[token.token] = token
    answer = {"apiKey": token.api_key, "token": token.token, "operatorId": account.operator_id}
    return answer | ({"userName": user.name} if user.name else {})


def _json_web_token(account: Account, user: User, now_ms: int, lasts_s: int) -> str:
    """A token in the compact form (RFC 7519, 3.1). Its signature is random, since the simulator knows its tokens."""
    operator = {"operatorId": account.operator_id, **({"userName": user.name} if user.name else {})}
    claims = {"iss": "kitting-sim", "jti": secrets.token_hex(16), "exp": now_ms // 1000 + lasts_s, "operator": operator}
    parts = [json.dumps(part, separators=(",", ":")).encode() for part in ({"alg": "HS256", "typ": "JWT"}, claims)]
    return ".".join(urlsafe_b64encode(part).decode().rstrip("=") for part in (*parts, secrets.token_bytes(32)))


def _trusts(user: User, account: Account, who: User) -> bool:
    """Whether a trust policy names who asks: `{"statements": [{"effect": …, "principal": {"soracom": ["srn:…"]}}]}`."""
    name = f"srn:soracom:{account.operator_id}::" + (f"User:{who.name}" if who.name else "Operator")
    statements = json.loads(user.trust_policy or "{}").get("statements", [])
    fitting = {
        one.get("effect")
        for one in statements
        if any(fnmatchcase(name, pattern) for pattern in (one.get("principal") or {}).get("soracom", []))
    }
    return fitting == {"allow"}


OPERATIONS: Mapping[str, Operation] = {
    "Auth:auth": sign_in,
    "Auth:logout": sign_out,
    "Auth:switchUser": switch_user,
    "Operator:generateAuthToken": renew,
    "Operator:revokeOperatorAuthTokens": revoke_tokens,
    "Operator:enableMFA": offer_factor,
    "Operator:verifyMFA": verify_factor,
    "Operator:revokeMFA": revoke_factor,
    "Operator:getMFAStatus": get_factor,
    "User:revokeUserAuthTokens": revoke_tokens,
    "User:enableUserMFA": offer_factor,
    "User:verifyUserMFA": verify_factor,
    "User:revokeUserMFA": revoke_factor,
    "User:getUserMFAStatus": get_factor,
}
