"""One build and two environments a session, also where several workers share it."""

import fcntl
import os

import pytest
from installed import Built, Installed, build, install, site_of


@pytest.fixture(scope="session")
def once(tmp_path_factory):
    """Makes a place at the first call of the session, and returns it at every call."""
    base = tmp_path_factory.getbasetemp()
    root = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def made(name, make):
        place = root / f"packaging-{name}"
        with (root / f"packaging-{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not place.exists():
                make(place)
        return place

    return made


@pytest.fixture(scope="session")
def built(once):
    return Built(once("built", build))


@pytest.fixture(scope="session")
def from_wheel(once, built, tmp_path_factory):
    place = once("wheel", lambda place: install(built.wheel, built.wheel, place))
    return Installed(place, tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="session")
def from_sdist(once, built, tmp_path_factory):
    """Other projects' packages of the program's names lie in its site-packages, and cannot be imported."""

    def make(place):
        install(built.sdist, built.wheel, place, tools=("setuptools",))
        for name in ("agent", "fleet", "simulator"):
            (site_of(place) / f"{name}.py").write_text(f"raise SystemExit('the {name} of another project')\n")

    return Installed(once("sdist", make), tmp_path_factory.mktemp("home"))
