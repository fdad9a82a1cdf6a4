"""Pure. A request to the API as its operations get it, and what they answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode

from simulator.api.account import Account, User
from simulator.http_messages import Request, Response, json_value
from simulator.subscribers import Refusal

MOST_IN_A_PAGE = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """An authorised request, with the user who sent it."""

    account: Account
    user: User
    request: Request
    variables: Mapping[str, str]
    """The variables of the path, percent-encoded."""

    def variable(self, name: str) -> str:
        """A variable of the path, decoded."""
        return unquote(self.variables[name])

    @property
    def query(self) -> Mapping[str, str]:
        """A parameter of the query."""
        _, _, query = self.request.path.partition("?")
        return dict(parse_qsl(query, keep_blank_values=True))

    def json(self) -> Any:
        """The body; raises a `Refusal` for one that is not JSON."""
        try:
            return json_value(self.request.body) if self.request.body else {}
        except (ValueError, RecursionError):
            raise Refusal(400, "COM0400", "the body is not JSON") from None

    def members(self) -> Mapping[str, Any]:
        """The body, which has to be an object."""
        value = self.json()
        if not isinstance(value, dict):
            raise Refusal(400, "COM0400", "the body is not an object")
        return value

    def with_body(self, body: Mapping[str, Any]) -> Asked:
        """This request with another body."""
        request = replace(self.request, body=json.dumps(body).encode())
        return replace(self, request=request)

    def number(self, name: str, default: int) -> int:
        """A number behind the question mark."""
        value = self.query.get(name, str(default))
        if not (value.isascii() and value.isdecimal()):
            raise Refusal(400, "COM0001", f"{name} is a number")
        return int(value)

    def limit(self, default: int = MOST_IN_A_PAGE, *, has_maximum: bool = False) -> int:
        """How many make a page.

        Where the published document has a maximum, more is refused; elsewhere more is taken as the most there is.
        """
        limit = self.number("limit", default)
        if limit < 1 or (has_maximum and limit > MOST_IN_A_PAGE):
            raise Refusal(400, "COM0001", f"limit is a number from 1 to {MOST_IN_A_PAGE}")
        limit = min(limit, MOST_IN_A_PAGE)
        return max(1, limit - 1) if self.account.short_pages else limit

    def next_page(self, key: str) -> Mapping[str, str]:
        """The headers that name the page behind a key."""
        path = self.request.path.partition("?")[0]
        query = urlencode({**self.query, "last_evaluated_key": key}, quote_via=quote)
        return {"x-soracom-next-key": key, "Link": f"<{path}?{query}>; rel=next"}

    def page(
        self, keys: Sequence[str], *, default: int = MOST_IN_A_PAGE, has_maximum: bool = False
    ) -> tuple[Sequence[str], Mapping[str, str]]:
        """The keys of the page that is asked for, and the headers that name the next one."""
        key, begin = self.query.get("last_evaluated_key"), 0
        if key is not None:
            if key not in keys:
                raise Refusal(400, "COM0001", f"no such last_evaluated_key: {key}")
            begin = keys.index(key) + 1
        end = begin + self.limit(default, has_maximum=has_maximum)
        return keys[begin:end], self.next_page(keys[end - 1]) if end < len(keys) else {}


Operation = Callable[[Asked], Response]


def text(members: Mapping[str, Any], name: str) -> str:
    """A member that has to be a text."""
    found = members.get(name)
    if not isinstance(found, str) or not found:
        raise Refusal(400, "COM0400", f"{name} is a text")
    return found


def nothing(status: int = 204) -> Response:
    """An answer without a body."""
    return Response(status, content_type=None)
