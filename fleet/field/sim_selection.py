"""Story. The SIMs that a command means, by number, by name, by a list or by a tag, as the platform knows them now.

A SIM id is asked for directly, everything else by one search each, several at once. Only what the search does not find
is looked for among all SIMs: the platform's index is up to 15 seconds late. A name that the platform does not look up
holds no other back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from agent.errors import Code, Failure
from agent.identity import device_part
from fleet import desk_tags
from fleet.field.named_sims import NamedSim, NamedSims, NoSim, named_by_words
from fleet.plan.spreadsheet import ROUNDED, ends_in_zeros
from fleet.platform.api import Api
from fleet.platform.calls import sim_calls
from fleet.platform.parallel import in_parallel
from fleet.platform.sim import Sim

_SERIAL_OF_PLAN = "serial"
"""The tag in which a plan gives the serial number of the device."""
_SIM_ID_DIGITS = 18
"""A number of so many digits or more is a SIM id or an ICCID."""


_NO_SUCH = "no SIM of this operator has this number or name"
_NO_LIST = NamedSims()


@dataclass(frozen=True, slots=True)
class SimSelection:
    """The SIMs that are named, or tagged, or both."""

    named: tuple[NamedSim, ...] = ()
    tag: tuple[str, str] | None = None
    """Name and value."""
    not_understood: tuple[NoSim, ...] = ()


@dataclass(frozen=True, slots=True)
class Selected:
    """The SIMs that were found, each once, and the names that stand for nothing or for nothing new."""

    sims: Mapping[str, tuple[Sim, NamedSim | None]]
    """SIM id → the SIM, and how it was named; None for one that only the tag names."""
    unknown: tuple[NoSim, ...]
    not_looked_up: tuple[NoSim, ...] = ()
    """Names that the platform failed to look up."""
    repeated: tuple[tuple[str, NoSim], ...] = ()
    """Names of SIMs that were named before, with the SIM id."""


def selection_of(words: Sequence[str], tag: str | None, listed: NamedSims = _NO_LIST) -> SimSelection:
    """The selection that a command line and a list name; raises `usage` where nothing is named."""
    name, equals, value = (tag or "").partition("=")
    if tag and (not name or not equals):
        raise Failure(Code.USAGE, f"--tag takes NAME=VALUE, not {tag!r}")
    named = (*named_by_words(words), *listed.named)
    if not named and not tag and not listed.not_understood:
        raise Failure(Code.USAGE, "no SIM is named; name SIMs, or use --list FILE or --tag NAME=VALUE")
    return SimSelection(named, (name, value) if tag else None, listed.not_understood)


def selected_sims(api: Api, selection: SimSelection) -> Selected:
    """Looks for each named SIM, and for those with the tag; raises `platform.*` where no name could be looked up."""
    texts = dict.fromkeys(named.text for named in selection.named)
    found = dict(in_parallel(api.at_once, lambda text: _looked_up(api, text), texts))
    failures = [result for result in found.values() if isinstance(result, Failure)]
    if failures and len(failures) == len(found):
        raise failures[0]
    missing = [text for text, sims in found.items() if sims == []]
    everything = list(sim_calls.all_sims(api)) if missing or selection.tag else []
    found |= {text: [sim for sim in everything if is_named(sim, text)] for text in missing}
    return _with_tagged(_accounted_for(selection.named, found), selection.tag, everything)


def one_selected(api: Api, text: str) -> Sim:
    """The SIM that a person named; raises `platform.no_such` where no SIM, or more than one, is.

    No thread is started: a thread that is just ending would take a signal that the caller holds back.
    """
    (named,) = named_by_words([text])
    found = _looked_up(api, named.text) or [sim for sim in sim_calls.all_sims(api) if is_named(sim, named.text)]
    if len(found) != 1:
        raise Failure(Code.PLATFORM_NO_SUCH, f"{text}: {_why(named.text, found)}")
    return found[0]


def is_named(sim: Sim, text: str) -> bool:
    """Whether a text names this SIM: one of its numbers, its name, or the serial number or IMEI of its device."""
    texts = (sim.name, sim.tags.get(_SERIAL_OF_PLAN), sim.tags.get(desk_tags.SERIAL))
    if text in sim.every_number or (text and text in texts):
        return True
    device = device_part(text)
    imeis = (sim.session.imei, sim.lock.imei if sim.lock else None, sim.tags.get("kitting_imei"))
    return device is not None and any(device == device_part(imei) for imei in imeis if imei)


def _accounted_for(names: Iterable[NamedSim], found: Mapping[str, list[Sim] | Failure]) -> Selected:
    """Every name once: with its SIM, or with the reason why it stands for none or for nothing new."""
    sims: dict[str, tuple[Sim, NamedSim | None]] = {}
    unknown: list[NoSim] = []
    not_looked_up: list[NoSim] = []
    repeated: list[tuple[str, NoSim]] = []
    for named in names:
        result = found[named.text]
        if isinstance(result, Failure):
            not_looked_up.append(NoSim(named.text, named.line, str(result)))
        elif len(result) != 1:
            unknown.append(NoSim(named.text, named.line, _why(named.text, result)))
        elif (sim := result[0]).sim_id in sims:
            repeated.append((sim.sim_id, NoSim(named.text, named.line, _same_as(sims[sim.sim_id][1]))))
        else:
            sims[sim.sim_id] = (sim, named)
    return Selected(sims, tuple(unknown), tuple(not_looked_up), tuple(repeated))


def _with_tagged(named: Selected, tag: tuple[str, str] | None, everything: Sequence[Sim]) -> Selected:
    """The named SIMs, and those that have the tag."""
    if tag is None:
        return named
    tagged: dict[str, tuple[Sim, NamedSim | None]] = {
        sim.sim_id: (sim, None) for sim in everything if sim.tags.get(tag[0]) == tag[1]
    }
    unknown = () if tagged else (NoSim("=".join(tag), None, "no SIM has this tag"),)
    return replace(named, sims={**named.sims, **tagged, **named.sims}, unknown=(*named.unknown, *unknown))


def _looked_up(api: Api, text: str) -> list[Sim]:
    """The SIMs that a text names, as far as a call or two can tell."""
    if text.isdecimal() and len(text) >= _SIM_ID_DIGITS:
        try:
            return [sim_calls.one_sim(api, text)]
        except Failure as failure:
            if failure.code is not Code.PLATFORM_NO_SUCH:
                raise
    return [sim_calls.one_sim(api, sim.sim_id) for sim in _unlike(sim_calls.search(api, text), text)]


def _unlike(sims: Iterable[Sim], text: str) -> list[Sim]:
    """Those that the text names: a search finds parts of texts, too."""
    return [sim for sim in sims if is_named(sim, text)]


def _why(text: str, sims: Sequence[Sim]) -> str:
    if not sims:
        return f"no SIM has this number: {ROUNDED}" if ends_in_zeros(text) else _NO_SUCH
    return f"{len(sims)} SIMs have this name: {', '.join(sim.sim_id for sim in sims[:3])}; use the SIM id"


def _same_as(first: NamedSim | None) -> str:
    place = f"line {first.line}" if first and first.line else (first.text if first else "before")
    return f"the same SIM as {place}"
