"""Edge. SORACOM's metadata service over HTTP. The service answers for the SIM through which a request reaches it.

    with MetadataService(settings.metadata) as service:
        subscriber = service.subscriber()

All requests of a pass share one connection. The environment is ignored: no proxy, no .netrc, no cookie. No redirect is
followed, since SORACOM sends none. Where the service does not answer, it is asked again for `[metadata] patience`
seconds of the whole pass. Every error is a `Failure`; no exception of requests, urllib3 or the socket escapes.
"""

from __future__ import annotations

import json
import random as chance
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from threading import Thread
from types import TracebackType
from typing import Self, TypeVar

from requests import Request, Response

from agent.errors import Code, Failure, FailureKind
from agent.frozen import frozen
from agent.identity import Subscriber
from agent.metadata.adapter import BODY_ERRORS, REQUEST_ERRORS, TransportAdapter
from agent.metadata.answers import (
    MAX_BYTES,
    HttpAnswer,
    acknowledge,
    date_of,
    etag_of,
    imsi_of,
    modified_of,
    subscriber_of,
    userdata_of,
    userdata_unless_same,
)
from agent.metadata.patience import patiently
from agent.metadata.small_question import HEADERS
from agent.metadata.tcp_transport import Transport
from agent.settings import MetadataSettings

T = TypeVar("T")

_HEADERS = dict(HEADERS)
_PART_BYTES = 16 * 1024
_MAX_LENGTH_DIGITS = 18
_BODILESS = frozenset({204, 304})
"""Statuses whose answer ends with its headers, whatever they tell (RFC 9110, 6.4.1)."""


@frozen
class _Limit:
    """The seconds that a request may take."""

    left_s: float
    named_s: float
    """The limit of the settings that `left_s` is a part of. A failure names it."""


class MetadataService:
    """The service, as one pass asks it; not for use by several threads at once.

    `transports`: transports whose connection was begun before (`early_connection.transports`).

    Attributes:
        read_only: whether the SIM's group lets devices only read; None as long as no write was tried.
    """

    def __init__(
        self,
        settings: MetadataSettings,
        transports: Sequence[Transport] = (),
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        random: Callable[[], float] = chance.random,
    ) -> None:
        self._asked = 0
        self.read_only: bool | None = None
        self._settings = settings
        self._clock, self._sleep, self._random = clock, sleep, random
        self._patience_left_s = settings.patience
        self._reading_works = False
        self._genuine_connection = -1
        """The number of the connection that brought a genuine record last."""
        self._date: datetime | None = None
        self._etag: str | None = None
        self._transport, *self._transports = transports or [Transport(settings.interface, clock)]
        self._adapter = TransportAdapter(self._transport)
        self._ahead: _Ahead | None = None
        self._just_read: bytes | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        self._leave()
        if self._ahead:
            self._ahead.service.__exit__(None, None, None)

    @property
    def requests(self) -> int:
        """Requests so far."""
        return self._asked + self._transport.failed_requests + (self._ahead.service.requests if self._ahead else 0)

    @property
    def date(self) -> datetime | None:
        """The `Date` of the service's last genuine answer, in UTC; None without one."""
        return self._date

    @property
    def connections(self) -> int:
        """TCP connections so far."""
        return self._transport.connections + (self._ahead.service.connections if self._ahead else 0)

    @property
    def bytes_sent(self) -> int:
        """Bytes that were written to sockets so far."""
        return self._transport.bytes_sent + (self._ahead.service.bytes_sent if self._ahead else 0)

    @property
    def bytes_received(self) -> int:
        """Bytes that were read from sockets so far."""
        return self._transport.bytes_received + (self._ahead.service.bytes_received if self._ahead else 0)

    def subscriber(self) -> Subscriber:
        """The subscriber record of the SIM through which the request reaches the service; raises `metadata.*`."""
        record = self._patiently(lambda: self._get("/v1/subscriber", subscriber_of))
        self._genuine_connection = self._transport.connections
        return record

    def subscriber_anew(self) -> Subscriber:
        """The subscriber record, over a new connection and after a new look-up of the name; raises `metadata.*`."""
        self._leave()
        return self.subscriber()

    def read_userdata_ahead(self) -> None:
        """Begins to read the userdata over a second connection, beside other requests, which saves a round trip."""
        self._ahead = _Ahead(
            MetadataService(replace(self._settings, patience=0.0), self._transports, clock=self._clock)
        )

    def userdata(self) -> bytes:
        """The group's userdata as it was received; raises `metadata.*`, `userdata.missing` and `userdata.too_large`."""
        if just_read := self._just_read:
            self._just_read = None
            return just_read
        if self._ahead and (read := self._ahead.take()):
            self._etag, self._date = self._ahead.service.etag, self._ahead.service.date or self._date
            return read
        return self._patiently(lambda: self._get("/v1/userdata", self._userdata_of))

    def _userdata_of(self, answer: HttpAnswer, where: str) -> bytes:
        return userdata_of(answer, where, by_the_service=self._genuine_connection == self._transport.connections)

    def modified(self) -> str:
        """The time of the record's last change, the smallest answer that shows a changed SIM; raises `metadata.*`."""
        return self._patiently(lambda: self._get("/v1/subscriber.lastModifiedTime", modified_of))

    def userdata_unless(self, etag: str | None) -> bytes | None:
        """The group's userdata; None where its ETag is still `etag` (RFC 9110, 13.1.2). Raises as `userdata`.

        What was read is what the next `userdata` returns: a poll that finds a change is followed by a pass.
        """
        self._just_read = self._patiently(lambda: self._get("/v1/userdata", userdata_unless_same, etag=etag))
        return self._just_read

    @property
    def etag(self) -> str | None:
        """The ETag of the userdata that was read last; None without one."""
        return self._etag

    def put_tags(self, tags: Mapping[str, str]) -> None:
        """Adds or replaces these tags and no other; an empty mapping only asks whether the device may write.

        Raises `report.read_only` or `report.not_sent`, and nothing else.
        """
        where = self._where("/v1/subscriber/tags")
        if self.read_only:
            raise Failure(Code.REPORT_READ_ONLY, "refused before in this pass", where=where)
        try:
            self._patiently(lambda: self._put(tags, where))
        except Failure as failure:
            self.read_only = True if failure.code is Code.REPORT_READ_ONLY else self.read_only
            if failure.code.kind is not FailureKind.NO_ANSWER:
                raise
            raise Failure(Code.REPORT_NOT_SENT, f"{failure.code.text}: {failure.detail}", where=where) from None
        self.read_only = False

    def put_tags_anew(self, tags: Mapping[str, str]) -> None:
        """Adds or replaces tags over a new connection and after a new look-up of the name, with one try.

        A return proves that the service can be reached; otherwise this raises `metadata.*`, `report.read_only` or
        `report.not_sent`.
        """
        self._leave()
        self._put(tags, self._where("/v1/subscriber/tags"))
        self.read_only = False

    def answers_anew(self, within_s: float) -> None:
        """Returns when the service has answered over a new connection; raises `metadata.*` after `within_s`.

        Asks only for the IMSI: the smallest question that no other server answers. The name is resolved, the interface
        bound and the connection opened again, as the next pass has to do it.
        """
        until = self._clock() + within_s

        def ask() -> None:
            self._leave()
            left_s = max(until - self._clock(), 0.001)
            timeout_s = self._settings.timeout
            limit = _Limit(left_s, within_s) if left_s < timeout_s else _Limit(timeout_s, timeout_s)
            self._get("/v1/subscriber.imsi", imsi_of, limit)

        patiently(ask, within_s, self._clock, self._sleep, self._random)

    def _leave(self) -> None:
        """Closes the connection: the next request opens a new one."""
        self._adapter.close()
        self._transport.drop_pending()

    def _patiently(self, ask: Callable[[], T]) -> T:
        """Repeats the question for the seconds of `[metadata] patience` that this pass has not used yet."""
        began = self._clock()
        try:
            return patiently(ask, self._patience_left_s, self._clock, self._sleep, self._random)
        finally:
            self._patience_left_s = max(0.0, self._patience_left_s - (self._clock() - began))

    def _get(
        self, path: str, read: Callable[[HttpAnswer, str], T], limit: _Limit | None = None, etag: str | None = None
    ) -> T:
        where = self._where(path)
        headers = _HEADERS | {"If-None-Match": etag} if etag else _HEADERS
        answer = self._ask(Request("GET", where, headers), limit)
        value = read(answer, where)
        self._etag = etag_of(answer) or etag
        self._reading_works = True
        self._date = date_of(answer) or self._date
        return value

    def _put(self, tags: Mapping[str, str], where: str) -> None:
        pairs = [{"tagName": name, "tagValue": value} for name, value in tags.items()]
        body = json.dumps(pairs, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
        answer = self._ask(Request("PUT", where, {**_HEADERS, "Content-Type": "application/json"}, data=body))
        acknowledge(answer, where, reading_works=self._reading_works)

    def _where(self, path: str) -> str:
        return f"{self._settings.url}{path}"

    def _ask(self, request: Request, limit: _Limit | None = None) -> HttpAnswer:
        """The complete answer to a request within the limit; a kept connection that has ended is replaced once."""
        limit = limit or _Limit(self._settings.timeout, self._settings.timeout)
        self._transport.begin(request.url, limit.left_s, limit.named_s)
        connections = self._transport.connections
        try:
            return self._exchange(request)
        except Failure:
            if self._transport.connections > connections or not self._transport.lost or self._transport.received:
                raise
        self._transport.begin_again()
        return self._exchange(request)

    def _exchange(self, request: Request) -> HttpAnswer:
        """Straight through the adapter: a `requests.Session` would add the environment, cookies and redirects."""
        self._asked += 1
        try:
            response = self._adapter.send(request.prepare(), stream=True, timeout=self._transport.remaining_s())
        except REQUEST_ERRORS as error:
            raise self._misread(error, request.url) from None
        try:
            return self._read(response, request.url)
        finally:
            response.close()

    def _misread(self, error: Exception, where: str) -> Failure:
        if self._transport.lost:
            return self._transport.broken()
        if isinstance(error, ValueError):
            return Failure(Code.METADATA_NO_NAME, "not an address that can be asked", where=where)
        return Failure(Code.METADATA_NOT_SORACOM, "the answer is not HTTP as it should be", where=where)

    def _read(self, response: Response, where: str) -> HttpAnswer:
        """The body, bounded; urllib3 1.26 does not check by itself that all of it has come."""
        if self._transport.lost:
            raise self._transport.broken()
        headers = {name.lower(): value for name, value in response.headers.items()}
        chunked = "chunked" in headers.get("transfer-encoding", "").lower()
        length = None if chunked else _length(headers.get("content-length", ""))
        body, broken = _body(response)
        if length is not None and len(body) < min(length, MAX_BYTES) and response.status_code not in _BODILESS:
            raise Failure(Code.METADATA_TRUNCATED, f"the body ended before its {length} bytes", where=where)
        if broken:
            raise Failure(Code.METADATA_TRUNCATED, "the body broke off", where=where)
        return HttpAnswer(response.status_code, headers, body, whole=chunked or length is not None)


class _Ahead:
    """Userdata that is read beside another request; after an error the userdata is requested again later."""

    def __init__(self, service: MetadataService) -> None:
        self.service = service
        self._read = b""
        self._reading = Thread(target=self._run, daemon=True)
        self._reading.start()

    def take(self) -> bytes:
        """The userdata that was read, for one call; empty where it could not be read."""
        self._reading.join()
        read, self._read = self._read, b""
        return read

    def _run(self) -> None:
        with suppress(Failure):
            self._read = self.service.userdata()


def _length(announced: str) -> int | None:
    """The bytes of a `Content-Length`; None for an impossible number."""
    digits = announced.strip()
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= _MAX_LENGTH_DIGITS else None


def _body(response: Response) -> tuple[bytes, bool]:
    """The body, at most `MAX_BYTES` and one part, and whether it ended too early."""
    body = bytearray()
    try:
        while len(body) <= MAX_BYTES and (part := response.raw.read(_PART_BYTES, decode_content=False)):
            body += part
    except BODY_ERRORS:
        return bytes(body), True
    return bytes(body), False
