"""A whole Debian that boots by systemd in a container, with a disk of its own above the image that was installed."""

import json
import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from cell import NAMES, Cell, run

CGROUPS = (Path("/sys/fs/cgroup/unified"), Path("/sys/fs/cgroup/systemd"), Path("/sys/fs/cgroup"))
SETTINGS = """\
[metadata]
interface = "wwan0"
timeout = "5s"
patience = "60s"
[modem]
port = "/opt/modem/at"
[schedule]
interval = "1h"
jitter = "0s"
[apply]
confirm_within = "15s"
allow = ["hostname", "timezone", "ntp", "write_files", "services", "runcmd", "report"]
"""
TELEMETRY = """\
[Service]
ExecStart=/bin/sleep infinity
[Install]
WantedBy=multi-user.target
"""
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
        run(
            "mount",
            "-t",
            "overlay",
            "overlay",
            "-o",
            f"lowerdir={lower},upperdir={self.written},workdir={work}",
            self.root,
        )

    def write(self, path: str, text: str, mode: int = 0o644) -> None:
        file = self.root / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        file.write_text(text)
        file.chmod(mode)

    def read(self, path: str) -> str:
        return (self.root / path.lstrip("/")).read_text()

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
        joins = "".join(f"mkdir -p {g}/{self.name} && echo $$ > {g}/{self.name}/cgroup.procs; " for g in _cgroups())
        self.console = (self.disk.root.parent / "console.log").open("ab")
        self.nspawn = subprocess.Popen(
            ["setsid", "sh", "-c", f'{joins}exec "$@"', "sh", *words],
            stdin=subprocess.DEVNULL,
            stdout=self.console,
            stderr=subprocess.STDOUT,
            env={**os.environ, "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"},
        )
        self.leader = int(self.until(self._child, 10, "the container starts"))
        self.until(lambda: "running" in self._state() or "degraded" in self._state(), 120, "the machine is up")

    def _child(self) -> str:
        assert self.nspawn.poll() is None, (self.disk.root.parent / "console.log").read_text()[-2000:]
        tasks = Path(f"/proc/{self.nspawn.pid}/task/{self.nspawn.pid}/children").read_text().split()
        return next((task for task in tasks if _space(task) != _space("self") and _comm(task) != "(sd-"), "")

    def _state(self) -> str:
        return self.ask("systemctl", "is-system-running").stdout

    def ask(self, *words: str, limit_s: float = 120) -> subprocess.CompletedProcess:
        """Runs a command inside to its end, whatever that is."""
        return subprocess.run(
            ["nsenter", "-t", str(self.leader), "-a", "--", *map(str, words)],
            capture_output=True,
            text=True,
            check=False,
            env=ENVIRONMENT,
            timeout=limit_s,
        )

    def run(self, *words: str, limit_s: float = 120) -> str:
        """Runs a command inside that has to work."""
        done = self.ask(*words, limit_s=limit_s)
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

    def until(self, condition, limit_s: float, what: str):
        """What `condition` returns as soon as that is true."""
        deadline = time.monotonic() + limit_s
        while not (found := condition()):
            if time.monotonic() > deadline:
                raise AssertionError(f"not within {limit_s} s: {what}\n{self._told()}")
            time.sleep(0.1)
        return found

    def until_state(self, state: str, limit_s: float = 120) -> None:
        """The SIM says so, and then the gateway too: the tag is the proof of the service, and comes before the end."""
        self.until(lambda: self.cell.tags.get("kitting_state") == state, limit_s, f"the tag kitting_state is {state}")
        self.until(lambda: self.status()["state"] == state, 30, f"the gateway is {state}")

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
        try:
            self.nspawn.wait(30)
        except subprocess.TimeoutExpired:
            self.nspawn.kill()
            self.nspawn.wait(10)
        self.console.close()
        for group in _cgroups():
            for leftover in (int(pid) for file in (group / self.name).rglob("cgroup.procs") for pid in _lines(file)):
                with suppress(ProcessLookupError):
                    os.kill(leftover, signal.SIGKILL)
        self.leader = 0
        self.nspawn = None

    def close(self) -> None:
        if self.nspawn is not None:
            self.cut()
        for group in _cgroups():
            folders = [each for each in (group / self.name).rglob("*") if each.is_dir()]
            for each in (*sorted(folders, reverse=True), group / self.name):
                with suppress(OSError):
                    each.rmdir()
        self.disk.close()


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text().split()
    except OSError:
        return []


def _space(task: str) -> str:
    """The process space that a process is in; the container's first process is in one of its own."""
    try:
        return str(Path(f"/proc/{task}/ns/pid").readlink())
    except OSError:
        return str(Path("/proc/self/ns/pid").readlink())


def _comm(task: str) -> str:
    return Path(f"/proc/{task}/comm").read_text()[:4]


def _cgroups() -> list[Path]:
    """Where a process joins a group of its own: the unified hierarchy, and systemd's where there are several."""
    if (CGROUPS[2] / "cgroup.procs").exists():
        return [CGROUPS[2]]
    return [place for place in CGROUPS[:2] if place.is_dir()]
