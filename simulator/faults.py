"""Pure. Faults between a device and the metadata service: for which SIM, on which path, how often.

A fault is a value of the closed union `Fault`. `Faults` keeps the requested faults; the first one that matches a
request happens, and one with `times` is removed after so many requests. `delivery.py` applies a fault to the bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from threading import Lock
from typing import Literal, get_args


@dataclass(frozen=True, slots=True)
class Latency:
    """The answer comes late, and right."""

    seconds: float = 1.0


@dataclass(frozen=True, slots=True)
class Hang:
    """The request is read, nothing ever follows."""


@dataclass(frozen=True, slots=True)
class SlowHeaders:
    """The whole answer trickles, from the status line on."""

    bytes_per_s: float = 20.0


@dataclass(frozen=True, slots=True)
class SlowBody:
    """The headers come at once, the body trickles."""

    bytes_per_s: float = 20.0


@dataclass(frozen=True, slots=True)
class Refuse:
    """The connection is reset before a request is read; for a SIM, not for a path.

    For a real "connection refused" see `MetadataServer.refuse_connections`.
    """


@dataclass(frozen=True, slots=True)
class ConnectionReset:
    """The connection is reset after the request was read and before it was carried out."""


@dataclass(frozen=True, slots=True)
class LostAnswer:
    """The request is carried out, then the connection is closed without an answer."""


@dataclass(frozen=True, slots=True)
class CutAnswer:
    """The answer ends in the middle of its body; `Content-Length` is that of the whole body."""

    after_bytes: int = -1
    """Bytes of the body that are sent; -1 for half of it."""


@dataclass(frozen=True, slots=True)
class WrongLength:
    """`Content-Length` is wrong by so many bytes, then the connection is closed."""

    by_bytes: int = -5


@dataclass(frozen=True, slots=True)
class Chunked:
    """The body comes in chunks, as HTTP allows; `broken` spoils the size of the second one."""

    broken: bool = False


@dataclass(frozen=True, slots=True)
class ServerError:
    """An error of the platform or of a balancer before it."""

    status: int = 503
    form: Literal["text", "html", "json"] = "text"
    carried_out: bool = False
    """Whether what was asked happened all the same."""


@dataclass(frozen=True, slots=True)
class TooManyRequests:
    """429, with the headers that the API documents for it."""

    seconds: int = 30
    """Seconds until the count starts again; the platform counts by the minute."""


@dataclass(frozen=True, slots=True)
class HtmlPage:
    """A web page with status 200, as from a router's set-up page."""


@dataclass(frozen=True, slots=True)
class EmptyBody:
    """200 with no body."""


@dataclass(frozen=True, slots=True)
class HugeBody:
    """200 with a body without end in sight."""

    size_bytes: int = 10_000_000


@dataclass(frozen=True, slots=True)
class WrongEncoding:
    """The right body in UTF-16, with a byte order mark and no word about it."""


@dataclass(frozen=True, slots=True)
class BrokenJson:
    """The right body without its last third, with a right `Content-Length`."""


@dataclass(frozen=True, slots=True)
class WrongType:
    """JSON of another type than documented: a list."""


@dataclass(frozen=True, slots=True)
class Redirect:
    """Sent elsewhere."""

    location: str = "http://192.0.2.1/"
    status: int = 302


@dataclass(frozen=True, slots=True)
class CaptivePortal:
    """A Wi-Fi's login page in between: every request is sent to `/login`, which answers with a page."""


Fault = (
    Latency
    | Hang
    | SlowHeaders
    | SlowBody
    | Refuse
    | ConnectionReset
    | LostAnswer
    | CutAnswer
    | WrongLength
    | Chunked
    | ServerError
    | TooManyRequests
    | HtmlPage
    | EmptyBody
    | HugeBody
    | WrongEncoding
    | BrokenJson
    | WrongType
    | Redirect
    | CaptivePortal
)
FAULTS: tuple[type[Fault], ...] = get_args(Fault)


@dataclass(slots=True)
class _Wanted:
    fault: Fault
    imsi: str | None
    path: str | None
    method: str | None
    times: int | None

    def fits(self, imsi: str, method: str, path: str) -> bool:
        return (
            self.imsi in {None, imsi}
            and self.method in {None, method}
            and (self.path is None or fnmatchcase(path, self.path))
        )


class Faults:
    """The faults that are asked for. Safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._wanted: list[_Wanted] = []

    def add(
        self,
        fault: Fault,
        *,
        imsi: str | None = None,
        path: str | None = None,
        method: str | None = None,
        times: int | None = None,
    ) -> None:
        """Asks for a fault: for one SIM or all, one path (`*` and `?` as in file names) or all, one method or all."""
        if times is not None and times < 1:
            raise ValueError(f"a fault happens once or more, not {times} times")
        if isinstance(fault, Refuse) and (path or method):
            raise ValueError("a connection is refused before a path is known")
        with self._lock:
            self._wanted.append(_Wanted(fault, imsi, path, method, times))

    def clear(self, imsi: str | None = None) -> None:
        """Takes back everything, or what was asked for one SIM."""
        with self._lock:
            self._wanted = [wanted for wanted in self._wanted if imsi is not None and wanted.imsi != imsi]

    def pending(self) -> tuple[Fault, ...]:
        """The faults that have not happened yet."""
        with self._lock:
            return tuple(wanted.fault for wanted in self._wanted)

    def refuses(self, imsi: str) -> bool:
        """Whether this connection is refused; counts."""
        return self._next(lambda wanted: isinstance(wanted.fault, Refuse) and wanted.fits(imsi, "", "")) is not None

    def take(self, imsi: str, method: str, path: str) -> Fault | None:
        """The fault that happens to this request, if any; counts."""
        return self._next(lambda wanted: not isinstance(wanted.fault, Refuse) and wanted.fits(imsi, method, path))

    def _next(self, fits: Callable[[_Wanted], bool]) -> Fault | None:
        with self._lock:
            wanted = next(filter(fits, self._wanted), None)
            if wanted is None:
                return None
            if wanted.times is not None:
                wanted.times -= 1
                if not wanted.times:
                    self._wanted.remove(wanted)
            return wanted.fault
