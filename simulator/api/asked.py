"""Words. A request to the API as its operations get it, and what they answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, unquote

from simulator.api.account import Account, User
from simulator.http_messages import Request, Response
from simulator.subscribers import Refusal

MOST_IN_A_PAGE = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, by somebody who is known and may do it."""

    account: Account
    user: User
    request: Request
    variables: Mapping[str, str]
    """What stands in the path, percent-encoded."""

    def variable(self, name: str) -> str:
        """What stands in the path, as it was meant."""
        return unquote(self.variables[name])

    @property
    def query(self) -> Mapping[str, str]:
        """What stands behind the question mark."""
        _, _, query = self.request.path.partition("?")
        return dict(parse_qsl(query, keep_blank_values=True))

    def json(self) -> Any:
        """The body; raises a `Refusal` for one that is not JSON."""
        try:
            return json.loads(self.request.body) if self.request.body else {}
        except (ValueError, RecursionError):
            raise Refusal(400, "COM0400", "the body is not JSON") from None

    def members(self) -> Mapping[str, Any]:
        """The body, which has to be an object."""
        told = self.json()
        if not isinstance(told, dict):
            raise Refusal(400, "COM0400", "the body is not an object")
        return told

    def with_body(self, body: Mapping[str, Any]) -> Asked:
        """The same with another body."""
        request = replace(self.request, body=json.dumps(body).encode())
        return replace(self, request=request)

    def page(self, ids: list[str], places: Mapping[str, int] | None = None) -> tuple[list[str], dict[str, str]]:
        """The ids of the page that is asked for, and the headers that name the next one."""
        key = self.query.get("last_evaluated_key")
        told = self.query.get("limit", str(MOST_IN_A_PAGE))
        if not told.isdecimal() or not 1 <= int(told) <= MOST_IN_A_PAGE:
            raise Refusal(400, "COM0001", f"limit is a number from 1 to {MOST_IN_A_PAGE}")
        begin = 0
        if key is not None:
            known = places if places is not None else {one: place for place, one in enumerate(ids)}
            if key not in known:
                raise Refusal(400, "COM0001", f"no such last_evaluated_key: {key}")
            begin = known[key] + 1
        found = ids[begin : begin + int(told)]
        more = begin + len(found) < len(ids)
        return found, {"x-soracom-next-key": found[-1]} if more and found else {}


def text(members: Mapping[str, Any], name: str) -> str:
    """A member that has to be a text."""
    found = members.get(name)
    if not isinstance(found, str) or not found:
        raise Refusal(400, "COM0400", f"{name} is a text")
    return found


def nothing(status: int = 204) -> Response:
    """An answer without a body."""
    return Response(status, content_type=None)
