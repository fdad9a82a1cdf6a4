"""Pure. What `kitting-sim serve` begins with: SIMs, groups, modems, from a TOML file or by number.

[switches]                      # any of simulator/switches.py
userdata_unset = "empty"

[[group]]
id = "bench"
readonly = false                # also enabled, allow_origin, minimize_response_body, userdata
userdata = "hostname: gw-{{ tags.site }}"

[[sim]]
imsi = "001010000000001"        # all else has a default
imei = "490154203237518"
group = "bench"
tags = { name = "gateway-01", site = "tokyo" }
modem = "quectel-ec25"          # any of simulator/models/
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator import numbers
from simulator.modem_models import known_model
from simulator.soracom import Group, Platform, Refusal, Sim
from simulator.switches import Switches

DEFAULT_GROUP = "bench"
DEFAULT_USERDATA = "#cloud-config\nhostname: gateway-{{ tags.name }}\n"
_GROUP_KEYS = {
    "name": str,
    "enabled": bool,
    "readonly": bool,
    "allow_origin": str,
    "minimize_response_body": bool,
    "userdata": str,
}
_SIM_KEYS = {
    "iccid": str,
    "sim_id": str,
    "imei": str,
    "tags": dict,
    "status": str,
    "speed_class": str,
    "subscription": str,
    "imei_lock": str,
    "switched_on": bool,
}


@dataclass(frozen=True, slots=True)
class Scenario:
    """A platform to begin with, and the modem model of each SIM by IMSI."""

    groups: tuple[Group, ...]
    sims: tuple[Sim, ...]
    models: Mapping[str, str]
    switches: Switches = field(default_factory=Switches)

    def platform(self, clock: Callable[[], int]) -> Platform:
        """The platform of this scenario."""
        return Platform(self.sims, self.groups, self.switches, clock=clock)


def counted(count: int, userdata: str = DEFAULT_USERDATA) -> Scenario:
    """So many SIMs with modems, all in one group."""
    sims = tuple(
        Sim(numbers.imsi(n), imei=numbers.imei(n), group_id=DEFAULT_GROUP, tags={"name": f"gw-{n}"})
        for n in range(1, count + 1)
    )
    group = Group(DEFAULT_GROUP, name=DEFAULT_GROUP, userdata=userdata)
    return Scenario((group,), sims, {sim.imsi: "generic" for sim in sims})


def parse(text: str, model_names: Collection[str]) -> Scenario:
    """A scenario from TOML with modems of these models; raises `ValueError` that names what is wrong."""
    tables = tomllib.loads(text)
    unknown = set(tables) - {"switches", "group", "sim"}
    if unknown:
        raise ValueError(f"there is no section {unknown.pop()!r}; there are switches, group, sim")
    switches = {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in _table(tables)}
    groups = tuple(_group(table, number) for number, table in enumerate(_rows(tables, "group"), 1))
    rows = list(enumerate(_rows(tables, "sim"), 1))
    sims = tuple(_sim(table, number) for number, table in rows)
    models = {sim.imsi: _model(table, number, model_names) for sim, (number, table) in zip(sims, rows, strict=True)}
    scenario = Scenario(groups, sims, models, Switches().changed(switches))
    try:
        scenario.platform(lambda: 0)
    except Refusal as refusal:
        raise ValueError(refusal.message) from None
    return scenario


def _table(tables: Mapping[str, Any]) -> list[tuple[str, Any]]:
    table = tables.get("switches", {})
    if not isinstance(table, dict):
        raise ValueError("switches is a table: [switches]")  # noqa: TRY004 (one kind of error for all that is wrong)
    return list(table.items())


def _rows(tables: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    rows = tables.get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError(f"{name} is a list of tables: [[{name}]]")
    return rows


def _group(table: Mapping[str, Any], number: int) -> Group:
    where = f"group {number}"
    return Group(_needed(table, "id", where), **_taken(table, _GROUP_KEYS, {"id"}, where))


def _sim(table: Mapping[str, Any], number: int) -> Sim:
    where = f"sim {number}"
    values = _taken(table, _SIM_KEYS, {"imsi", "group", "modem"}, where)
    for name, value in values.get("tags", {}).items():
        if not isinstance(value, str):
            raise ValueError(f"{where}: the tag {name} is a text, not {value!r}")  # noqa: TRY004
    group_id = _needed(table, "group", where) if "group" in table else None
    try:
        return Sim(_needed(table, "imsi", where), group_id=group_id, **values)
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None


def _model(table: Mapping[str, Any], number: int, names: Collection[str]) -> str:
    name = _needed(table, "modem", f"sim {number}") if "modem" in table else "generic"
    return known_model(name, names)


def _needed(table: Mapping[str, Any], key: str, where: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value:
        raise ValueError(f"{where}: {key} is a text")
    return value


def _taken(table: Mapping[str, Any], known: Mapping[str, type], other: set[str], where: str) -> dict[str, Any]:
    for key, value in table.items():
        if key in other:
            continue
        if key not in known:
            raise ValueError(f"{where}: there is no {key!r}; there are {', '.join([*sorted(other), *known])}")
        if type(value) is not known[key]:
            raise ValueError(f"{where}: {key} is of type {known[key].__name__}, not {value!r}")
    return {key: value for key, value in table.items() if key not in other}
