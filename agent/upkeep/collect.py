"""Edge: a support bundle: one tar.gz with what somebody far away needs, secrets and identifiers covered.

Nothing is read that the network half of the agent writes for itself only, such as orders, nor what an apply kept.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

from agent import __version__
from agent.errors import Code, Failure
from agent.host.durable import read_bounded
from agent.settings import DEFAULT_PATH, Settings
from agent.upkeep.masking import masked

MAX_BYTES = 4 << 20
LIMIT_S = 90.0
_AGENT = (sys.executable, "-P", "-m", "agent")
PACKAGES = (
    "kitting-agent",
    "python3",
    "systemd",
    "modemmanager",
    "network-manager",
    "nftables",
    "ppp",
    "openssh-server",
)


def bundle(out: Path, settings: Settings, config: Path | None) -> tuple[str, ...]:
    """Writes the bundle to `out` (0600) and returns the names in it; raises `state.unwritable` where it cannot."""
    names = []
    try:
        with out.open("xb") as file, tarfile.open(fileobj=file, mode="w:gz") as tar:
            out.chmod(0o600)
            for name, text in parts(settings, config):
                data = masked(text).encode()[-MAX_BYTES:]
                entry = tarfile.TarInfo(f"{out.name.partition('.')[0]}/{name}")
                entry.size, entry.mtime, entry.mode = len(data), int(time.time()), 0o600
                tar.addfile(entry, io.BytesIO(data))
                names.append(name)
    except OSError as error:
        raise Failure(Code.STATE_UNWRITABLE, error.strerror or str(error), where=str(out)) from None
    return tuple(names)


def parts(settings: Settings, config: Path | None) -> Iterator[tuple[str, str]]:
    """Each file of the bundle, with its text as it is, not yet covered."""
    place = config or DEFAULT_PATH
    agent = (*_AGENT, *(("--config", str(config)) if config else ()))
    yield "versions.txt", f"kitting-agent {__version__}\nPython {sys.version}\n{_versions()}"
    yield "agent.toml", _file(place)
    for name in ("state.json", "state.json.previous", "state.json.damaged"):
        yield name, _file(settings.paths.state / name)
    yield "outcome.json", _file(settings.paths.apply / "outcome.json")
    yield "status.txt", _said(*agent, "status")
    yield "doctor.txt", _said(*agent, "doctor")
    yield "identify.txt", _said(*agent, "identify", "--json")
    yield "modem.toml", _said(*agent, "modem", "--trace", "--mask")
    yield "plan.txt", _said(*agent, "plan")
    yield "journal.txt", _said("journalctl", "--no-pager", "-o", "short-iso-precise", "-n", "5000", "-u", "kitting-*")
    yield "units.txt", _said("systemctl", "--no-pager", "status", "kitting-*", "ModemManager", "NetworkManager")
    yield "network.txt", _said("ip", "address") + _said("ip", "route")


def _versions() -> str:
    names = " ".join(PACKAGES)
    return _said("uname", "-a") + _file(Path("/etc/os-release")) + _said("dpkg-query", "-W", *names.split())


def _file(path: Path) -> str:
    try:
        return read_bounded(path, MAX_BYTES).decode("utf-8", "replace")
    except OSError as error:
        return f"({path}: {error.strerror or error})\n"


def _said(*command: str) -> str:
    """All that a command prints; a bundle never fails because one of its parts does."""
    search = os.pathsep.join(filter(None, (str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH"))))
    try:
        done = subprocess.run(  # noqa: S603 (our own commands)
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=LIMIT_S,
            env={**os.environ, "PYTHONPATH": search},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"({command[0]}: {error})\n"
    return f"{done.stdout}{done.stderr}"
