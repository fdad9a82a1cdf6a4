"""Pure. What a SAM user may do: statements of a permission document (users.soracom.io, SAM permissions).

    {"statements": [{"effect": "allow", "api": ["Sim:getSim", "Group:*"], "condition": "samUserName == 'desk'"}]}

What no statement allows is denied, and a denial counts more than every permission. Of the conditions those are known
that the pages show: `pathVariable('NAME') == 'VALUE'`, `samUserName == 'NAME'`, joined by `and`; another one makes a
permission hold for nobody and a denial for everybody.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

_PATH_VARIABLE = re.compile(r"pathVariable\('(\w+)'\)\s*==\s*'([^']*)'")
_USER_NAME = re.compile(r"samUserName\s*==\s*'([^']*)'")


def is_allowed(documents: Iterable[str], names: Iterable[str], variables: Mapping[str, str], user: str) -> bool:
    """Whether one of the operation's names is allowed and none denied; `variables` is what stands in the path."""
    allowed = False
    for statement in (one for document in documents for one in _statements(document)):
        if not any(_covers(statement, name) for name in names):
            continue
        holds = _holds(statement.get("condition"), variables, user)
        if statement.get("effect") == "deny":
            if holds is not False:
                return False
        elif statement.get("effect") == "allow":
            allowed |= holds is True
    return allowed


def _statements(document: str) -> Iterator[Mapping[str, Any]]:
    try:
        told = json.loads(document) if document else {}
    except ValueError:
        return
    statements = told.get("statements", []) if isinstance(told, dict) else []
    yield from (one for one in statements if isinstance(one, dict))


def _covers(statement: Mapping[str, Any], name: str) -> bool:
    told = statement.get("api", [])
    patterns = [told] if isinstance(told, str) else told
    return any(isinstance(one, str) and fnmatchcase(name, one) for one in patterns)


def _holds(condition: object, variables: Mapping[str, str], user: str) -> bool | None:
    """None where the condition is not understood."""
    if condition in {None, ""}:
        return True
    if not isinstance(condition, str):
        return None
    answers = [_one_holds(part.strip(), variables, user) for part in re.split(r"\s+and\s+", condition)]
    if False in answers:
        return False
    return None if None in answers else True


def _one_holds(part: str, variables: Mapping[str, str], user: str) -> bool | None:
    if found := _PATH_VARIABLE.fullmatch(part):
        return variables.get(found[1]) == found[2]
    if found := _USER_NAME.fullmatch(part):
        return user == found[1]
    return None
