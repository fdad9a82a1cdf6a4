"""Edge. The support bundle: one tar.gz with what a supporter needs, secrets and identifiers covered.

Orders and the files that an apply kept are not in it.
"""

from __future__ import annotations

import io
import sys
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

from agent import __version__
from agent.errors import Code, failure_from, text_of
from agent.host import program_files
from agent.host.foreign_files import read_bounded
from agent.host.programs import run
from agent.settings import DEFAULT_PATH, Settings
from agent.upkeep.masking import masked, without_contents

MAX_BYTES = 4 << 20
LIMIT_S = 90.0
_AGENT = (sys.executable, "-P", "-m", "agent")
JOURNAL = ("journalctl", "--no-pager", "-o", "short-iso-precise", "-n", "5000", "-u", "kitting-*")
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
        raise failure_from(error, Code.STATE_UNWRITABLE, out) from None
    return tuple(names)


def parts(settings: Settings, config: Path | None) -> Iterator[tuple[str, str]]:
    """Name and text of each file of the bundle; nothing is covered yet."""
    place = config or DEFAULT_PATH
    agent = (*_AGENT, *(("--config", str(config.absolute())) if config else ()))
    yield "versions.txt", f"kitting-agent {__version__}\nPython {sys.version}\n{_versions()}"
    yield "agent.toml", _file(place)
    for name in ("state.json", "state.json.previous", "state.json.damaged"):
        yield name, _file(settings.paths.state / name)
    yield "outcome.json", _file(settings.paths.apply / "outcome.json")
    yield "status.txt", _printed_by(*agent, "status")
    yield "doctor.txt", _printed_by(*agent, "doctor")
    yield "identify.txt", _printed_by(*agent, "identify", "--json")
    yield "modem.toml", _printed_by(*agent, "modem", "--trace", "--mask")
    yield "plan.txt", without_contents(_printed_by(*agent, "plan"))
    yield (
        "journal.txt",
        _printed_by("journalctl", "--no-pager", "-o", "short-iso-precise", "-n", "5000", "-u", "kitting-*"),
    )
    yield "units.txt", _printed_by("systemctl", "--no-pager", "status", "kitting-*", "ModemManager", "NetworkManager")
    yield "network.txt", _printed_by("ip", "address") + _printed_by("ip", "route")


def _versions() -> str:
    names = " ".join(PACKAGES)
    return _printed_by("uname", "-a") + _file(Path("/etc/os-release")) + _printed_by("dpkg-query", "-W", *names.split())


def _file(path: Path) -> str:
    try:
        return read_bounded(path, MAX_BYTES).decode("utf-8", "replace")
    except OSError as error:
        return f"({path}: {text_of(error)})\n"


def _printed_by(*command: str) -> str:
    """The output and the errors of a command; a command that fails does not fail the bundle."""
    try:
        ended = run(command, limit_s=LIMIT_S, environment=program_files.environment(), last_bytes=MAX_BYTES)
    except OSError as error:
        return f"({command[0]}: {text_of(error)})\n"
    return (ended.output + ended.errors).decode("utf-8", "replace")
