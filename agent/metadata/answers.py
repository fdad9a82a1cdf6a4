"""Pure. The meaning of an answer of the metadata service: a record, a document, or a `Failure`.

The service answers errors in plain text: 403 where it is switched off, 404 where there is nothing. Another server on
the way may answer instead of it: a router's set-up page, a login page, a proxy. So an answer counts only if no other
server gives such an answer: a record with an IMSI, or a complete text that is not a web page.
No message quotes an answer: a foreign page may contain anything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from agent.errors import Code, Failure
from agent.frozen import frozen
from agent.identity import Iccid, Imsi, Subscriber
from agent.metadata.patience import AskLater

MAX_BYTES = 256 * 1024
"""Largest body of an answer. The platform limits a group's whole configuration to 8 KB; a record has about 2 KB."""
LONGEST_PAUSE_S = 300.0
"""The longest pause that is accepted from the service."""

_MAX_NAME_CHARACTERS = 256
_UNREADABLE = "(unreadable)"
_REFUSAL = b"not allowed to access"
"""Part of the service's answer while it is switched off (seen in the field, not documented)."""
_READ_ONLY = (b"read-only", b"readonly", b"read only")
_PAUSE_HEADERS = ("retry-after", "x-soracom-ratelimit-seconds-before-refresh")
"""Retry-After in seconds (RFC 9110, 10.2.3), and the header of the platform's API with status 429."""


@frozen
class HttpAnswer:
    """An answer, or the part of it that was received."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    """The body; of a body larger than `MAX_BYTES` only a part."""
    whole: bool = True
    """Whether the body has the announced length; without a length its end cannot be trusted."""

    @property
    def is_page(self) -> bool:
        """Whether this is a web page, whatever its Content-Type is: the service never answers with one."""
        return self.body.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")[:1] == b"<"


def date_of(answer: HttpAnswer) -> datetime | None:
    """The `Date` of the answer (RFC 9110, 6.6.1); None where it is missing or not readable."""
    try:
        moment = parsedate_to_datetime(answer.headers["date"])
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (KeyError, ValueError, TypeError, OverflowError):
        return None


def subscriber_of(answer: HttpAnswer, where: str) -> Subscriber:
    """The record in the answer to `GET /v1/subscriber`."""
    _check(answer, where)
    record = _object(answer, where)
    try:
        imsi = Imsi(record["imsi"])
    except (KeyError, TypeError, ValueError):
        raise _foreign("a JSON object without an IMSI", where) from None
    session = _member(record, "sessionStatus")
    return Subscriber(
        imsi=imsi,
        sim_id=_name(record.get("simId")),
        iccid=_iccid(record.get("iccid")),
        msisdn=_name(record.get("msisdn")),
        group_id=_name(record.get("groupId")),
        status=_name(record.get("status")),
        speed_class=_name(record.get("speedClass")) or _name(record.get("type")),
        subscription=_name(record.get("subscription")),
        operator=_name(record.get("operatorId")),
        imei_lock=_lock(record.get("imeiLock")),
        session_imei=_name(session.get("imei")),
        online=session["online"] if isinstance(session.get("online"), bool) else None,
        tags=_tags(record.get("tags")),
        modified=_moment(record.get("lastModifiedTime")),
    )


def imsi_of(answer: HttpAnswer, where: str) -> Imsi:
    """The bare IMSI in the answer to `GET /v1/subscriber.imsi`: the smallest proof that the service has answered."""
    _check(answer, where)
    try:
        return Imsi(answer.body.decode("ascii").strip())
    except ValueError:
        raise _foreign("not an IMSI", where) from None


def modified_of(answer: HttpAnswer, where: str) -> str:
    """The bare number in the answer to `GET /v1/subscriber.lastModifiedTime`, for comparing with the last one."""
    _check(answer, where)
    moment = _moment(answer.body.decode("ascii", "replace").strip())
    if moment is None:
        raise _foreign("not a time", where)
    return moment


def userdata_unless_same(answer: HttpAnswer, where: str, *, by_the_service: bool = False) -> bytes | None:
    """The document, or None for status 304: it is still the version of the given ETag (RFC 9110, 15.4.5)."""
    is_same = answer.status == HTTPStatus.NOT_MODIFIED
    return None if is_same else userdata_of(answer, where, by_the_service=by_the_service)


def etag_of(answer: HttpAnswer) -> str | None:
    """The ETag of a document (RFC 9110, 8.8.3); None where it is missing or cannot be sent back."""
    etag = answer.headers.get("etag", "")
    return etag if re.fullmatch(r'(W/)?"[\x21\x23-\x7e]{1,200}"', etag) else None


def userdata_of(answer: HttpAnswer, where: str, *, by_the_service: bool = False) -> bytes:
    """The document in the answer to `GET /v1/userdata`, byte for byte; raises `userdata.missing` without one.

    A web page over a connection that has just brought a genuine record (`by_the_service`) is what the operator wrote
    into the group, and no other server's answer.
    """
    if by_the_service and answer.is_page and answer.status == HTTPStatus.OK:
        raise Failure(Code.USERDATA_SYNTAX, "a web page, or XML, is the group's userdata", where=where)
    if answer.status in {HTTPStatus.NOT_FOUND, HTTPStatus.NO_CONTENT} and not answer.is_page:
        raise Failure(Code.USERDATA_MISSING, _status(answer), where=where)
    if len(answer.body) > MAX_BYTES and not answer.is_page and answer.status == HTTPStatus.OK:
        raise Failure(Code.USERDATA_TOO_LARGE, f"larger than {MAX_BYTES} bytes", where=where)
    _check(answer, where)
    if not answer.whole:
        raise Failure(Code.METADATA_TRUNCATED, "the answer does not tell its length, so it may be a part", where=where)
    if not answer.body.strip():
        raise Failure(Code.USERDATA_MISSING, "an empty text", where=where)
    return answer.body


def acknowledge(answer: HttpAnswer, where: str, *, reading_works: bool) -> None:
    """Returns if the tags were taken; a SIM whose group lets it only read gets `report.read_only`."""
    refused = answer.status in {HTTPStatus.FORBIDDEN, HTTPStatus.METHOD_NOT_ALLOWED}
    worded = answer.status == HTTPStatus.BAD_REQUEST and any(word in answer.body.lower() for word in _READ_ONLY)
    if reading_works and (refused or worded) and not answer.is_page:
        raise Failure(Code.REPORT_READ_ONLY, _status(answer), where=where)
    if answer.status == HTTPStatus.BAD_REQUEST and not answer.is_page:
        raise Failure(Code.REPORT_NOT_SENT, f"{_status(answer)}: the service does not take these tags", where=where)
    if answer.status in {HTTPStatus.CREATED, HTTPStatus.ACCEPTED, HTTPStatus.NO_CONTENT}:
        return
    _check(answer, where)


def _check(answer: HttpAnswer, where: str) -> None:
    """Returns for a 200 that may be the service's; raises what every other answer means, whatever was asked."""
    _check_status(answer, where)
    if answer.is_page:
        raise _foreign("a web page", where)
    if len(answer.body) > MAX_BYTES:
        raise _foreign(f"more than {MAX_BYTES} bytes", where)


def _check_status(answer: HttpAnswer, where: str) -> None:
    status = answer.status
    if status == HTTPStatus.OK:
        return
    if status == HTTPStatus.TOO_MANY_REQUESTS or (
        status >= HTTPStatus.INTERNAL_SERVER_ERROR and status != HTTPStatus.NETWORK_AUTHENTICATION_REQUIRED
    ):
        raise _unavailable(answer, where)
    if status == HTTPStatus.FORBIDDEN and not answer.is_page:
        known = "" if _REFUSAL in answer.body else ", in words that this agent does not know"
        raise Failure(Code.METADATA_DISABLED, f"{_status(answer)}{known}", where=where)
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        raise _foreign(f"{_status(answer)}, sending on to {_host(answer)}", where)
    raise _foreign(_status(answer), where)


def _unavailable(answer: HttpAnswer, where: str) -> Failure:
    announced = next((answer.headers[name] for name in _PAUSE_HEADERS if name in answer.headers), "").strip()
    if not (announced.isascii() and announced.isdecimal()):
        return Failure(Code.METADATA_UNAVAILABLE, _status(answer), where=where)
    after_s = min(float(announced[:9]), LONGEST_PAUSE_S)
    return AskLater(
        Code.METADATA_UNAVAILABLE, f"{_status(answer)}, come back in {after_s:.0f} s", where=where, after_s=after_s
    )


def _status(answer: HttpAnswer) -> str:
    try:
        return f"{answer.status} {HTTPStatus(answer.status).phrase}"
    except ValueError:
        return f"status {answer.status}"


def _host(answer: HttpAnswer) -> str:
    """The host of a redirect, so that people see whose page it is; not its path, which may contain anything."""
    try:
        host = urlsplit(answer.headers.get("location", "")).hostname or ""
    except ValueError:
        host = ""
    return host[:60] if host.isascii() and host.isprintable() and host else "another page"


def _foreign(what: str, where: str) -> Failure:
    return Failure(Code.METADATA_NOT_SORACOM, f"the answer is {what}", where=where)


def _object(answer: HttpAnswer, where: str) -> Mapping[str, Any]:
    try:
        record = json.loads(answer.body.decode())
    except (ValueError, RecursionError):
        raise _foreign("not JSON" if answer.body.strip() else "empty", where) from None
    if not isinstance(record, dict):
        raise _foreign("JSON, but not an object", where)
    return record


def _member(record: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = record.get(name)
    return value if isinstance(value, dict) else {}


def _name(value: object) -> str | None:
    """A text on one line that can be shown, stored and sent; anything else counts as not known."""
    good = isinstance(value, str) and 0 < len(value) <= _MAX_NAME_CHARACTERS and value.isprintable()
    return value if good and isinstance(value, str) else None


def _moment(value: object) -> str | None:
    """Milliseconds since 1970, as digits."""
    digits = value if isinstance(value, str) else str(value) if type(value) is int else ""
    return digits if re.fullmatch(r"[0-9]{1,19}", digits) else None


def _iccid(value: object) -> Iccid | None:
    try:
        return Iccid.from_modem(_name(value) or "")
    except ValueError:
        return None


def _lock(value: object) -> str | None:
    """None only where there is no lock: one that cannot be read is still one."""
    number = value.get("imei") if isinstance(value, dict) else value
    return None if number is None else _name(number) or _UNREADABLE


def _tags(value: object) -> Mapping[str, str]:
    """Tags are texts; what no UTF-8 can carry in them becomes a question mark."""
    tags = value.items() if isinstance(value, dict) else ()
    return MappingProxyType({_sound(name): _sound(text) for name, text in tags if isinstance(text, str)})


def _sound(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
