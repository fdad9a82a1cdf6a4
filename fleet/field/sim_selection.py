"""Story: the SIMs that a command means, by number, by a list or by a tag, as the platform knows them now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agent.errors import Code, Failure
from fleet.platform.api import Api
from fleet.platform.calls import sim_calls
from fleet.platform.sim import Sim

_IMSI_DIGITS = 15
"""A number of so many digits is an IMSI; a SIM id has more."""


@dataclass(frozen=True, slots=True)
class SimSelection:
    """Numbers, or a tag, or both."""

    numbers: tuple[str, ...] = ()
    """SIM ids or IMSIs."""
    tag: tuple[str, str] | None = None
    """Name and value."""


def selection_of(numbers: Sequence[str], tag: str | None, lines: str) -> SimSelection:
    """The selection that a command line and a list name; raises `usage`.

    Args:
        numbers: SIM ids or IMSIs of the command line.
        tag: NAME=VALUE.
        lines: a list with a number on each line, or a CSV file whose first column has the numbers; may be empty.
    """
    listed = [line.split(",")[0].strip().strip('"') for line in lines.splitlines()]
    found = tuple(dict.fromkeys((*numbers, *(text for text in listed if text.isdecimal()))))
    name, equals, value = (tag or "").partition("=")
    if tag and (not name or not equals):
        raise Failure(Code.USAGE, f"--tag takes NAME=VALUE, not {tag!r}")
    if not found and not tag:
        raise Failure(Code.USAGE, "no SIM is named; name SIM ids or IMSIs, or use --list FILE or --tag NAME=VALUE")
    if wrong := [number for number in found if not number.isdecimal()]:
        raise Failure(Code.USAGE, f"{wrong[0]!r} is neither a SIM id nor an IMSI")
    return SimSelection(found, (name, value) if tag else None)


def selected_sims(api: Api, selection: SimSelection) -> Iterator[Sim]:
    """Each selected SIM once; raises `platform.no_such` for a number that no SIM of the operator has."""
    imsis = {number for number in selection.numbers if len(number) == _IMSI_DIGITS}
    for number in selection.numbers:
        if number not in imsis:
            yield sim_calls.one_sim(api, number)
    if not imsis and selection.tag is None:
        return
    for sim in sim_calls.all_sims(api):
        imsi = sim.imsi.digits if sim.imsi else ""
        has_tag = selection.tag is not None and sim.tags.get(selection.tag[0]) == selection.tag[1]
        if (imsi in imsis or has_tag) and sim.sim_id not in selection.numbers:
            imsis.discard(imsi)
            yield sim
    if imsis:
        raise Failure(Code.PLATFORM_NO_SUCH, f"no SIM of this operator has the IMSI {min(imsis)}")
