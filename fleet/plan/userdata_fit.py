"""Pure. Whether the userdata of a plan's groups is valid for each SIM, with the tags of that SIM filled in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from agent.configuration.resolving import Names, resolve
from agent.configuration.schema import Schema
from agent.errors import Failure
from fleet.plan.plan import Plan, WantedSim
from fleet.platform.sim import Sim

_ANY_IMEI = "490154203237518"
"""Stands for the modem of a SIM that has never been online."""


@dataclass(frozen=True, slots=True)
class Unfit:
    """A SIM for which the userdata of a group is not valid."""

    group: str
    sim_id: str
    name: str
    """Empty where the SIM has no name."""
    failure: Failure

    def __str__(self) -> str:
        sim = f"{self.name} ({self.sim_id})" if self.name else self.sim_id
        return f"{self.group}, SIM {sim}: {self.failure}"


def unfit_sims(plan: Plan, sims: Iterable[tuple[WantedSim, Sim]], schema: Schema) -> Iterator[Unfit]:
    """Every SIM with every group whose userdata is not valid for it."""
    for _, group in plan.groups:
        if group.userdata is None:
            continue
        content = group.userdata.encode()
        for wanted, sim in sims:
            try:
                resolve(content, _names(plan, wanted, sim), schema)
            except Failure as failure:
                yield Unfit(group.name, sim.sim_id, wanted.tags.get("name") or sim.name, failure)


def _names(plan: Plan, wanted: WantedSim, sim: Sim) -> Names:
    """The names that the device of this SIM will fill in; values that are not known yet are examples."""
    imsi = sim.imsi.digits if sim.imsi else wanted.imsi
    imei = wanted.imei.digits if wanted.imei else _ANY_IMEI
    subscriber = {"imsi": imsi, "sim_id": sim.sim_id, "iccid": sim.sim_id, "msisdn": "0", "subscription": "plan"}
    subscriber |= {"group_id": sim.group_id or "group", "speed_class": sim.speed_class or "s1.standard"}
    equipment = {
        "imei": imei,
        "imsi": imsi,
        "iccid": sim.sim_id,
        "manufacturer": "any",
        "model": "any",
        "firmware": "any",
    }
    tags = {name: value for name, value in {**sim.tags, **plan.tags, **wanted.tags}.items() if value}
    return Names(tags, {name: value for name, value in subscriber.items() if value}, equipment)
