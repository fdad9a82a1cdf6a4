"""Wheel and sdist of this checkout, and fresh virtual environments that have them and cannot see the checkout."""

import os
import shutil
import signal
import subprocess
import sys
import venv
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from importlib import metadata
from pathlib import Path
from zipfile import ZipFile

from packaging.requirements import Requirement
from waiting import PATIENCE_S, exit_of, json_of

CHECKOUT = Path(__file__).parents[2]
NOT_IN_A_COPY = (".*", "__pycache__", "build", "dist", "*.egg-info")
REFUSES_THE_CHECKOUT = """\
import os, sys

def refuse(event, values):
    if event == "open" and isinstance(values[0], (str, bytes)):
        place = os.path.abspath(os.fsdecode(values[0]))
        if place.startswith({checkout!r}):
            os.write(2, f"opens {{place}}, a file of the checkout\\n".encode())
            os._exit(99)

sys.addaudithook(refuse)
"""
"""As sitecustomize.py it ends every Python process that opens a file of the checkout."""


@dataclass(frozen=True)
class Built:
    place: Path

    @property
    def wheel(self) -> Path:
        return next((self.place / "dist").glob("*.whl"))

    @property
    def sdist(self) -> Path:
        return next((self.place / "dist").glob("*.tar.gz"))

    def files(self) -> set[str]:
        """What both were built from."""
        copy = self.place / "copy"
        made = (copy / "kitting_agent.egg-info", copy / "build")
        files = (path for path in copy.rglob("*") if path.is_file() and not any(map(path.is_relative_to, made)))
        return {str(path.relative_to(copy)) for path in files}


def build(place: Path) -> None:
    """Builds from a copy of the files of this checkout, committed or not, with the tools that are installed here."""
    copy = place / "copy"
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        for name in filter(None, listed.stdout.split("\0")):
            if (CHECKOUT / name).is_file():
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(CHECKOUT / name, copy / name)
    else:
        shutil.copytree(CHECKOUT, copy, ignore=shutil.ignore_patterns(*NOT_IN_A_COPY))
    _tool("build", "--no-isolation", "--outdir", str(place / "dist"), str(copy), cwd=place)


def install(archive: Path, wheel: Path, place: Path, *, tools: tuple[str, ...] = ()) -> None:
    """A fresh environment with this archive, and of all libraries only those that the wheel says it needs."""
    venv.create(place, symlinks=True, with_pip=False)
    site = site_of(place)
    _link([*_needed(wheel), *tools], site)
    words = ["--no-index", "--no-deps", "--no-build-isolation", "--disable-pip-version-check", "--quiet"]
    _tool("pip", "--python", str(place / "bin" / "python"), "install", *words, str(archive), cwd=place)
    (site / "sitecustomize.py").write_text(REFUSES_THE_CHECKOUT.format(checkout=f"{CHECKOUT}/"))


def site_of(place: Path) -> Path:
    return next(place.glob("lib/python*/site-packages"))


@dataclass(frozen=True)
class Installed:
    place: Path
    home: Path
    """Where every command runs: a directory of this worker's own, since the environment is shared."""

    @property
    def site(self) -> Path:
        return site_of(self.place)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": f"{self.place / 'bin'}:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": str(self.home),
            "XDG_RUNTIME_DIR": str(self.home),
            "LANG": "C.UTF-8",
        }

    def run(self, *words: str, text: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            words,
            input=text,
            cwd=self.home,
            env=self.environment | more,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )

    @contextmanager
    def serving(self, *words: str):
        """A command that serves, and the JSON object that it prints once it does."""
        with subprocess.Popen(
            words, cwd=self.home, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            try:
                yield json_of(process.stdout)
            finally:
                process.send_signal(signal.SIGINT)
                exit_of(process)


def information(wheel: Path) -> Message:
    """The metadata of a wheel."""
    with ZipFile(wheel) as content:
        (name,) = (name for name in content.namelist() if name.endswith(".dist-info/METADATA"))
        return message_from_bytes(content.read(name))


def _needed(wheel: Path) -> list[str]:
    return [one.name for one in map(Requirement, information(wheel).get_all("Requires-Dist")) if _applies(one)]


def _applies(one: Requirement) -> bool:
    return one.marker is None or one.marker.evaluate({"extra": ""})


def _link(names: list[str], site: Path) -> None:
    """Links libraries of the running environment, and what they need themselves."""
    waiting, done = list(names), set()
    while waiting:
        name = waiting.pop()
        if name.lower() in done:
            continue
        done.add(name.lower())
        library = metadata.distribution(name)
        for top in {path.parts[0] for path in library.files or () if path.parts[0] not in {"..", "__pycache__"}}:
            if not (site / top).exists():
                (site / top).symlink_to(library.locate_file(top))
        waiting += [one.name for one in map(Requirement, library.requires or ()) if _applies(one)]


def _tool(module: str, *words: str, cwd: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-m", module, *words],
        cwd=cwd,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
