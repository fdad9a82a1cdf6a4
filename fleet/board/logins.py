"""Edge. The browsers that are logged in, and the networks that tried wrong passwords; kept in memory only."""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from collections.abc import Callable
from hashlib import sha256

from fleet.board.access_rules import MAX_PASSWORD, Attempts, network_of

SESSION_S = 12 * 3600.0
"""A shift."""
_MAX_NETWORKS, _MAX_SESSIONS = 1024, 256


class Logins:
    """The logins of a board with one password; where `password` is None, no login is needed."""

    def __init__(self, password: str | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._password = None if password is None else _digest(password)
        self._clock = clock
        self._lock = threading.Lock()
        self._until: dict[str, float] = {}
        """Digest of a token → when its session ends."""
        self._attempts: dict[str, Attempts] = {}

    @property
    def need_password(self) -> bool:
        """Whether a browser has to log in."""
        return self._password is not None

    def is_valid(self, token: str) -> bool:
        """Whether a browser with this token may see the board."""
        if self._password is None:
            return True
        with self._lock:
            return self._until.get(_digest(token).hex(), 0.0) > self._clock()

    def wait_s(self, address: str) -> int:
        """Seconds for which attempts from the network of this address are refused."""
        with self._lock:
            return self._attempts.get(network_of(address), Attempts()).wait_s(self._clock())

    def log_in(self, address: str, password: str) -> str | None:
        """A new token; None where the password is wrong, or where the network has to wait."""
        if self._password is None:
            return None
        with self._lock:
            network, now = network_of(address), self._clock()
            before = self._attempts.get(network, Attempts())
            if before.wait_s(now):
                return None
            if len(password) > MAX_PASSWORD or not hmac.compare_digest(_digest(password), self._password):
                self._attempts[network] = before.after_wrong(now)
                self._forget_networks()
                return None
            self._attempts.pop(network, None)
            return self._new_token(now)

    def log_out(self, token: str) -> None:
        """Ends the session of a token."""
        with self._lock:
            self._until.pop(_digest(token).hex(), None)

    def _new_token(self, now: float) -> str:
        self._until = {token: until for token, until in self._until.items() if until > now}
        while len(self._until) >= _MAX_SESSIONS:
            del self._until[min(self._until, key=self._until.__getitem__)]
        token = secrets.token_urlsafe(32)
        self._until[_digest(token).hex()] = now + SESSION_S
        return token

    def _forget_networks(self) -> None:
        """Forgets the networks with the fewest attempts, so that new networks do not free one that has to wait."""
        while len(self._attempts) > _MAX_NETWORKS:
            del self._attempts[min(self._attempts, key=lambda network: self._attempts[network].wrong)]


def _digest(text: str) -> bytes:
    """A digest of constant length, so that the time of a comparison reveals nothing about the text."""
    return sha256(text.encode(errors="surrogatepass")).digest()
