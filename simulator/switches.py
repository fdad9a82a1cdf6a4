"""Values. Switches for behaviour of the platform that is not published, or that differs between subscriptions.

The defaults are the likeliest positions. `docs/simulator.md` names for each switch how certain it is. A client is ready
for the field when it works with every position of every switch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, get_args, get_origin, get_type_hints


@dataclass(frozen=True, slots=True)
class Switches:
    """The position of each switch; an unknown position raises `ValueError`."""

    read_only_status: Literal[403, 405, 400] = 403
    """Answer to a write when the group lets devices only read."""
    userdata_unset: Literal["404", "empty", "204"] = "404"
    """`GET /v1/userdata` when the group has none: 404 text, 200 with no body, or 204."""
    no_group: Literal["403", "served"] = "403"
    """A SIM in no group: refused like a disabled service, or served with `groupId` null."""
    null_leaf: Literal["404", "null", "empty"] = "404"
    """`GET /v1/subscriber.imeiLock` when that is null."""
    field_newline: bool = False
    """A line end after the bare value of a field."""
    session_imei: Literal["as_modem", "zeros", "null", "other", "imeisv16", "spare0"] = "as_modem"
    """The IMEI of the device as the carrier reports it to the platform."""
    record: Literal["full", "2016"] = "full"
    """The subscriber record as it is today, or with no more members than ten years ago."""
    nulls: Literal["shown", "left_out"] = "shown"
    """Members that are null."""
    unknown_members: bool = True
    """Members in the record that no client knows yet."""
    network_member: Literal["plmn", "vplmn"] = "plmn"
    """Name of the network code in `locationRegistrationStatus`: as seen, or as specified."""
    first_connection: Literal["active", "testing"] = "active"
    """Status after the first connection of a `ready` SIM; `testing` on an account with Test Mode."""
    lock_cuts: bool = False
    """Whether an IMEI lock ends a running session of another device, and not only refuses its next one."""
    date_header: bool = True
    """A `Date` header in answers."""
    group_limit_bytes: int = 8192
    """Size of a group's whole configuration that is still accepted."""

    def __post_init__(self) -> None:
        hints = get_type_hints(Switches)
        for name, hint in hints.items():
            if not _fits(getattr(self, name), hint):
                raise ValueError(f"{name} is {_choices(hint)}, not {getattr(self, name)!r}")

    def changed(self, texts: Mapping[str, str]) -> Switches:
        """The switches with some positions changed, given as text; raises `ValueError` that names the switch."""
        hints = get_type_hints(Switches)
        values: dict[str, Any] = {}
        for name, text in texts.items():
            if name not in hints:
                raise ValueError(f"there is no switch {name}; there are {', '.join(f.name for f in fields(self))}")
            values[name] = _parsed(name, hints[name], text)
        return replace(self, **values)


def _fits(value: object, hint: Any) -> bool:
    if get_origin(hint) is Literal:
        return value in get_args(hint)
    return type(value) is hint


def _choices(hint: Any) -> str:
    if get_origin(hint) is Literal:
        return " or ".join(str(known) for known in get_args(hint))
    return "true or false" if hint is bool else "a number"


def _parsed(name: str, hint: Any, text: str) -> object:
    readable: dict[str, object] = {str(known): known for known in get_args(hint)}
    if hint is bool:
        readable = {"true": True, "false": False}
    if hint is int and text.isdecimal():
        return int(text)
    if text not in readable:
        raise ValueError(f"{name} is {_choices(hint)}, not {text!r}")
    return readable[text]


def described() -> list[str]:
    """A line for each switch: name, default, other positions."""
    hints = get_type_hints(Switches)
    return [f"{item.name}={str(item.default).lower()} ({_choices(hints[item.name])})" for item in fields(Switches)]
