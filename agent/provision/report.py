"""Pure. The report: what the device is, as tags of its SIM.

    kitting_state    what the device is (`lifecycle.State`)
    kitting_imei     the modem's IMEI, only if it was read and verified in this pass
    kitting_config   the first 12 hex digits of the digest of the configuration in force
    kitting_at       when state or configuration last changed, UTC, RFC 3339
    kitting_agent    version of the agent
    kitting_error    `code: message` of what stands in the way
    kitting_obeyed   the operator's order (tag kitting_order) that was obeyed last

and the tags that the document asks for. Names are plain: the service's query syntax uses the dot. Nothing else on the
SIM is ever named, and what is already there as it should be is not sent again.
A new tag is a line in `_own_tags`, and its test.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType

from agent.errors import Failure
from agent.frozen import frozen
from agent.identity import Imei
from agent.provision.lifecycle import State

DIGEST_DIGITS = 12
MAX_ERROR_CHARACTERS = 128
MAX_VALUE_BYTES = 255
"""The platform states no limit; this is below every one that its users have met."""

_NOTHING: Mapping[str, str] = MappingProxyType({})


@frozen
class Report:
    """What is to be said."""

    state: State
    agent_version: str
    in_force: str | None = None
    """Digest, hex, of the configuration in force."""
    changed_at: str | None = None
    """RFC 3339; None where no clock could be trusted."""
    imei: Imei | None = None
    """As read in this pass; None leaves the tag as it is."""
    failure: Failure | None = None
    extra: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    """Tags that the document asks for."""
    obeyed: str | None = None
    """The operator's order that was obeyed last."""


def short(digest: str) -> str:
    """A digest as people see it."""
    return digest[:DIGEST_DIGITS]


def wanted_tags(report: Report) -> Mapping[str, str]:
    """The tags that this SIM should have; an empty value says that there is nothing to say.

    A device that has not yet found out what it should be wants none.
    """
    if report.state is State.NEW:
        return _NOTHING
    extra = {name: tag_value(value) for name, value in report.extra.items()}
    return MappingProxyType({**extra, **_own_tags(report)})


def _own_tags(report: Report) -> dict[str, str]:
    imei = {"kitting_imei": report.imei.digits} if report.imei else {}
    obeyed = {"kitting_obeyed": tag_value(report.obeyed)} if report.obeyed else {}
    return {
        **imei,
        **obeyed,
        "kitting_state": report.state.value,
        "kitting_config": short(report.in_force or ""),
        "kitting_at": report.changed_at or "",
        "kitting_agent": tag_value(report.agent_version),
        "kitting_error": error_value(report.failure) if report.failure else "",
    }


def changed_tags(present: Mapping[str, str], wanted: Mapping[str, str]) -> Mapping[str, str]:
    """Those of the wanted tags that the SIM does not have like that; an empty one is not added where there is none."""
    return MappingProxyType({name: value for name, value in wanted.items() if present.get(name, "") != value})


def error_value(failure: Failure) -> str:
    """`code: message` on one line of printable ASCII, its beginning where it is long."""
    text = re.sub(r"[^\x20-\x7e]", "?", " ".join(str(failure).split()))
    return text if len(text) <= MAX_ERROR_CHARACTERS else f"{text[: MAX_ERROR_CHARACTERS - 3]}..."


def tag_value(text: str) -> str:
    """One line of valid UTF-8 without control characters, cut between two characters where it is long."""
    line = "".join(character if character.isprintable() else " " for character in text).strip()
    return line.encode()[:MAX_VALUE_BYTES].decode("utf-8", "ignore").rstrip()
