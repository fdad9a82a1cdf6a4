"""A whole Debian that boots by systemd in a container, with a disk of its own above the image that was installed."""

import json
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cell import NAMES, Cell, run
from runs import cgroups, end_group
from waiting import PATIENCE_S, exit_of, until

SETTINGS = """\
[metadata]
interface = "wwan0"
timeout = "1m"
patience = "1h"
[modem]
port = "/opt/modem/at"
[schedule]
interval = "1h"
jitter = "0s"
[apply]
confirm_within = "1h"
allow = ["hostname", "timezone", "ntp", "write_files", "services", "runcmd", "report"]
"""
TELEMETRY = """\
[Service]
ExecStart=/bin/sleep infinity
[Install]
WantedBy=multi-user.target
"""
LOOK_S = 0.5
"""Between two looks at a machine, each of which is a program that runs in it."""
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}


class Disk:
    """What one gateway writes, above layers that all share."""

    def __init__(self, place: Path, *layers: Path) -> None:
        self.root = place / "root"
        self.written = place / "written"
        work = place / "work"
        for each in (self.root, self.written, work):
            each.mkdir(parents=True)
        lower = ":".join(map(str, layers))
        options = f"lowerdir={lower},upperdir={self.written},workdir={work}"
        run("mount", "-t", "overlay", "overlay", "-o", options, self.root)

    def write(self, path: str, text: str, mode: int = 0o644) -> None:
        file = self.root / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        file.write_text(text)
        file.chmod(mode)

    def read(self, path: str) -> str:
        return (self.root / path.lstrip("/")).read_text()

    def text(self, path: str) -> str:
        """The same; empty where there is no such file."""
        return self.read(path) if (self.root / path.lstrip("/")).is_file() else ""

    def exists(self, path: str) -> bool:
        file = self.root / path.lstrip("/")
        return file.exists() or file.is_symlink()

    def chroot(self, *words: str) -> str:
        run("mount", "-t", "proc", "proc", self.root / "proc")
        try:
            return run("chroot", self.root, *words, env=ENVIRONMENT)
        finally:
            run("umount", self.root / "proc")

    def close(self) -> None:
        subprocess.run(["umount", "-l", str(self.root)], check=False)


class Machine:
    """One gateway: switched on, looked at, cut off, switched on again."""

    def __init__(self, name: str, disk: Disk, cell: Cell, options: tuple[str, ...] = ()) -> None:
        self.name, self.disk, self.cell, self.options = name, disk, cell, options
        self.nspawn: subprocess.Popen | None = None
        self.leader = 0

    def flash(self, settings: str = SETTINGS, beside: tuple[str, ...] = ()) -> None:
        """What the disk image has besides the package: settings, a service to configure, a name server."""
        self.disk.write("/etc/kitting-agent/agent.toml", settings)
        self.disk.write("/etc/systemd/system/telemetry.service", TELEMETRY)
        self.disk.write("/etc/resolv.conf", f"nameserver {NAMES}\noptions timeout:2 attempts:1\n")
        for mount in ("pts", "modem"):
            (self.disk.root / "opt" / mount).mkdir(exist_ok=True)
        for unit in {"ModemManager", "NetworkManager", "NetworkManager-wait-online", "systemd-timesyncd"} - set(beside):
            (self.disk.root / f"etc/systemd/system/{unit}.service").unlink(missing_ok=True)
            (self.disk.root / f"etc/systemd/system/{unit}.service").symlink_to("/dev/null")

    def amend(self, unit: str, text: str) -> None:
        """Lines of `[Service]` that hold for this machine's unit."""
        self.disk.write(f"/etc/systemd/system/{unit}.d/amended.conf", f"[Service]\n{text}\n")

    def boot(self) -> None:
        words = ["systemd-nspawn", "--quiet", "--boot", "-D", str(self.disk.root), "--register=no", "--keep-unit"]
        words += [f"--machine={self.name}", "--link-journal=no", "--console=pipe", "--resolv-conf=off"]
        words += ["--capability=CAP_NET_ADMIN", "--timezone=off"]
        words += [f"--network-namespace-path=/run/netns/{self.cell.device}", "--bind=/dev/pts:/opt/pts"]
        words += [f"--bind={self.cell.modem_place}:/opt/modem", *self.options]
        joins = "".join(f"mkdir -p {g}/{self.name} && echo $$ > {g}/{self.name}/cgroup.procs; " for g in cgroups())
        self.console = (self.disk.root.parent / "console.log").open("ab")
        self.nspawn = subprocess.Popen(
            ["setsid", "sh", "-c", f'{joins}exec "$@"', "sh", *words],
            stdin=subprocess.DEVNULL,
            stdout=self.console,
            stderr=subprocess.STDOUT,
            env={**os.environ, "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1", "SYSTEMD_NSPAWN_API_VFS_WRITABLE": "network"},
        )
        self.leader = int(until("the container starts", self._child))
        self.until("the machine is up", self._state, lambda state: state in {"running", "degraded"})

    def _child(self) -> str:
        assert self.nspawn.poll() is None, (self.disk.root.parent / "console.log").read_text()[-2000:]
        tasks = Path(f"/proc/{self.nspawn.pid}/task/{self.nspawn.pid}/children").read_text().split()
        return next((task for task in tasks if _space(task) != _space("self") and _comm(task) != "(sd-"), "")

    def _state(self) -> str:
        """The state of the system once it has started; another text as long as systemd cannot be asked."""
        return self.ask("systemctl", "is-system-running", "--wait").stdout.strip()

    def failed_units(self) -> str:
        """A line for each unit that has failed."""
        return self.run("systemctl", "--failed", "--no-legend", "--plain")

    def ask(self, *words: str) -> subprocess.CompletedProcess:
        """Runs a command inside to its end, whatever that is."""
        return subprocess.run(
            ["nsenter", "-t", str(self.leader), "-a", "--", *map(str, words)],
            capture_output=True,
            text=True,
            check=False,
            env=ENVIRONMENT,
            timeout=PATIENCE_S,
        )

    def run(self, *words: str) -> str:
        """Runs a command inside that has to work."""
        done = self.ask(*words)
        assert done.returncode == 0, f"{' '.join(words)}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout

    def property(self, unit: str, name: str) -> str:
        return self.run("systemctl", "show", "-p", name, "--value", unit).strip()

    def status(self) -> dict:
        return json.loads(self.run("kitting-agent", "status", "--json"))

    def journal(self, *matches: str) -> list[dict]:
        self.run("journalctl", "--sync")
        text = self.ask("journalctl", "-q", "-o", "json", *matches).stdout
        return [json.loads(line) for line in text.splitlines()]

    def until(self, what: str, see: Callable[[], Any], holds: Callable[[Any], object] = bool) -> Any:
        """Waits as `waiting.until` does; a failure has the tags and the end of the journal with it."""
        try:
            return until(what, see, holds, every_s=LOOK_S)
        except pytest.fail.Exception as failure:
            pytest.fail(f"{failure}\n{self._told()}")

    def until_state(self, state: str) -> None:
        """The tag of the SIM has this state, and so has the gateway, which reports before its pass ends."""
        self.until_tag("kitting_state", lambda tag: tag == state)
        self.until(f"the gateway is {state}", lambda: self.status()["state"], lambda now: now == state)

    def until_tag(self, name: str, holds: Callable[[Any], object] = bool) -> str:
        """The first value of a tag of the SIM, or None where it is not there, for which `holds` is true."""
        return self.until(f"the tag {name}", lambda: self.cell.tags.get(name), holds)

    def until_text(self, path: str, text: str) -> None:
        """A file of the disk contains this text."""
        self.until(f"{path} has {text!r}", lambda: self.disk.text(path), lambda found: text in found)

    def until_property(self, unit: str, name: str, holds: Callable[[str], object]) -> str:
        """The first value of a property of a unit for which `holds` is true."""
        return self.until(f"{name} of {unit}", lambda: self.property(unit, name), holds)

    def _told(self) -> str:
        if not self.leader:
            return ""
        lines = self.ask("journalctl", "-q", "--no-pager", "-n", "40", "-o", "short-monotonic").stdout
        return f"{self.cell.tags}\n{lines}"

    def cut(self) -> None:
        """Ends everything at once, as a power cut would (what is in the host's page cache survives)."""
        if self.leader > 1:
            os.kill(self.leader, signal.SIGKILL)
        else:
            self.nspawn.kill()
        self._ended()

    def off(self) -> None:
        self.ask("systemctl", "poweroff")
        self._ended()

    def _ended(self) -> None:
        exit_of(self.nspawn)
        self.console.close()
        end_group(self.name)
        self.leader = 0
        self.nspawn = None

    def close(self) -> None:
        if self.nspawn is not None:
            self.cut()


def _space(task: str) -> str:
    """The process space that a process is in; the container's first process is in one of its own."""
    try:
        return str(Path(f"/proc/{task}/ns/pid").readlink())
    except OSError:
        return str(Path("/proc/self/ns/pid").readlink())


def _comm(task: str) -> str:
    try:
        return Path(f"/proc/{task}/comm").read_text()[:4]
    except OSError:
        return "(sd-"
