"""Pure. The audit log of the API: which user called what, when, and from where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from simulator.api.asked import Asked, Operation
from simulator.http_messages import Response


def list_calls(asked: Asked) -> Response:
    """A page of the calls with a token, newest first; `from_epoch_ms` and `to_epoch_ms` limit the time."""
    begin, end = asked.number("from_epoch_ms", 0), asked.number("to_epoch_ms", 1 << 62)
    kind, operator_id = asked.query.get("api_kind"), asked.account.operator_id
    numbered = [
        (str(number), call)
        for number, call in enumerate(asked.account.served.calls)
        if call.operator_id == operator_id and begin <= call.at_ms <= end and kind in {None, call.operation}
    ]
    found = dict(reversed(numbered))
    page, headers = asked.page(list(found), has_maximum=True)
    entries = [
        {
            "apiKind": found[key].operation,
            "operatorId": operator_id,
            "remoteIpAddress": found[key].address,
            "requestPath": found[key].path,
            "requestedTimeEpochMs": found[key].at_ms,
            **({"userName": found[key].user} if found[key].user else {}),
        }
        for key in page
    ]
    return replace(Response.json(200, entries), headers=headers)


OPERATIONS: Mapping[str, Operation] = {"AuditLog:getApiAuditLogs": list_calls}
