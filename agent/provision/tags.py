"""Pure. The report: the state of the device as tags of its SIM.

    kitting_state    the state of the device (`lifecycle.State`)
    kitting_imei     the modem's IMEI, only if it was read and verified in this pass
    kitting_config   the first 12 hex digits of the digest of the configuration in force
    kitting_at       when state or configuration last changed, UTC, RFC 3339
    kitting_agent    the version of the agent
    kitting_error    `code: message` of the failure or the notice
    kitting_obeyed   the operator order (tag kitting_order) that this device carried out last

The tags that the document asks for are added. No name has a dot, which the service's query syntax uses. Other tags of
the SIM are never written, and a tag that has its value already is not sent again.
To add a tag, add a line to `_own_tags` and a test.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType

from agent.errors import Code, Failure
from agent.frozen import frozen
from agent.identity import Imei
from agent.provision.lifecycle import State

DIGEST_DIGITS = 12
MAX_PLACE_BYTES = 80
"""Of the place in an error that has to be cut: a command may be long, and the reason stands behind it."""
MAX_VALUE_BYTES = 255
"""The platform states no limit; its users have met none that is lower."""
_CUT = "..."

_NOTHING: Mapping[str, str] = MappingProxyType({})


@frozen
class Report:
    """The facts that the tags are made from."""

    state: State
    agent_version: str
    in_force: str | None = None
    """Digest, hex, of the configuration in force."""
    changed_at: str | None = None
    """RFC 3339; None where no clock could be trusted."""
    imei: Imei | None = None
    """The IMEI that was read in this pass; None leaves the tag as it is."""
    failure: Failure | None = None
    extra: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    """Tags that the document asks for."""
    last_order: str | None = None
    """The operator order that was carried out last."""


def short(digest: str) -> str:
    """The first digits of a digest, for people."""
    return digest[:DIGEST_DIGITS]


def wanted_tags(report: Report) -> Mapping[str, str]:
    """The tags that the SIM should have; an empty value empties a tag.

    A device in the state `new` wants none, except that its disk refuses: it would stay new without a word.
    """
    if report.state is State.NEW:
        is_stuck = report.failure is not None and report.failure.code is Code.STATE_UNWRITABLE
        return _error_tag(report) if is_stuck else _NOTHING
    extra = {name: tag_value(value) for name, value in report.extra.items()}
    return MappingProxyType({**extra, **_own_tags(report)})


def _own_tags(report: Report) -> dict[str, str]:
    imei = {"kitting_imei": report.imei.digits} if report.imei else {}
    return {
        **imei,
        "kitting_obeyed": tag_value(report.last_order or ""),
        "kitting_state": report.state.value,
        "kitting_config": short(report.in_force or ""),
        "kitting_at": report.changed_at or "",
        "kitting_agent": tag_value(report.agent_version),
        **_error_tag(report),
    }


def _error_tag(report: Report) -> dict[str, str]:
    return {"kitting_error": error_value(report.failure) if report.failure else ""}


def changed_tags(present: Mapping[str, str], wanted: Mapping[str, str]) -> Mapping[str, str]:
    """The wanted tags that the SIM has with another value; an empty tag is not added to a SIM without it."""
    return MappingProxyType({name: value for name, value in wanted.items() if present.get(name, "") != value})


def error_value(failure: Failure) -> str:
    """`code: place: reason` on one line; of a long one, parts in the middle of place and reason are left out."""
    text = _one_line(str(failure))
    if len(text.encode()) <= MAX_VALUE_BYTES:
        return text
    place = f"{_shortened(_one_line(failure.where), MAX_PLACE_BYTES)}: " if failure.where else ""
    head = f"{failure.code.text}: {place}"
    return head + _shortened(_one_line(failure.detail), MAX_VALUE_BYTES - len(head.encode()))


def _shortened(text: str, max_bytes: int) -> str:
    """The beginning and the end of a text: what a program prints last is the reason."""
    data = text.encode()
    if len(data) <= max_bytes:
        return text
    first = (max_bytes - len(_CUT)) // 2
    last = max_bytes - len(_CUT) - first
    return data[:first].decode("utf-8", "ignore") + _CUT + data[-last:].decode("utf-8", "ignore")


def _one_line(text: str) -> str:
    """The text in one line that UTF-8 can carry, without control characters; several spaces become one."""
    return " ".join(_printable(text).encode("utf-8", "ignore").decode().split())


def _printable(text: str) -> str:
    """The text with a space in the place of each control character."""
    return "".join(character if character.isprintable() else " " for character in text)


def tag_value(text: str) -> str:
    """One line of valid UTF-8 without control characters; a long one is cut between two characters."""
    return _printable(text).strip().encode()[:MAX_VALUE_BYTES].decode("utf-8", "ignore").rstrip()
