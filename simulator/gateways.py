"""Edge. Virtual gateways. Each has a SIM, a modem on a pty, a root directory, and runs the real agent as a process."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import TextIO

from simulator.command_lines import installed
from simulator.model_files import load_model
from simulator.modem import Modem
from simulator.pseudo_terminal import ModemOnPty
from simulator.server import MetadataServer
from simulator.subscribers import Sim

STOP_WITHIN_S = 90.0
"""What systemd gives a service to end (DefaultTimeoutStopSec)."""
SETTINGS = """\
[metadata]
url = "{url}"
interface = "{address}"
timeout = "{timeout}"
patience = "{patience}"

[modem]
port = "{port}"

[schedule]
interval = "{interval}"
jitter = "0s"

[apply]
root = "{root}"
confirm_within = "{patience}"

[paths]
state = "{state}"
"""

SYSTEM_FILES = {
    "etc/passwd": "root:x:0:0:root:/root:/bin/bash\n",
    "etc/group": "root:x:0:\n",
    "etc/hostname": "gateway\n",
    "etc/os-release": 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n',
    "proc/device-tree/serial-number": "{serial}\0",
    "usr/share/zoneinfo/Asia/Tokyo": "TZif2",
    "usr/share/zoneinfo/Etc/UTC": "TZif2",
}
"""The disk image of a virtual gateway: enough for an agent that writes below its own root."""


@dataclass
class Gateway:
    """A virtual gateway."""

    name: str
    sim: Sim
    place: Path
    """Everything of this gateway is below here."""
    server: MetadataServer
    model: str = "generic"
    interval: str = "1h"
    timeout: str = "5s"
    patience: str = "20s"
    serial: str = "0000000000000000"
    agent: tuple[str, ...] = ()
    """The agent's command; empty for the one that is installed beside the simulator."""
    own_group: bool = False
    """Ctrl-C at the terminal does not reach the agent: only `switch_off` ends it."""
    modem: ModemOnPty = field(init=False)
    process: subprocess.Popen[str] | None = field(default=None, init=False)
    _follower: Thread | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        for path, content in SYSTEM_FILES.items():
            file = self.root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content.format(serial=self.serial))
        sim = self.sim
        modem = Modem(load_model(self.model), imei=sim.imei or "", imsi=sim.imsi, iccid=sim.iccid)
        self.modem = ModemOnPty(modem, link=self.place / "modem")
        self.settings.write_text(
            SETTINGS.format(
                url=self.server.url,
                address=self.server.address_of(sim.imsi),
                port=self.modem.path,
                interval=self.interval,
                timeout=self.timeout,
                patience=self.patience,
                root=self.root,
                state=self.state,
            )
        )

    @property
    def root(self) -> Path:
        """The gateway's `/`."""
        return self.place / "root"

    @property
    def state(self) -> Path:
        """The state directory of its agent."""
        return self.place / "state"

    @property
    def settings(self) -> Path:
        """Its agent.toml."""
        return self.place / "agent.toml"

    def switch_on(self, lines: LineReader | None = None) -> None:
        """Plugs the modem in and starts the resident; each line of its output goes to `lines`."""
        self.modem.plug_in()
        self.process = subprocess.Popen(  # noqa: S603 (our own command)
            self.command("run"),
            stdout=subprocess.DEVNULL if lines is None else subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            bufsize=1,
            process_group=0 if self.own_group else None,
        )
        if lines is not None and self.process.stdout is not None:
            self._follower = Thread(target=lines.follow, args=(self.name, self.process.stdout), daemon=True)
            self._follower.start()

    def command(self, *words: str) -> list[str]:
        """The agent's command line for this gateway."""
        return [*(self.agent or (agent_command(),)), "--config", str(self.settings), *words]

    def ask(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Runs one command of the agent to its end."""
        return subprocess.run(self.command(*words), capture_output=True, text=True, check=False)  # noqa: S603

    def ask_to_end(self) -> None:
        """Sends the agent the signal by which systemd ends it, without waiting."""
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)

    def switch_off(self) -> None:
        """Ends the agent as systemd would, hands on its last lines, and unplugs the modem."""
        if self.process is not None:
            self.ask_to_end()
            self.process.wait(STOP_WITHIN_S)
            self.process = None
        if self._follower is not None:
            self._follower.join(STOP_WITHIN_S)
            self._follower = None
        self.modem.unplug()


def switch_all_off(gateways: Sequence[Gateway]) -> None:
    """Switches all of them off at the same time, so that thirty take hardly longer than one."""
    for gateway in gateways:
        gateway.ask_to_end()
    for gateway in gateways:
        gateway.switch_off()


class LineReader:
    """Passes on the output of the gateways line by line."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []

    def follow(self, name: str, stream: TextIO) -> None:
        """Until the stream ends."""
        with stream:
            for line in stream:
                self.pass_on(name, line.rstrip())

    def pass_on(self, name: str, line: str) -> None:
        """Passes on a line of a gateway."""
        self.lines.append((name, line))


def agent_command() -> str:
    """Path of the `kitting-agent` that was installed beside this simulator, else the one on the path."""
    return str(installed("kitting-agent") or os.environ.get("KITTING_AGENT", "kitting-agent"))
