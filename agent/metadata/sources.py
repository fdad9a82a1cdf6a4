"""Edge. Larger files that a document names by their address, fetched through the SIM before anything is ordered.

A file lies under its SHA-256 in the directory `fetched`, and is whole when it has that name. What was lost in the
middle goes on where it stopped (RFC 9110, 14.2), in this pass and in the next. Nothing is unpacked, no redirect is
followed, and what is fetched is only data until the root half has compared its digest again.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path

from requests import Request, Response

from agent.errors import Code, Failure, FailureKind, failure_from
from agent.metadata.adapter import BODY_ERRORS, REQUEST_ERRORS, TransportAdapter
from agent.metadata.tcp_transport import Transport
from agent.settings import MetadataSettings

FETCHED = "fetched"
LIMIT_S = 1800.0
"""The time for all files of one pass; the next pass fetches the rest."""
PAUSE_S = 2.0
MOST_LOSSES = 5
"""The number of answers in a row without a byte after which a pass gives up."""

_PART_BYTES = 64 * 1024
_PASSING = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})


class Sources:
    """Fetches files into a directory, over the interface that the metadata service is asked through."""

    def __init__(
        self,
        settings: MetadataSettings,
        state: Path,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._timeout_s = settings.timeout
        self._place = state / FETCHED
        self._clock, self._sleep = clock, sleep
        self._until = clock() + LIMIT_S
        self._transport = Transport(settings.interface, clock)
        self._adapter = TransportAdapter(self._transport)

    def fetch(self, url: str, sha256: str, size: int) -> Path:
        """The file, whole and right; raises `source.…`, and where it cannot be kept `apply.no_space`."""
        whole, part = self._place / sha256, self._place / f"{sha256}.part"
        try:
            self._place.mkdir(mode=0o700, exist_ok=True)
            if not (whole.is_file() and _digest(whole, size) == sha256):
                part.touch(mode=0o600)
                self._complete(url, part, size)
                _check(part, url, sha256, size)
                part.replace(whole)
                _sync(self._place)
        except OSError as error:
            raise _disk(error, self._place) from None
        finally:
            self._adapter.close()
        return whole

    def forget_all_but(self, digests: Collection[str]) -> None:
        """Removes what no document names any more."""
        with suppress(OSError):
            for path in self._place.iterdir():
                if path.name.removesuffix(".part") not in digests:
                    path.unlink()

    def _complete(self, url: str, part: Path, size: int) -> None:
        """Goes on until all bytes are there."""
        losses = 0
        while (had := _length(part)) < size:
            try:
                self._go_on(url, part, had, size)
            except Failure as failure:
                if failure.code.kind is not FailureKind.NO_ANSWER:
                    raise
                losses = 0 if _length(part) > had else losses + 1
                if losses >= MOST_LOSSES or self._clock() > self._until:
                    why = f"{_length(part)} of {size} bytes; {failure.detail}"
                    raise Failure(Code.SOURCE_UNREACHABLE, why, where=url) from None
                self._adapter.close()
                self._sleep(PAUSE_S * losses)

    def _go_on(self, url: str, part: Path, had: int, size: int) -> None:
        self._transport.begin(url, self._timeout_s)
        headers = {"User-Agent": "kitting-agent", "Accept-Encoding": "identity"}
        if had:
            headers["Range"] = f"bytes={had}-"
        try:
            request = Request("GET", url, headers).prepare()
            response = self._adapter.send(request, stream=True, timeout=self._transport.remaining_s())
        except REQUEST_ERRORS as error:
            raise Failure(Code.SOURCE_UNREACHABLE, f"no answer: {type(error).__name__}", where=url) from None
        try:
            begin = _first_byte(response, had, url)
            with part.open("r+b") as file:
                file.truncate(begin)
                file.seek(begin)
                for data in self._body(response, url):
                    file.write(data[: size + 1 - file.tell()])
                    if file.tell() > size:
                        break
                file.flush()
                os.fsync(file.fileno())
        finally:
            response.close()

    def _body(self, response: Response, url: str) -> Iterator[bytes]:
        """Each part has the whole time-out again: a large file may be slow, but not silent."""
        while True:
            self._transport.begin(url, self._timeout_s)
            try:
                data = response.raw.read(_PART_BYTES, decode_content=False)
            except BODY_ERRORS as error:
                raise Failure(Code.SOURCE_UNREACHABLE, f"lost: {type(error).__name__}", where=url) from None
            if not data:
                return
            yield data


def _first_byte(response: Response, had: int, url: str) -> int:
    """Where the body of this answer belongs."""
    status = response.status_code
    if status == HTTPStatus.OK:
        return 0
    if status == HTTPStatus.PARTIAL_CONTENT:
        begins_at = re.match(r"bytes ([0-9]{1,15})-", response.headers.get("Content-Range", ""))
        if begins_at and int(begins_at[1]) <= had:
            return int(begins_at[1])
        raise Failure(Code.SOURCE_REFUSED, "answers with another part than was asked for", where=url)
    if status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
        raise Failure(Code.SOURCE_DAMAGED, f"has fewer than {had + 1} bytes", where=url)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _PASSING:
        raise Failure(Code.SOURCE_UNREACHABLE, f"answers {status}", where=url)
    raise Failure(Code.SOURCE_REFUSED, f"answers {status}", where=url)


def _check(part: Path, url: str, sha256: str, size: int) -> None:
    """Compares the received part with the announced file; a part of another file is removed."""
    found = _digest(part, size)
    if found != sha256:
        part.unlink()
        why = f"SHA-256 {found}" if found else f"more than {size} bytes"
        raise Failure(Code.SOURCE_DAMAGED, f"has {why}, not {sha256}", where=url)


def _digest(path: Path, size: int) -> str | None:
    """SHA-256, hex; None for another size."""
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size != size:
            return None
        return hashlib.file_digest(file, "sha256").hexdigest()


def _length(part: Path) -> int:
    return part.stat().st_size


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _disk(error: OSError, place: Path) -> Failure:
    full = error.errno in {errno.ENOSPC, errno.EDQUOT}
    code = Code.APPLY_NO_SPACE if full else Code.STATE_UNWRITABLE
    return failure_from(error, code, place)
