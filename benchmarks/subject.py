"""Edge. What is measured: one gateway with hostname, time zone and ten files to get, fresh or as it was."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from agent.handover.files import ORDER
from benchmarks.processes import Cost, Run, cost_of, together
from simulator.gateways import Gateway
from simulator.server import MetadataServer
from simulator.soracom import Group, Platform, Sim

IMSI, IMEI = "001010000000001", "490154203237518"
GROUP_ID = "11111111-0000-4000-8000-000000000001"
TAGS = {"name": "gw-1"}
IMPORTS = "import requests, serial, systemd.daemon, yaml"
"""What the job cannot do without."""
_LOOK_S = 0.005
"""How often is looked for an order; a path unit of systemd sees it sooner."""


def userdata(files: int) -> str:
    """Hostname, time zone, and so many small files."""
    lines = (f"  - path: /etc/app/{n}.conf\n    content: 'number = {n}'\n" for n in range(files))
    return "#cloud-config\nhostname: gw-1\ntimezone: Asia/Tokyo\nwrite_files:\n" + "".join(lines)


def platform_of_one(files: int = 10) -> tuple[Platform, Sim]:
    """A SORACOM with one SIM."""
    sim = Sim(IMSI, imei=IMEI, group_id=GROUP_ID, tags=TAGS)
    return Platform([sim], [Group(GROUP_ID, userdata=userdata(files))]), sim


@dataclass
class Subject:
    """A gateway that can be made new again."""

    platform: Platform
    gateway: Gateway
    pristine: Path

    @classmethod
    def of(cls, platform: Platform, gateway: Gateway) -> Subject:
        """As the gateway is now is what it will be again."""
        pristine = gateway.place / "pristine"
        shutil.copytree(gateway.root, pristine, symlinks=True)
        return cls(platform, gateway, pristine)

    @property
    def run(self) -> Path:
        """The directory for files that live until the next boot."""
        return self.gateway.place / "run"

    def make_new(self) -> None:
        """As from the image, and nothing reported yet."""
        for place in (self.gateway.root, self.gateway.state, self.run):
            shutil.rmtree(place, ignore_errors=True)
        self.run.mkdir()
        shutil.copytree(self.pristine, self.gateway.root, symlinks=True)
        self.platform.change_sim(self.gateway.sim.imsi, tags=dict(TAGS))
        self.platform.forget_requests()

    @property
    def reported(self) -> str:
        """What its tag says."""
        return self.platform.sim(self.gateway.sim.imsi).tags.get("kitting_state", "")

    def two_halves(self, network: Sequence[str], privileged: Sequence[str]) -> Cost:
        """A pass as in the field: what systemd does there is done here, once an order lies there."""
        settings = self.gateway.settings
        as_one = settings.read_text()
        settings.write_text(as_one.replace("[apply]\n", '[apply]\nby = "service"\n'))
        try:
            asking = Run(network)
            while not (self.gateway.state / ORDER).exists() and not asking.is_over:
                time.sleep(_LOOK_S)
            if asking.is_over:
                asking.cost()
                raise RuntimeError("the network half ended without an order")
            carried_out = cost_of(privileged)
            return together(asking.cost(), carried_out)
        finally:
            settings.write_text(as_one)


@contextmanager
def on_loopback(files: int = 10) -> Iterator[Subject]:
    """A gateway on this machine, without a link that costs time."""
    platform, sim = platform_of_one(files)
    with tempfile.TemporaryDirectory(prefix="kitting-bench-") as directory, MetadataServer(platform) as server:
        gateway = Gateway("gw", sim, Path(directory) / "gw", server)
        gateway.modem.plug_in()
        try:
            yield Subject.of(platform, gateway)
        finally:
            gateway.switch_off()
