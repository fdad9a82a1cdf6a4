"""The radio side of one gateway: a network namespace with SORACOM in it, a link that comes and goes, and a modem."""

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

from runs import remove_namespace
from waiting import PATIENCE_S, line_of

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
        self.name = name
        self.device, self.tower = f"{name}-gw", f"{name}-cell"
        self.place = place / "cell"
        self.names: subprocess.Popen | None = None
        self.answering = self.place / "names-answer"
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
        ends = ("wwan0", "netns", self.device, "type", "veth", "peer", "name", "air", "netns", self.tower)
        run("ip", "link", "add", *ends)
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
        served = json.loads(line_of(simulator.stdout))
        self.port = Path(served["gateways"][0]["modem"]).resolve()

    def _in_tower(self, *words):
        """Starts a program that answers at the addresses of the service."""
        with (self.place / f"{Path(words[0]).name}.log").open("ab") as log:
            process = subprocess.Popen(
                ["ip", "netns", "exec", self.tower, *map(str, words)], stdout=subprocess.PIPE, stderr=log, text=True
            )
        self.processes.append(process)
        return process

    def plug_modem_in(self) -> None:
        """The modem's port appears on the gateway, with the owner that udev would give it."""
        os.chown(self.port, 0, DIALOUT)
        self.port.chmod(0o660)
        (self.modem_place / "at").symlink_to(f"/opt/pts/{self.port.name}")

    def start_names(self, *, answering: bool = True) -> None:
        """Starts the name server; without `answering` every question waits until `answer_names`."""
        program = Path(__file__).with_name("name_service.py")
        words = (program, NAMES, "metadata.soracom.io", SERVICE, self.answering)
        if answering:
            self.answer_names()
        self.names = self._in_tower(sys.executable, *words)
        assert line_of(self.names.stdout) == "up\n"

    def until_name_is_asked(self) -> None:
        """The gateway has asked for the service's name."""
        assert line_of(self.names.stdout) == "asked\n"

    def answer_names(self) -> None:
        """From now on the name server answers."""
        self.answering.touch()

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

    def set_userdata(self, text: str) -> None:
        self._command("tell", about="group:bench", values={"userdata": text})

    def break_(self, fault: str, path: str) -> None:
        """The service has this fault at this path until `mend`."""
        self._command("break", fault=fault, path=path)

    def mend(self) -> None:
        """The service has no fault any more."""
        self._command("break", fault="mend")

    def known(self) -> dict:
        """All that the platform knows and was asked."""
        return json.loads(self._command("dump"))

    def _command(self, command: str, **members) -> str:
        """Says one line to the simulator's control socket, and returns what it answers."""
        with socket.socket(socket.AF_UNIX) as simulator:
            simulator.settimeout(PATIENCE_S)
            simulator.connect(str(self.control))
            simulator.sendall(json.dumps({"command": command, **members}).encode() + b"\n")
            reply = json.loads(b"".join(iter(lambda: simulator.recv(65536), b"")))
        assert "text" in reply, reply
        return reply["text"]

    @property
    def tags(self) -> dict[str, str]:
        (sim,) = self.known()["sims"]
        return sim["tags"]

    def close(self) -> None:
        for process in self.processes:
            process.kill()
        for process in self.processes:
            process.wait()
            process.stdout.close()
        for space in (self.device, self.tower):
            remove_namespace(space)
        shutil.rmtree(self.place, ignore_errors=True)
