"""Story. A kitting bench on one machine. Three gateways are switched on, one of them wrong; the desk changes a line.

    kitting-sim demo

Everything is real but SORACOM and the modems: the agent's processes, the sockets, the serial dialogue, the files.
"""

from __future__ import annotations

import shlex
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from threading import Lock

from simulator.command_lines import typed
from simulator.gateways import Gateway, LineReader, switch_all_off
from simulator.interruption import Interruption
from simulator.server import MetadataServer
from simulator.soracom import Group, Platform, Sim

GROUP_ID = "11111111-0000-4000-8000-000000000001"
USERDATA = """\
#cloud-config
hostname: gw-{{ tags.site }}
timezone: Asia/Tokyo
write_files:
  - path: /etc/telemetry/telemetry.conf
    permissions: "0640"
    content: |
      site     = {{ tags.site }}
      line     = {{ tags.line | default('1') }}
      imei     = {{ equipment.imei }}
      interval = 60
    restart: [telemetry.service]
ntp:
  servers: [ntp.soracom.io]
services:
  enable: [telemetry.service]
report:
  tags:
    serial: {file: /proc/device-tree/serial-number}
"""
CHANGED = USERDATA.replace("interval = 60", "interval = 15")

TAGS = ("kitting_state", "kitting_imei", "kitting_config", "kitting_at", "serial", "kitting_error")
LIMIT_S = 40.0
IN_OTHER_DEVICE = "356938035643809"


def demo() -> int:
    """The demonstration on the terminal: 0 when it ended as expected, 1 otherwise; `KeyboardInterrupt` at a signal.

    The gateways' directories stay for inspection. After an interruption they are removed.
    """
    screen = Screen()
    with ExitStack() as unfinished, Interruption() as interruption:
        place = Path(tempfile.mkdtemp(prefix="kitting-demo-"))
        unfinished.callback(shutil.rmtree, place, ignore_errors=True)
        right, gateways = _told(screen, place, interruption)
        unfinished.pop_all()
    screen.head("Where to look next")
    print("\n".join(f"  {line}" for line in _where_next(place, gateways)))
    if not right:
        print("The demonstration did not end as expected; the lines above show where.", file=sys.stderr)
    return 0 if right else 1


def _told(screen: Screen, place: Path, interruption: Interruption) -> tuple[bool, list[Gateway]]:
    """Runs the demonstration; returns whether it ended as expected, and its gateways, which are switched off."""
    sims = (
        Sim(
            "001010000000001",
            imei="490154203237518",
            group_id=GROUP_ID,
            tags={"name": "gw-1", "site": "tokyo", "line": "7"},
        ),
        Sim("001010000000002", imei="352099001761481", group_id=GROUP_ID, tags={"name": "gw-2", "site": "osaka"}),
        Sim("001010000000003", imei="867698041234561", group_id=GROUP_ID, tags={"name": "gw-3", "site": "nagoya"}),
    )
    platform = Platform(sims, [Group(GROUP_ID, name="before shipment", userdata=USERDATA)], clock=_now_ms)
    platform.change_sim(sims[2].imsi, imei_lock=IN_OTHER_DEVICE)
    with MetadataServer(platform) as server:
        models = ("quectel-ec25", "simcom-sim7600", "generic")
        gateways = [
            Gateway(
                sim.tags["name"],
                sim,
                place / sim.tags["name"],
                server,
                model=model,
                serial=f"10000000{n:08x}",
                own_group=True,
            )
            for n, (sim, model) in enumerate(zip(sims, models, strict=True), 1)
        ]
        try:
            return _story(screen, platform, gateways, interruption), gateways
        except KeyboardInterrupt:
            screen.mute()
            raise
        finally:
            interruption.ignore()
            switch_all_off(gateways)


def _story(screen: Screen, platform: Platform, gateways: list[Gateway], interruption: Interruption) -> bool:
    screen.head("Three gateways are switched on for the first time. Same disk image, no credential, no typing.")
    for gateway in gateways:
        with interruption.held():
            gateway.switch_on(screen)
    settled = _wait(lambda: all("kitting_state" in _tags(platform, gateway) for gateway in gateways))
    screen.head("What the desk sees: the tags that each SIM wrote about itself")
    _show_tags(platform, gateways)
    first_right = settled and _states(platform, gateways) == ["provisioned", "provisioned", "blocked"]
    screen.head("What was written on the first two (the values come from the SIM's tags and from the modem)")
    for gateway in gateways[:2]:
        _show_files(gateway)
    screen.head("The desk changes one line of the group's userdata: interval = 15. The gateways in the field follow.")
    before = [_tags(platform, gateway).get("kitting_config") for gateway in gateways]
    platform.set_userdata(GROUP_ID, CHANGED)
    for gateway in gateways:
        gateway.ask("reprovision")
    followed = _wait(
        lambda: all(
            _tags(platform, g).get("kitting_config") != old for g, old in zip(gateways[:2], before, strict=False)
        )
    )
    _show_tags(platform, gateways)
    return first_right and followed


def _where_next(place: Path, gateways: list[Gateway]) -> Iterator[str]:
    """The commands to type after the demonstration, each below a line with its purpose."""
    yield "why gw-3 was blocked, and what to do about it:"
    yield f"    {typed('kitting-agent', '--config', str(gateways[2].settings), 'status')}"
    yield "everything of the three gateways (root/, state/, agent.toml), until you remove it:"
    yield f"    ls {shlex.quote(str(place))}"
    yield "the same SORACOM and thirty modems for your own experiments (docs/simulator.md):"
    yield f"    {typed('kitting-sim', 'serve', '--count', '30')}"
    yield "the desk's page with thirty invented SIMs, for a browser (docs/board.md):"
    yield f"    {typed('kitting', 'board', '--sample')}"


class Screen(LineReader):
    """The terminal: each gateway's lines in a colour of its own, as they come."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = Lock()
        self._muted = False
        self._coloured = sys.stdout.isatty()

    def head(self, text: str) -> None:
        """Prints a heading."""
        with self._lock:
            print(f"\n\033[1m{text}\033[0m" if self._coloured else f"\n{text}", flush=True)

    def pass_on(self, name: str, line: str) -> None:
        """Prints a line of a gateway."""
        super().pass_on(name, line)
        colour = 31 + int(name[-1]) % 6
        label = f"\033[{colour}m{name}\033[0m" if self._coloured else name
        with self._lock, suppress(BrokenPipeError):  # (the demonstration itself ends where its output is closed)
            if not self._muted:
                print(f"  {label} │ {line}", flush=True)

    def mute(self) -> None:
        """From now on, the gateways' lines are not shown."""
        self._muted = True


def _show_tags(platform: Platform, gateways: list[Gateway]) -> None:
    for gateway in gateways:
        print(f"  {gateway.name}")
        tags = _tags(platform, gateway)
        for name in TAGS:
            if name in tags:
                print(f"    {name:<15} {tags[name]}")


def _show_files(gateway: Gateway) -> None:
    for path in ("etc/hostname", "etc/telemetry/telemetry.conf"):
        file = gateway.root / path
        print(f"  {gateway.name}:/{path}")
        text = file.read_text() if file.exists() else "(missing)"
        print("".join(f"    {line}\n" for line in text.splitlines()), end="")


def _tags(platform: Platform, gateway: Gateway) -> dict[str, str]:
    return dict(platform.sim(gateway.sim.imsi).tags)


def _states(platform: Platform, gateways: list[Gateway]) -> list[str]:
    return [_tags(platform, gateway).get("kitting_state", "") for gateway in gateways]


def _wait(condition: Callable[[], bool]) -> bool:
    until = time.monotonic() + LIMIT_S
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    time.sleep(0.3)
    return True


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
