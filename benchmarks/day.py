"""Story. A bench day. A thousand virtual gateways are switched on within a minute; when is the last one provisioned.

Each has a SIM, an address, a modem on a terminal of its own, a root directory, and makes its first pass as a process.
The minute decides when each wants to start; at most `AT_ONCE` run at a time, so that two cores and the memory of the
machine suffice, and the others wait, as the time says that is reported. Beside it the CPU time of all passes alone,
spread over the cores: nothing can be faster here.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.processes import Cost, cost_of
from benchmarks.subject import GROUP_ID, userdata
from benchmarks.table import Row
from simulator.gateways import Gateway
from simulator.numbers import imei, imsi
from simulator.server import MetadataServer
from simulator.soracom import Group, Platform, Sim

GATEWAYS = 1000
WITHIN_S = 60.0
AT_ONCE = 16
_LATER = (69, 75)
"""Exit codes of a pass that the resident would make again; who is lost, the tags tell."""


def bench_day(_: int, say: Callable[[str], None]) -> list[Row]:
    """All of them, once."""
    what = f"bench day of {GATEWAYS:,}"
    say(what)
    sims = [_sim(number) for number in range(1, GATEWAYS + 1)]
    platform = Platform(sims, [Group(GROUP_ID, userdata=userdata(10))])
    with tempfile.TemporaryDirectory(prefix="kitting-bench-") as place, MetadataServer(platform) as server:
        gateways = [_gateway(Path(place), sim, server) for sim in sims]
        costs = _switched_on(gateways, say)
    good = sum(_is_provisioned(platform.sim(sim.imsi).tags, sim) for sim in sims)
    begun = min(cost.begun_s for cost in costs)
    cores = len(os.sched_getaffinity(0))
    floor = sum(cost.cpu_ms for cost in costs) / 1000 / cores
    longest = max(cost.ended_s - cost.begun_s for cost in costs)
    median = statistics.median(cost.ended_s - cost.begun_s for cost in costs)
    took = max(cost.ended_s for cost in costs) - begun
    each = f"{AT_ONCE} at a time, each {median:.1f} s, at most {longest:.1f} s"
    note = f"floor: the CPU time of the passes alone on {cores} cores; {each}"
    return [
        Row(f"{what}: until the last is provisioned", "s", took, floor, note=note),
        Row(f"{what}: lost", "", GATEWAYS - good),
    ]


def _is_provisioned(tags: Mapping[str, str], sim: Sim) -> bool:
    """Also that it read its modem."""
    return tags.get("kitting_state") == "provisioned" and tags.get("kitting_imei") == sim.imei


def _sim(number: int) -> Sim:
    return Sim(imsi(number), imei=imei(number), group_id=GROUP_ID, tags={"name": f"gw-{number}"})


def _gateway(place: Path, sim: Sim, server: MetadataServer) -> Gateway:
    return Gateway(sim.imsi, sim, place / sim.imsi, server, timeout="30s", patience="2m")


def _switched_on(gateways: list[Gateway], say: Callable[[str], None]) -> list[Cost]:
    begun = time.monotonic()

    def first_pass(number: int) -> Cost:
        time.sleep(max(0.0, begun + WITHIN_S * number / len(gateways) - time.monotonic()))
        if number % 100 == 0:
            say(f"gateway {number}")
        # The modem comes with its gateway, and has a process's few descriptors only as long as it is needed.
        with gateways[number].modem:
            return cost_of(gateways[number].command("provision"), expect=(0, *_LATER))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(first_pass, range(len(gateways))))
