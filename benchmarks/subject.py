"""Edge: what is measured: one gateway with hostname, time zone and ten files to get, fresh or as it was."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from simulator.gateways import Gateway
from simulator.server import MetadataServer
from simulator.soracom import Group, Platform, Sim

IMSI, IMEI = "001010000000001", "490154203237518"
GROUP_ID = "11111111-0000-4000-8000-000000000001"
TAGS = {"name": "gw-1"}
IMPORTS = "import requests, serial, systemd.daemon, yaml"
"""What the job cannot do without."""
FLOOR = [sys.executable, "-c", IMPORTS]


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

    def make_new(self) -> None:
        """As from the image, and nothing reported yet."""
        for place in (self.gateway.root, self.gateway.state):
            shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(self.pristine, self.gateway.root, symlinks=True)
        self.platform.change_sim(self.gateway.sim.imsi, tags=dict(TAGS))
        self.platform.forget_requests()

    @property
    def reported(self) -> str:
        """What its tag says."""
        return self.platform.sim(self.gateway.sim.imsi).tags.get("kitting_state", "")


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
