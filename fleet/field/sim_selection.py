"""Story. The SIMs that a command means, by number, by name, by a list or by a tag, as the platform knows them now.

A SIM id is asked for directly, everything else by one search each. Only what the search does not find is looked for
among all SIMs: the platform's index is up to 15 seconds late.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from agent.errors import Code, Failure
from agent.identity import device_part
from fleet.field.named_sims import NamedSim, NamedSims, NoSim, named_by_words
from fleet.platform.api import Api
from fleet.platform.calls import sim_calls
from fleet.platform.sim import Sim

_SIM_ID_DIGITS = 18
"""A number of so many digits or more is a SIM id or an ICCID."""


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
    """The SIMs that were found, each once, and the names that were not."""

    sims: Mapping[str, tuple[Sim, NamedSim | None]]
    """SIM id → the SIM, and how it was named; None for one that only the tag names."""
    unknown: tuple[NoSim, ...]


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
    """Looks for each named SIM, and for those with the tag."""
    by_text: dict[str, NamedSim] = {}
    for named in selection.named:
        by_text.setdefault(named.text, named)
    found = {text: _looked_up(api, text) for text in by_text}
    missing = [text for text, sims in found.items() if not sims]
    if missing or selection.tag:
        everything = list(sim_calls.all_sims(api))
        found |= {text: [sim for sim in everything if is_named(sim, text)] for text in missing}
    sims: dict[str, tuple[Sim, NamedSim | None]] = {}
    for text, named in by_text.items():
        if len(found[text]) == 1:
            sims.setdefault(found[text][0].sim_id, (found[text][0], named))
    unknown = [NoSim(text, named.line, _why(found[text])) for text, named in by_text.items() if len(found[text]) != 1]
    if selection.tag:
        tagged = [sim for sim in everything if sim.tags.get(selection.tag[0]) == selection.tag[1]]
        for sim in tagged:
            sims.setdefault(sim.sim_id, (sim, None))
        if not tagged:
            unknown.append(NoSim("=".join(selection.tag), None, "no SIM has this tag"))
    return Selected(sims, tuple(sorted(unknown, key=lambda one: one.line or 0)))


def one_selected(api: Api, text: str) -> Sim:
    """The SIM that a person named; raises `platform.no_such` where no SIM, or more than one, is."""
    selected = selected_sims(api, selection_of([text], None))
    if selected.unknown:
        raise Failure(Code.PLATFORM_NO_SUCH, f"{text}: {selected.unknown[0].why}")
    return next(sim for sim, _ in selected.sims.values())


def is_named(sim: Sim, text: str) -> bool:
    """Whether a text names this SIM: one of its numbers, its name, or the IMEI of its device."""
    if text in sim.every_number or (text and text == sim.name):
        return True
    device = device_part(text)
    imeis = (sim.session.imei, sim.lock.imei if sim.lock else None, sim.tags.get("kitting_imei"))
    return device is not None and any(device == device_part(imei) for imei in imeis if imei)


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


def _why(sims: Sequence[Sim]) -> str:
    if not sims:
        return "no SIM of this operator has this number or name"
    return f"{len(sims)} SIMs have this name: {', '.join(sim.sim_id for sim in sims[:3])}; use the SIM id"
