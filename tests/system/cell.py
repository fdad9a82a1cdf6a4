"""The radio side of one gateway: a network namespace with SORACOM in it, a link that comes and goes, and a modem."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
SIM = Path(sys.executable).with_name("kitting-sim")
IMSI = "001010000000001"
IMEI = "490154203237518"
SERVICE = "100.127.100.127"
NAMES = "100.127.0.53"
GATEWAY, TOWER = "10.64.0.2", "10.64.0.1"
DIALOUT = 20

USERDATA = """\
#cloud-config
hostname: gw-{{ tags.site }}
timezone: Asia/Tokyo
write_files:
  - path: /etc/telemetry.conf
    permissions: "0640"
    content: "imei = {{ equipment.imei }}\\nround = 1\\n"
    restart: [telemetry.service]
services:
  enable: [telemetry.service]
"""


def run(*words, **how):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False, **how)
    if done.returncode:
        raise AssertionError(f"{' '.join(map(str, words))}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


class Cell:
    """Both namespaces, and what lives in the one of the cell."""

    def __init__(self, name: str, place: Path, userdata: str = USERDATA) -> None:
        self.device, self.tower = f"{name}-gw", f"{name}-cell"
        self.place = place / "cell"
        self.modem_place = place / "modem"
        self.control = self.place / "control"
        self.processes: list[subprocess.Popen] = []
        self.place.mkdir(parents=True)
        self.modem_place.mkdir()
        self._lay_cable()
        self._start_platform(userdata)

    def _lay_cable(self) -> None:
        for space in (self.device, self.tower):
            run("ip", "netns", "add", space)
            run("ip", "-n", space, "link", "set", "lo", "up")
        run(
            "ip",
            "link",
            "add",
            "wwan0",
            "netns",
            self.device,
            "type",
            "veth",
            "peer",
            "name",
            "air",
            "netns",
            self.tower,
        )
        run("ip", "-n", self.tower, "addr", "add", f"{TOWER}/24", "dev", "air")
        for address in (SERVICE, NAMES):
            run("ip", "-n", self.tower, "addr", "add", f"{address}/32", "dev", "lo")
        run("ip", "-n", self.tower, "link", "set", "air", "up")

    def _start_platform(self, userdata: str) -> None:
        fleet = self.place / "fleet.toml"
        fleet.write_text(
            f'[[group]]\nid = "bench"\nuserdata = {json.dumps(userdata)}\n'
            f'[[sim]]\nimsi = "{IMSI}"\nimei = "{IMEI}"\ngroup = "bench"\ntags = {{ site = "tokyo" }}\n'
        )
        words = ("--sims", fleet, "--listen", SERVICE, "--port", "80", "--at", f"{IMSI}={GATEWAY}")
        place = ("--modems", self.place, "--control", self.control, "--json")
        simulator = self._in_tower(SIM, "serve", *words, *place)
        served = json.loads(simulator.stdout.readline())
        self.port = Path(served["gateways"][0]["modem"]).resolve()

    def _in_tower(self, *words):
        process = subprocess.Popen(
            ["ip", "netns", "exec", self.tower, *map(str, words)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.processes.append(process)
        return process

    def plug_modem_in(self) -> None:
        """The modem's port appears on the gateway, with the owner that udev would give it."""
        os.chown(self.port, 0, DIALOUT)
        self.port.chmod(0o660)
        (self.modem_place / "at").symlink_to(f"/opt/pts/{self.port.name}")

    def start_names(self) -> None:
        process = self._in_tower(
            sys.executable, Path(__file__).with_name("name_service.py"), NAMES, "metadata.soracom.io", SERVICE
        )
        assert process.stdout.readline() == "up\n"

    def link_up(self) -> None:
        run("ip", "-n", self.device, "addr", "replace", f"{GATEWAY}/24", "dev", "wwan0")
        run("ip", "-n", self.device, "link", "set", "wwan0", "up")
        run("ip", "-n", self.device, "route", "replace", "default", "via", TOWER)

    def link_down(self) -> None:
        run("ip", "-n", self.device, "link", "set", "wwan0", "down")

    def ready(self) -> None:
        """Everything at once: names, link, modem."""
        self.start_names()
        self.link_up()
        self.plug_modem_in()

    def tell(self, *words: str) -> None:
        run(SIM, "tell", *words, "--control", self.control)

    def set_userdata(self, text: str) -> None:
        file = self.place / "userdata.yaml"
        file.write_text(text)
        self.tell("group:bench", f"userdata=@{file}")

    def break_(self, *words: str) -> None:
        run(SIM, "break", *words, "--control", self.control)

    def known(self) -> dict:
        return json.loads(run(SIM, "dump", "--control", self.control))

    @property
    def tags(self) -> dict[str, str]:
        (sim,) = self.known()["sims"]
        return sim["tags"]

    def close(self) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(10)
            process.stdout.close()
        for space in (self.device, self.tower):
            subprocess.run(["ip", "netns", "del", space], check=False)
        shutil.rmtree(self.place, ignore_errors=True)
