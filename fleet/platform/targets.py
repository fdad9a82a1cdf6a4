"""Story: which SIMs are meant: by id, by a list, or by a tag; always as they are now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.errors import Code, Failure
from agent.frozen import frozen
from fleet.platform.api import Api
from fleet.platform.calls import sim_calls
from fleet.platform.sim import Sim


@frozen
class Meant:
    """What somebody said."""

    numbers: tuple[str, ...] = ()
    """SIM ids or IMSIs."""
    tag: tuple[str, str] | None = None


def meant_of(numbers: Sequence[str], tag: str | None, lines: str) -> Meant:
    """From the command line and a list, a number a line (or a CSV whose first column it is); raises `usage`."""
    listed = [line.split(",")[0].strip().strip('"') for line in lines.splitlines()]
    found = tuple(dict.fromkeys((*numbers, *(one for one in listed if one.isdecimal()))))
    name, equals, value = (tag or "").partition("=")
    if tag and (not name or not equals):
        raise Failure(Code.USAGE, f"--tag takes NAME=VALUE, not {tag!r}")
    if not found and not tag:
        raise Failure(Code.USAGE, "no SIM is named: SIM ids or IMSIs, --list FILE, or --tag NAME=VALUE")
    if wrong := [one for one in found if not one.isdecimal()]:
        raise Failure(Code.USAGE, f"{wrong[0]!r} is no SIM id and no IMSI")
    return Meant(found, (name, value) if tag else None)


def sims_meant(api: Api, meant: Meant) -> Iterator[Sim]:
    """Each SIM once; raises `platform.no_such` for a number that is nobody's."""
    imsis = {one for one in meant.numbers if len(one) == 15}  # noqa: PLR2004 (an IMSI has at most 15 digits)
    for number in meant.numbers:
        if number not in imsis:
            yield sim_calls.one_sim(api, number)
    if not imsis and meant.tag is None:
        return
    for sim in sim_calls.all_sims(api):
        imsi = sim.imsi.digits if sim.imsi else ""
        has_tag = meant.tag is not None and sim.tags.get(meant.tag[0]) == meant.tag[1]
        if (imsi in imsis or has_tag) and sim.sim_id not in meant.numbers:
            imsis.discard(imsi)
            yield sim
    if imsis:
        raise Failure(Code.PLATFORM_NO_SUCH, f"no SIM of this operator has the IMSI {min(imsis)}")
