"""One gateway with its SIM, its modem and a simulated SORACOM; a test can change each of them."""

import json
from pathlib import Path

from simulator.faults import Faults
from simulator.gateways import Gateway
from simulator.server import MetadataServer
from simulator.soracom import Group, Platform, Sim, Switches

IMSI = "001010000000001"
IMEI = "490154203237518"
OTHER_IMEI = "356938035643809"
GROUP = "11111111-0000-4000-8000-000000000001"
USERDATA = """\
#cloud-config
hostname: gw-{{ tags.site }}
timezone: Asia/Tokyo
write_files:
  - path: /etc/telemetry/telemetry.conf
    permissions: "0640"
    content: "imei = {{ equipment.imei | default('unknown') }}\\n"
    restart: [telemetry.service]
report:
  tags:
    serial: {file: /proc/device-tree/serial-number}
"""


class Rig:
    """One gateway and its surroundings."""

    def __init__(self, place: Path, switches: Switches | None = None) -> None:
        self.sim = Sim(IMSI, imei=IMEI, group_id=GROUP, tags={"name": "gw", "site": "tokyo"})
        self.platform = Platform([self.sim], [Group(GROUP, userdata=USERDATA)], switches)
        self.faults = Faults()
        self.server = MetadataServer(self.platform, faults=self.faults)
        self.server.start()
        self.gateway = Gateway("gw", self.sim, place, self.server, timeout="5m", patience="1s", serial="S3R1AL")
        self.settings('confirm_within = "5m"')
        self.gateway.modem.plug_in()

    def close(self) -> None:
        self.gateway.switch_off()
        self.server.stop()

    @property
    def modem(self):
        return self.gateway.modem.modem

    @property
    def tags(self) -> dict[str, str]:
        return dict(self.platform.sim(IMSI).tags)

    def tree(self) -> dict[str, tuple]:
        """Every file of the gateway: kind, mode, content."""
        return {
            str(path.relative_to(self.gateway.root)): (
                oct(path.lstat().st_mode),
                str(path.readlink()) if path.is_symlink() else path.read_bytes() if path.is_file() else None,
            )
            for path in sorted(self.gateway.root.rglob("*"))
        }

    def provision(self, *options: str) -> tuple[int, dict]:
        done = self.gateway.ask("provision", "--json", *options)
        assert "Traceback" not in done.stderr + done.stdout
        return done.returncode, json.loads(done.stdout)

    def status(self) -> dict:
        return json.loads(self.gateway.ask("status", "--json").stdout)

    def settings(self, text: str) -> None:
        """Replaces lines of agent.toml: `key = value`."""
        key = text.partition(" = ")[0]
        lines = self.gateway.settings.read_text().splitlines()
        self.gateway.settings.write_text("\n".join(text if line.startswith(f"{key} = ") else line for line in lines))
