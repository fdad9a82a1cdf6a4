"""Edge. Signs in to the SORACOM API, and keeps the token until shortly before it expires.

The API key and the token are kept in memory, and in a file that only its owner may read: each command is a process of
its own, and the platform limits how often a user signs in.
"""

from __future__ import annotations

import hashlib
import json
import math
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from agent.errors import Code, Failure
from fleet.platform.credentials import AuthKey, Credentials, Password, Profile, SwitchedUser

EARLY_S = 300.0
"""A token is renewed so long before it expires."""
_SWITCHED_TIMEOUT_S = 3600
Post = Callable[[str, Mapping[str, Any], Mapping[str, str]], Mapping[str, Any]]
"""Sends path, body and headers, and returns the members of the response; raises `Failure`."""


@dataclass(frozen=True, slots=True)
class ApiToken:
    """Proof of the user that sends a request."""

    api_key: str
    token: str
    operator_id: str
    until: float
    """When the token expires, in seconds since 1970."""
    user: str = ""

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers of a signed request."""
        return {"X-Soracom-API-Key": self.api_key, "X-Soracom-Token": self.token}


class SignIn:
    """Signs in with the first request that needs a token; not safe for several threads at once."""

    def __init__(
        self, profile: Profile, post: Post, cache: Path | None = None, now: Callable[[], float] = time.time
    ) -> None:
        self._profile, self._post, self._now = profile, post, now
        self._file = cache / _file_name(profile) if cache else None
        self._token: ApiToken | None = None

    def token(self) -> ApiToken:
        """A token that is valid for some minutes at least; raises `platform.*`."""
        token = self._token or self._load()
        if token is None or token.until - self._now() < EARLY_S:
            expired = token is None or token.until <= self._now()
            token = self._sign_in(self._profile.credentials) if token is None or expired else self._renew(token)
            self._save(token)
        self._token = token
        return token

    def refused(self, token: str) -> None:
        """Forgets a token that the platform refused, unless another thread has replaced it already."""
        if self._token is not None and self._token.token != token:
            return
        self._token = None
        if self._file:
            with suppress(OSError):
                self._file.unlink()

    def _sign_in(self, credentials: Credentials) -> ApiToken:
        if isinstance(credentials, SwitchedUser):
            first = self._sign_in(credentials.source)
            body = {"operatorId": credentials.operator_id, "userName": credentials.user}
            return self._read(self._post("/auth/switch_user", body, first.headers), _SWITCHED_TIMEOUT_S)
        timeout_s = self._profile.token_timeout_s
        return self._read(self._post("/auth", {**_body(credentials), "tokenTimeoutSeconds": timeout_s}, {}), timeout_s)

    def _renew(self, old: ApiToken) -> ApiToken:
        """A new token for the same API key; signs in where the platform does not renew the old one."""
        body = {"tokenTimeoutSeconds": self._profile.token_timeout_s}
        try:
            members = self._post(f"/operators/{old.operator_id}/token", body, old.headers)
        except Failure:
            return self._sign_in(self._profile.credentials)
        kept = {"apiKey": old.api_key, "operatorId": old.operator_id, "userName": old.user}
        return self._read({**kept, **members}, self._profile.token_timeout_s)

    def _read(self, members: Mapping[str, Any], timeout_s: int) -> ApiToken:
        key, token, operator = members.get("apiKey"), members.get("token"), members.get("operatorId")
        if not (isinstance(key, str) and isinstance(token, str) and isinstance(operator, str)):
            raise Failure(Code.PLATFORM_NOT_UNDERSTOOD, "expected an API key and a token", where="/auth")
        return ApiToken(key, token, operator, self._now() + timeout_s, str(members.get("userName") or ""))

    def _load(self) -> ApiToken | None:
        """The token of an earlier command; None where the file is missing or damaged."""
        if self._file is None:
            return None
        try:
            members = json.loads(self._file.read_bytes())
            return ApiToken(**members) if _is_usable(members) else None
        except (OSError, ValueError, TypeError, RecursionError):
            return None

    def _save(self, token: ApiToken) -> None:
        """Writes the token for the next command; where that fails, the next command signs in."""
        if self._file is None:
            return
        with suppress(OSError):
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile("w", dir=self._file.parent, delete=False) as file:  # mode 0600
                json.dump(asdict(token), file)
            Path(file.name).replace(self._file)


def _body(credentials: AuthKey | Password) -> Mapping[str, str]:
    match credentials:
        case AuthKey(key_id, secret):
            return {"authKeyId": key_id, "authKey": secret}
        case Password(password, email=email, operator_id=operator_id, user=user, mfa=mfa):
            name = {"email": email} if email else {"operatorId": operator_id, "userName": user}
            return {**name, "password": password, **({"mfaOTPCode": mfa} if mfa else {})}


def _file_name(profile: Profile) -> str:
    """Name of the token's file: one for each user and endpoint, made without any secret or one-time code."""
    identity = json.dumps([profile.endpoint, _identity(profile.credentials)])
    return f"token-{hashlib.sha256(identity.encode()).hexdigest()[:24]}.json"


def _identity(credentials: Credentials) -> list[str]:
    match credentials:
        case AuthKey(key_id):
            return ["key", key_id]
        case Password(_, email=email, operator_id=operator_id, user=user):
            return ["password", email, operator_id, user]
        case SwitchedUser(source, operator_id, user):
            return ["switched", *_identity(source), operator_id, user]


def _is_usable(members: object) -> bool:
    """Whether the members of a token's file fit into headers and into a comparison of times."""
    if not isinstance(members, dict):
        return False
    texts = [members.get(name) for name in ("api_key", "token", "operator_id", "user")]
    until = members.get("until")
    printable = all(isinstance(text, str) and text.isascii() and text.isprintable() for text in texts)
    return printable and isinstance(until, float) and math.isfinite(until)
