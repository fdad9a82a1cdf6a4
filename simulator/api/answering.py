"""Pure. A request to the API in, its answer out: user, permission, operation, and an entry in the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from simulator.api import (
    audit,
    batches,
    groups,
    handlers,
    network,
    orders,
    purchasing,
    roles,
    sandbox,
    sign_in,
    sims,
    traffic,
    users,
)
from simulator.api.account import Account, Call, User
from simulator.api.asked import Asked, Operation
from simulator.api.permissions import Circumstances, is_allowed
from simulator.api.rates import count
from simulator.api.routes import FREE, OPEN, Route, find
from simulator.http_messages import Request, Response
from simulator.subscribers import Refusal

BASE = "/v1"
Found = tuple[Route, Mapping[str, str]]
OPERATIONS: Mapping[str, Operation] = {
    **sign_in.OPERATIONS,
    **users.OPERATIONS,
    **roles.OPERATIONS,
    **sims.OPERATIONS,
    **groups.OPERATIONS,
    **orders.OPERATIONS,
    **handlers.OPERATIONS,
    **batches.OPERATIONS,
    **network.OPERATIONS,
    **traffic.OPERATIONS,
    **purchasing.OPERATIONS,
    **audit.OPERATIONS,
    **sandbox.OPERATIONS,
}
"""By name; every other call of a SIM or a subscriber is `sims.change`."""


def answer(served: Account, request: Request, address: str = "127.0.0.1") -> Response:
    """The API's response to a request from an address; each request is recorded in `served.calls`.

    The token says which operator asks. Without one it is the operator that is served first.
    """
    account = _operator_of(served, request)
    path = request.path.partition("?")[0]
    found = find(request.method, path.removeprefix(BASE)) if path.startswith(BASE + "/") else None
    call = Call(request.method, path, found[0].operation if found else "", 404, "", "", address)
    if found is None:
        return _noted(served, call, Refusal(404, "COM0404", f"no call {request.method} {path}"))
    headers = count(account, call.operation.partition(":")[0])
    reply: Response | Refusal = Refusal(429, "COM0429", "too many requests")
    if "Retry-After" not in headers:
        try:
            user = account.root() if call.operation in OPEN else _user_of(account, request)
            signed_in_as = "" if call.operation in OPEN else account.operator_id
            call = replace(call, user=user.name, operator_id=signed_in_as)
            reply = _carried_out(account, user, request, found, address)
            _go_on(account, address)
        except Refusal as refusal:
            reply = refusal
    answered = _noted(served, call, reply)
    return replace(answered, headers={**answered.headers, **headers})


def _carried_out(account: Account, user: User, request: Request, found: Found, address: str) -> Response:
    route, variables = found
    _check(account, user, route, variables, address)
    asked = Asked(account, user, request, variables)
    with account.lock:
        return OPERATIONS.get(route.operation, sims.change)(asked)


def _go_on(account: Account, address: str) -> None:
    """Batches are carried out while other things are asked for."""

    def carry_out(user: User, request: Request) -> Response:
        found = find(request.method, request.path.partition("?")[0].removeprefix(BASE))
        if found is None:
            raise Refusal(404, "COM0404", f"no call {request.method} {request.path}")
        return _carried_out(account, user, request, found, address)

    if account.batches:
        with account.lock:
            batches.go_on(account, carry_out)


def _noted(served: Account, call: Call, reply: Response | Refusal) -> Response:
    if isinstance(reply, Refusal):
        reply = Response.json(reply.status, {"code": reply.code, "message": reply.message})
    served.calls.append(replace(call, status=reply.status, at_ms=served.platform.now_ms()))
    return reply


def _operator_of(served: Account, request: Request) -> Account:
    token = request.headers.get("x-soracom-token", "")
    return next((account for account in served.operators.values() if token in account.tokens), served)


def _user_of(account: Account, request: Request) -> User:
    token = account.tokens.get(request.headers.get("x-soracom-token", ""))
    fits = token is not None and token.api_key == request.headers.get("x-soracom-api-key")
    if token is None or not fits or token.until_ms < account.platform.now_ms():
        raise Refusal(401, "AGW0005", "invalid API key or token")
    user = account.users.get(token.user)
    if user is None:
        raise Refusal(401, "AGW0005", "invalid API key or token")
    return user


def _check(account: Account, user: User, route: Route, variables: Mapping[str, str], address: str) -> None:
    """Raises a `Refusal` for another operator's things, and for a SAM user who may not do that."""
    if variables.get("operator_id", account.operator_id) != account.operator_id:
        raise Refusal(403, "SEM0048", "another operator")
    if not user.name or route.operation in FREE:
        return
    circumstances = Circumstances(variables, user.name, address, account.platform.now_ms())
    if not is_allowed(users.documents_of(account, user), route.names, circumstances):
        raise Refusal(403, "SEM0048", f"permission denied for {route.operation}")
