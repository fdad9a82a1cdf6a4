"""Whole Debians. Only `make test-system` runs them; what a machine cannot run is skipped, and says why."""

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
from cell import CHECKOUT, USERDATA, Cell, run
from machine import Disk, Machine

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kitting-system"
AMD64, TRIXIE, ARMHF = ("bookworm", "amd64"), ("trixie", "amd64"), ("bookworm", "armhf")


def pytest_collection_modifyitems(config, items):
    here = Path(__file__).parent
    ours = [item for item in items if here in item.path.parents]
    for item in ours:
        item.add_marker(pytest.mark.system)
    if "system" not in config.option.markexpr:
        items[:] = [item for item in items if item not in ours]
        config.hook.pytest_deselected(items=ours)


def pytest_runtest_setup():
    if os.geteuid() != 0:
        pytest.skip("booting a Debian needs root")
    for program in ("systemd-nspawn", "debootstrap", "ip", "nft"):
        if not shutil.which(program):
            pytest.skip(f"there is no {program}: sh packaging/host.sh boot")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item):
    begun = time.monotonic()
    yield
    print(f"\n{item.name} took {time.monotonic() - begun:.1f} s")


@pytest.fixture(scope="session")
def place():
    with tempfile.TemporaryDirectory(prefix="kitting-system-", dir="/var/tmp", ignore_cleanup_errors=True) as made:
        yield Path(made)


def build(place: Path, version: str = "") -> Path:
    """The package from this checkout, as another version where one is named."""
    out = place / f"package{version}"
    run(CHECKOUT / "packaging/deb.sh", cwd=CHECKOUT, env={**os.environ, "OUT": str(out), "VERSION": version})
    (package,) = out.glob("*.deb")
    return package


@pytest.fixture(scope="session")
def package(place):
    return build(place)


class Images:
    """Each Debian with the package installed by apt, made once: the layers that a gateway's disk begins with."""

    def __init__(self, place: Path, package: Path) -> None:
        self.place, self.package = place, package
        self.made: dict[tuple[str, str], tuple[Path, ...]] = {}

    def layers(self, suite: str, architecture: str) -> tuple[Path, ...]:
        if (suite, architecture) not in self.made:
            self.made[suite, architecture] = self._install(suite, architecture)
        return self.made[suite, architecture]

    def with_cloud_init(self) -> tuple[Path, ...]:
        """Debian 12 as Raspberry Pi Imager leaves it: cloud-init is there, with a user's wishes beside it."""
        key = ("bookworm", "amd64, cloud-init")
        if key not in self.made:
            disk = Disk(self.place / "image-cloud-init", *self.layers(*AMD64))
            shutil.copy("/etc/resolv.conf", disk.root / "etc/resolv.conf")
            try:
                disk.chroot("sh", "-c", "apt-get update -q && apt-get install -y --no-install-recommends cloud-init")
            except AssertionError as error:
                pytest.skip(f"cloud-init cannot be installed: {str(error)[-200:]}")
            finally:
                disk.close()
            self.made[key] = (disk.written, *self.layers(*AMD64))
        return self.made[key]

    def _install(self, suite: str, architecture: str) -> tuple[Path, ...]:
        bare = self._bare(suite, architecture)
        disk = Disk(self.place / f"image-{suite}-{architecture}", bare)
        shutil.copy(self.package, disk.root / "tmp")
        try:
            disk.chroot("apt-get", "install", "-y", "--no-install-recommends", f"/tmp/{self.package.name}")
            disk.chroot("ssh-keygen", "-A")
        finally:
            disk.close()
        return disk.written, bare

    def _bare(self, suite: str, architecture: str) -> Path:
        tarball = CACHE / f"{suite}-{architecture}-system.tar"
        if not tarball.exists():
            done = subprocess.run(
                [CHECKOUT / "packaging/rootfs.sh", suite, architecture, "system", tarball],
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                pytest.skip(f"debootstrap does not give {suite} for {architecture}: {done.stderr[-200:]}")
        bare = self.place / f"bare-{suite}-{architecture}"
        bare.mkdir()
        run("tar", "-C", bare, "-xf", tarball)
        return bare


@pytest.fixture(scope="session")
def images(place, package):
    return Images(place, package)


@pytest.fixture
def gateway(place, images):
    """Makes gateways: `gateway(AMD64)` has a disk, a cell and a modem, and is off."""
    made = []

    def make(debian=AMD64, *, layers=(), userdata=USERDATA, options=(), **flash):
        name = f"kit{os.getpid() % 10000}{len(made)}"
        mine = Path(tempfile.mkdtemp(dir=place))
        disk = Disk(mine / "disk", *(layers or images.layers(*debian)))
        cell = Cell(name, mine, userdata)
        machine = Machine(name, disk, cell, options)
        machine.flash(**flash)
        made.append(machine)
        return machine

    yield make
    for machine in made:
        try:
            machine.close()
        finally:
            machine.cell.close()
