"""The Debians that a gateway's disk begins with: a bare root from the cache, and above it the installed package."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from cell import CHECKOUT, run
from machine import Disk
from runs import Run

Debian = tuple[str, str]
"""Suite and architecture."""
AMD64, TRIXIE, ARMHF = ("bookworm", "amd64"), ("trixie", "amd64"), ("bookworm", "armhf")
BOTH = (AMD64, TRIXIE)
CHOSEN = (os.environ.get("DEBIAN", "bookworm"), "amd64")
"""What a test runs on that does not name a release."""


def build_package(run_of_tests: Run, version: str = "") -> Path:
    """The package from this checkout, as another version where one is named; built once in a run."""
    with run_of_tests.once(f"package{version}") as out:
        if not list(out.glob("*.deb")):
            run(CHECKOUT / "packaging/deb.sh", cwd=CHECKOUT, env={**os.environ, "OUT": str(out), "VERSION": version})
        (package,) = out.glob("*.deb")
        return package


class Images:
    """Each Debian with the package installed by apt, made once in a run: the layers below a gateway's own disk."""

    def __init__(self, run_of_tests: Run, package: Path) -> None:
        self.run, self.package = run_of_tests, package

    def layers(self, debian: Debian, kind: str = "system") -> tuple[Path, ...]:
        """The package's layer above the bare Debian; `kind` as `packaging/rootfs.sh` takes it."""
        bare = bare_root(debian, kind)
        with self.run.once(f"image-{'-'.join(debian)}-{kind}") as place:
            return self._layer(place, bare)

    def _layer(self, place: Path, bare: Path) -> tuple[Path, ...]:
        """What apt writes when it installs the package; an installation that failed is made anew."""
        kept = place / "written"
        if not kept.exists():
            making = place.with_name(f"{place.name}.making")
            shutil.rmtree(making, ignore_errors=True)
            disk = Disk(making, bare)
            try:
                self._install(disk)
            finally:
                disk.close()
            place.mkdir()
            disk.written.rename(kept)
        return kept, bare

    def _install(self, disk: Disk) -> None:
        shutil.copy(self.package, disk.root / "tmp")
        disk.chroot("apt-get", "install", "-y", "--no-install-recommends", f"/tmp/{self.package.name}")
        if disk.exists("/usr/bin/ssh-keygen"):
            disk.chroot("ssh-keygen", "-A")


def bare_root(debian: Debian, kind: str) -> Path:
    """The root that `packaging/rootfs.sh` keeps between runs; made where nothing usable is kept."""
    words = [CHECKOUT / "packaging/rootfs.sh", *debian, kind]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"a root of {' '.join(debian)} cannot be made: {done.stderr[-200:]}")
    return Path(done.stdout.strip())
