"""Edge. A SORACOM of our own in one network namespace, a gateway in another, and a link between them.

Needs root, iproute2 and /dev/net/tun; `why_not()` says what is missing. The simulator's sockets are opened in the
namespace of the cell while its threads run in this process, so that a row can look at and set all that the platform
knows.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks.subject import IMSI, platform_of_one
from simulator.gateways import STOP_WITHIN_S, Gateway
from simulator.server import MetadataServer

HERE = Path(__file__).parent
SERVICE, NAMES = "100.127.100.127", "100.127.0.53"
GATEWAY, TOWER = "10.64.0.2", "10.64.0.1"
NAME = "metadata.soracom.io"
_CLONE_NEWNET = 0x40000000


def why_not() -> str:
    """What is missing here for namespaces; empty where nothing is."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    if not shutil.which("ip"):
        return "there is no ip (package iproute2)"
    return "" if Path("/dev/net/tun").exists() else "there is no /dev/net/tun"


@dataclass(frozen=True, slots=True)
class Packet:
    """One that the link saw. `arrived_s` is None where it was lost; both times are on the monotonic clock."""

    left_s: float
    arrived_s: float | None
    from_gateway: bool
    size: int
    payload: int


class Cell:
    """Both namespaces, what lives in the cell's, and one gateway with its modem."""

    def __init__(
        self, place: Path, *, rtt_ms: float, loss_percent: float = 0, seed: int = 1, names: bool = False
    ) -> None:
        unique = f"kb{os.getpid() % 100000}"
        self.device, self.tower = f"{unique}g", f"{unique}c"
        self.place = place
        self.names = names
        self.rtt_s = rtt_ms / 1000
        self._log = place / "packets"
        self._processes: list[subprocess.Popen[str]] = []
        _run("ip", "netns", "add", self.device)
        _run("ip", "netns", "add", self.tower)
        self._lay_link(rtt_ms / 2, loss_percent, seed)
        self.platform, sim = platform_of_one()
        with inside(self.tower):
            self.server = MetadataServer(self.platform, host=SERVICE, port=80, addresses={GATEWAY: IMSI})
        self.gateway = Gateway("gw", sim, place / "gw", self.server, timeout="10s", patience="1m")
        self._name()

    def __enter__(self) -> Self:
        self.server.start()
        self.gateway.modem.plug_in()
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        self.gateway.switch_off()
        self.server.stop()
        for process in self._processes:
            process.send_signal(signal.SIGTERM)
            process.wait(STOP_WITHIN_S)
            if process.stdout:
                process.stdout.close()
        for space in (self.device, self.tower):
            _run("ip", "netns", "del", space)
        shutil.rmtree(Path("/etc/netns") / self.device, ignore_errors=True)

    def _lay_link(self, delay_ms: float, loss_percent: float, seed: int) -> None:
        for space in (self.device, self.tower):
            _run("ip", "netns", "exec", space, "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1")
            _run("ip", "netns", "exec", space, "sysctl", "-qw", "net.ipv4.tcp_no_metrics_save=1")
            _run("ip", "-n", space, "link", "set", "lo", "up")
        link = [HERE / "tun_link.py", self.device, "wwan0", self.tower, "air", delay_ms, loss_percent, seed, self._log]
        self._start(sys.executable, *link)
        for address in (SERVICE, NAMES):
            _run("ip", "-n", self.tower, "addr", "add", f"{address}/32", "dev", "lo")
        for space, device, own, other in (
            (self.device, "wwan0", GATEWAY, TOWER),
            (self.tower, "air", TOWER, GATEWAY),
        ):
            _run("ip", "-n", space, "addr", "add", own, "peer", other, "dev", device)
            _run("ip", "-n", space, "link", "set", device, "up")
        _run("ip", "-n", self.device, "route", "add", "default", "dev", "wwan0")

    def _name(self) -> None:
        """The gateway knows the service's address, or has to ask for it over the link."""
        etc = Path("/etc/netns") / self.device
        etc.mkdir(parents=True, exist_ok=True)
        known = "" if self.names else f"{SERVICE} {NAME}\n"
        (etc / "hosts").write_text(f"127.0.0.1 localhost\n{known}")
        (etc / "resolv.conf").write_text(f"nameserver {NAMES}\n")
        (etc / "nsswitch.conf").write_text("hosts: files dns\n")
        settings = self.gateway.settings.read_text()
        self.gateway.settings.write_text(settings.replace(self.server.url, self.url))
        if self.names:
            server = HERE.parent / "tests/system/name_service.py"
            self._start("ip", "netns", "exec", self.tower, sys.executable, server, NAMES, NAME, SERVICE)

    def _start(self, *words: object) -> None:
        process = subprocess.Popen([str(word) for word in words], stdout=subprocess.PIPE, text=True)
        self._processes.append(process)
        assert process.stdout
        if process.stdout.readline() != "up\n":
            raise RuntimeError(f"{words[0]} did not start")

    @property
    def url(self) -> str:
        """Where the gateway asks: always by name, which costs packets only where `names` is set."""
        return f"http://{NAME}"

    def on_gateway(self, command: Sequence[str]) -> list[str]:
        """A command, as one that runs in the gateway's namespace."""
        return ["ip", "netns", "exec", self.device, *command]

    def packets(self, since_s: float) -> list[Packet]:
        """What the link saw from a moment on, once it is silent."""
        self.settle()
        found = (line.split() for line in self._log.read_text().splitlines())
        packets = (
            Packet(float(a), None if b == "-" else float(b), c == "a", int(d), int(e)) for a, b, c, d, e in found
        )
        return [packet for packet in packets if packet.left_s >= since_s]

    def settle(self) -> None:
        """Until what is under way has arrived: nothing new for two round trips."""
        seen, before = self._log.stat().st_size, -1
        while seen != before:
            time.sleep(2 * self.rtt_s + 0.05)
            before, seen = seen, self._log.stat().st_size

    def bytes_of_interface(self) -> int:
        """Bytes at the IP layer, both directions, as the gateway's interface counts them; TUN has no link header."""
        self.settle()
        (link,) = json.loads(_run("ip", "-n", self.device, "-s", "-j", "link", "show", "wwan0"))
        return int(link["stats64"]["rx"]["bytes"]) + int(link["stats64"]["tx"]["bytes"])


@contextmanager
def inside(space: str) -> Iterator[None]:
    """Sockets that this thread opens are in a namespace."""
    libc = ctypes.CDLL(None, use_errno=True)
    here = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    there = os.open(f"/run/netns/{space}", os.O_RDONLY)
    try:
        if libc.setns(there, _CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")
        yield
    finally:
        libc.setns(here, _CLONE_NEWNET)
        os.close(there)
        os.close(here)


def _run(*words: str) -> str:
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout
