"""Edge: signing in to the SORACOM API, and keeping the token until it is about to expire.

The key and the token of a session are kept in memory and, so that one command after the other need not sign in (the
platform counts those attempts), in a file that only its owner may read.
"""

from __future__ import annotations

import hashlib
import json
import math
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from agent.errors import Code, Failure
from agent.frozen import frozen
from fleet.platform.profile import AuthKey, Credentials, Password, Profile, Switched

EARLY_S = 300.0
"""A token is renewed that long before it expires."""
Post = Callable[[str, Mapping[str, Any], Mapping[str, str]], Mapping[str, Any]]
"""Path, body and headers of a question, and its answer; raises `Failure`."""


@frozen
class Signed:
    """Proof of who asks, for a while."""

    api_key: str
    token: str
    operator_id: str
    until: float
    """Seconds since 1970."""
    user: str = ""

    @property
    def headers(self) -> Mapping[str, str]:
        """What every request carries."""
        return {"X-Soracom-API-Key": self.api_key, "X-Soracom-Token": self.token}


class SignIn:
    """Signs in when somebody has to, and not before."""

    def __init__(
        self, profile: Profile, post: Post, cache: Path | None = None, now: Callable[[], float] = time.time
    ) -> None:
        self._profile, self._post, self._now = profile, post, now
        self._place = cache / _name_of(profile) if cache else None
        self._signed: Signed | None = None

    def signed(self) -> Signed:
        """A proof that is good for a while; raises `platform.*`."""
        found = self._signed or self._kept()
        if found is None or found.until - self._now() < EARLY_S:
            found = (
                self._renewed(found) if found and found.until > self._now() else self._anew(self._profile.credentials)
            )
            self._keep(found)
        self._signed = found
        return found

    def refused(self, token: str) -> None:
        """The platform did not take this token: the next question signs in anew, unless somebody did meanwhile."""
        if self._signed is not None and self._signed.token != token:
            return
        self._signed = None
        if self._place:
            with suppress(OSError):
                self._place.unlink()

    def _anew(self, credentials: Credentials) -> Signed:
        if isinstance(credentials, Switched):
            first = self._anew(credentials.source)
            body = {"operatorId": credentials.operator_id, "userName": credentials.user}
            return self._read(self._post("/auth/switch_user", body, first.headers), 3600)
        timeout_s = self._profile.token_timeout_s
        return self._read(self._post("/auth", {**_body(credentials), "tokenTimeoutSeconds": timeout_s}, {}), timeout_s)

    def _renewed(self, old: Signed) -> Signed:
        body = {"tokenTimeoutSeconds": self._profile.token_timeout_s}
        try:
            answer = self._post(f"/operators/{old.operator_id}/token", body, old.headers)
        except Failure:
            return self._anew(self._profile.credentials)
        whole = {"apiKey": old.api_key, "operatorId": old.operator_id, "userName": old.user, **answer}
        return self._read(whole, self._profile.token_timeout_s)

    def _read(self, answer: Mapping[str, Any], timeout_s: int) -> Signed:
        key, token, operator = answer.get("apiKey"), answer.get("token"), answer.get("operatorId")
        if not (isinstance(key, str) and isinstance(token, str) and isinstance(operator, str)):
            raise Failure(Code.PLATFORM_NOT_UNDERSTOOD, "expected an API key and a token", where="/auth")
        return Signed(key, token, operator, self._now() + timeout_s, str(answer.get("userName") or ""))

    def _kept(self) -> Signed | None:
        if self._place is None:
            return None
        try:
            told = json.loads(self._place.read_bytes())
            return Signed(**told) if _is_usable(told) else None
        except (OSError, ValueError, TypeError, RecursionError):
            return None

    def _keep(self, signed: Signed) -> None:
        """A cache: what cannot be kept is asked for again."""
        if self._place is None:
            return
        with suppress(OSError):
            self._place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile("w", dir=self._place.parent, delete=False) as file:  # mode 0600
                json.dump(asdict(signed), file)
            Path(file.name).replace(self._place)


def _body(credentials: AuthKey | Password) -> Mapping[str, str]:
    match credentials:
        case AuthKey(key_id, secret):
            return {"authKeyId": key_id, "authKey": secret}
        case Password(password, email=email, operator_id=operator_id, user=user, mfa=mfa):
            who = {"email": email} if email else {"operatorId": operator_id, "userName": user}
            return {**who, "password": password, **({"mfaOTPCode": mfa} if mfa else {})}


def _name_of(profile: Profile) -> str:
    """Of the cached token: by who asks and where; no secret is part of it, nor this minute's code."""
    told = json.dumps([profile.endpoint, _who(profile.credentials)])
    return f"token-{hashlib.sha256(told.encode()).hexdigest()[:24]}.json"


def _who(credentials: Credentials) -> list[str]:
    match credentials:
        case AuthKey(key_id):
            return ["key", key_id]
        case Password(_, email=email, operator_id=operator_id, user=user):
            return ["password", email, operator_id, user]
        case Switched(source, operator_id, user):
            return ["switched", *_who(source), operator_id, user]


def _is_usable(told: object) -> bool:
    """Whether a kept token can be put into headers, and into a comparison of times."""
    if not isinstance(told, dict):
        return False
    texts = [told.get(name) for name in ("api_key", "token", "operator_id", "user")]
    until = told.get("until")
    printable = all(isinstance(one, str) and one.isascii() and one.isprintable() for one in texts)
    return printable and isinstance(until, float) and math.isfinite(until)
