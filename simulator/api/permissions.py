"""Pure. What a SAM user may do: statements of a permission document (users.soracom.io, SAM permissions).

    {"statements": [{"effect": "allow", "api": ["Sim:getSim", "Group:*"], "condition": "samUserName == 'desk'"}]}

A call that no statement allows is denied, and a denial counts more than every permission. The known conditions are
those of the pages: `pathVariable('NAME') == 'VALUE'`, `samUserName == 'NAME'`, `ipAddress('NETWORK')` and
`currentDate >= date(2026, 4, 1)` with any comparison, joined by `and`. With an unknown condition a permission never
applies and a denial always applies.
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fnmatch import fnmatchcase
from ipaddress import ip_address, ip_network
from typing import Any

_PATH_VARIABLE = re.compile(r"pathVariable\('(\w+)'\)\s*(==|!=)\s*'([^']*)'")
_USER_NAME = re.compile(r"samUserName\s*(==|!=)\s*'([^']*)'")
_ADDRESS = re.compile(r"ipAddress\('([0-9a-fA-F.:/]+)'\)")
_DATE = re.compile(r"currentDate\s*(>=|<=|==|!=|>|<)\s*date\((\d{4}),\s*(\d\d?),\s*(\d\d?)\)")
_COMPARED: Mapping[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "==": operator.eq,
    "!=": operator.ne,
}


@dataclass(frozen=True, slots=True)
class Circumstances:
    """The facts about a request that a condition can use."""

    variables: Mapping[str, str]
    """The variables of the path."""
    user: str
    address: str = "127.0.0.1"
    now_ms: int = 0


def is_allowed(documents: Iterable[str], names: Iterable[str], circumstances: Circumstances) -> bool:
    """Whether one of the operation's names is allowed and none denied."""
    allowed = False
    for statement in (one for document in documents for one in _statements(document)):
        if not any(_covers(statement, name) for name in names):
            continue
        holds = _holds(statement.get("condition"), circumstances)
        if statement.get("effect") == "deny":
            if holds is not False:
                return False
        elif statement.get("effect") == "allow":
            allowed |= holds is True
    return allowed


def _statements(document: str) -> Iterator[Mapping[str, Any]]:
    try:
        given = json.loads(document) if document else {}
    except (ValueError, RecursionError):
        return
    statements = given.get("statements") if isinstance(given, dict) else None
    if isinstance(statements, list):
        yield from (one for one in statements if isinstance(one, dict))


def _covers(statement: Mapping[str, Any], name: str) -> bool:
    given = statement.get("api", [])
    patterns = [given] if isinstance(given, str) else given
    return any(isinstance(one, str) and fnmatchcase(name, one) for one in patterns)


def _holds(condition: object, circumstances: Circumstances) -> bool | None:
    """None where the condition is not understood."""
    if condition is None or condition == "":
        return True
    if not isinstance(condition, str):
        return None
    answers = [_one_holds(part.strip(), circumstances) for part in re.split(r"\s+and\s+", condition)]
    if False in answers:
        return False
    return None if None in answers else True


def _one_holds(part: str, circumstances: Circumstances) -> bool | None:
    if found := _PATH_VARIABLE.fullmatch(part):
        return _COMPARED[found[2]](circumstances.variables.get(found[1]), found[3])
    if found := _USER_NAME.fullmatch(part):
        return _COMPARED[found[1]](circumstances.user, found[2])
    try:
        if found := _ADDRESS.fullmatch(part):
            return ip_address(circumstances.address) in ip_network(found[1], strict=False)
        if found := _DATE.fullmatch(part):
            today = datetime.fromtimestamp(circumstances.now_ms / 1000, UTC).date()
            return _COMPARED[found[1]](today, date(int(found[2]), int(found[3]), int(found[4])))
    except ValueError:
        return None
    return None
