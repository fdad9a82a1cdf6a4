"""Pure. What goes over the wire for one request: a response, spoiled by a fault, as steps of a delivery."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from simulator import faults
from simulator.faults import Fault
from simulator.http_messages import JSON, Response, head_bytes

_RATE_LIMIT = 60


@dataclass(frozen=True, slots=True)
class Send:
    """These bytes, as fast as it goes or at a rate."""

    data: bytes
    bytes_per_s: float | None = None


@dataclass(frozen=True, slots=True)
class Wait:
    """So long, or with None until the peer gives up."""

    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Close:
    """The end of the connection, with `reset` the abrupt one."""

    reset: bool = False


Step = Send | Wait | Close


@dataclass(frozen=True, slots=True)
class Delivery:
    """The steps in their order, and the status that was put into them (None for none)."""

    status: int | None
    steps: tuple[Step, ...]

    @property
    def size_bytes(self) -> int:
        """All that is meant to be sent."""
        return sum(len(step.data) for step in self.steps if isinstance(step, Send))


def deliver(
    fault: Fault | None, carry_out: Callable[[], Response], extra: Mapping[str, str], *, method: str, path: str
) -> Delivery:
    """The steps for one request; `carry_out` is called if the fault lets the request get through."""
    if isinstance(fault, faults.Hang):
        return Delivery(None, (Wait(None), Close()))
    if isinstance(fault, faults.Refuse | faults.ConnectionReset):
        return Delivery(None, (Close(reset=True),))
    response = _answered(fault, carry_out, path)
    if isinstance(fault, faults.LostAnswer):
        return Delivery(None, (Close(),))
    if not response.has_body:
        return Delivery(response.status, (Send(head_bytes(response, extra)),))
    length = {"Content-Length": str(len(response.body))}
    if method == "HEAD":
        return Delivery(response.status, (Send(head_bytes(response, {**length, **extra})),))
    return Delivery(response.status, _on_the_wire(fault, response, {**length, **extra}))


def _answered(fault: Fault | None, carry_out: Callable[[], Response], path: str) -> Response:
    match fault:
        case faults.ServerError():
            response = _server_error(fault, carry_out)
        case faults.TooManyRequests(seconds):
            response = _too_many(seconds)
        case faults.HtmlPage():
            response = Response.page(200, "Router set-up")
        case faults.EmptyBody():
            response = Response.text(200, "")
        case faults.HugeBody(size_bytes):
            response = Response(200, b"#" * size_bytes)
        case faults.WrongType():
            response = Response.json(200, ["not", "what", "was", "promised"])
        case faults.Redirect(location, status):
            response = Response(status, b"", headers={"Location": location})
        case faults.CaptivePortal():
            response = _portal(path)
        case _:
            response = _spoiled(fault, carry_out())
    return response


def _spoiled(fault: Fault | None, response: Response) -> Response:
    match fault:
        case faults.WrongEncoding():
            return replace(response, body=response.body.decode("utf-8", "replace").encode("utf-16"))
        case faults.BrokenJson():
            return replace(response, body=response.body[: len(response.body) * 2 // 3])
        case _:
            return response


def _portal(path: str) -> Response:
    if path.startswith("/login"):
        return Response.page(200, "Welcome! Please log in")
    return Response(302, b"", headers={"Location": "/login"})


def _server_error(fault: faults.ServerError, carry_out: Callable[[], Response]) -> Response:
    if fault.carried_out:
        carry_out()
    match fault.form:
        case "text":
            return Response.text(fault.status, "Service temporarily unavailable.")
        case "html":
            return Response.page(fault.status, f"{fault.status} from the load balancer")
        case "json":
            return Response.json(fault.status, {"code": "COM0500", "message": "internal error"})


def _too_many(seconds: int) -> Response:
    headers = {
        "X-Soracom-Ratelimit-Limit": str(_RATE_LIMIT),
        "X-Soracom-Ratelimit-Remaining": "0",
        "X-Soracom-Ratelimit-Seconds-Before-Refresh": str(seconds),
        "Retry-After": str(seconds),
    }
    return Response(429, b'{"code":"COM0429","message":"too many requests"}', JSON, headers)


def _on_the_wire(fault: Fault | None, response: Response, extra: Mapping[str, str]) -> tuple[Step, ...]:
    head, body = head_bytes(response, extra), response.body
    steps: tuple[Step, ...]
    match fault:
        case faults.Latency(seconds):
            steps = (Wait(seconds), Send(head + body))
        case faults.SlowHeaders(rate):
            steps = (Send(head + body, rate),)
        case faults.SlowBody(rate):
            steps = (Send(head), Send(body, rate))
        case faults.CutAnswer(after_bytes):
            steps = (Send(head + body[: len(body) // 2 if after_bytes < 0 else after_bytes]), Close())
        case faults.WrongLength(by_bytes):
            length = str(max(0, len(body) + by_bytes))
            steps = (Send(head_bytes(response, {**extra, "Content-Length": length}) + body), Close())
        case faults.Chunked(broken):
            steps = _chunks(response, extra, broken=broken)
        case _:
            steps = (Send(head + body),)
    return steps


def _chunks(response: Response, extra: Mapping[str, str], *, broken: bool) -> tuple[Step, ...]:
    without_length = {name: value for name, value in extra.items() if name != "Content-Length"}
    head = head_bytes(response, {**without_length, "Transfer-Encoding": "chunked"})
    half = len(response.body) // 2
    parts = [part for part in (response.body[:half], response.body[half:]) if part]
    chunks = [b"%x\r\n%s\r\n" % (len(part), part) for part in parts]
    if broken:
        return (Send(head + b"zz".join([*chunks, b""])), Close())
    return (Send(head + b"".join(chunks) + b"0\r\n\r\n"),)
