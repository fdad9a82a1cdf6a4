"""Whole Debians. Only `make test-system` runs them; what a machine cannot run is skipped, and says why."""

import os
import shutil
import uuid
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from gateways import gateways
from images import CHOSEN, Images, build_package
from runs import Run, remove_dead_runs

LONGEST = ("test_container", "armv7", "cloud_init")
"""Parts of the names of tests that take long, the first time above all: each begins first in a worker of its own."""


def pytest_collection_modifyitems(config, items):
    here = Path(__file__).parent
    ours = [item for item in items if here in item.path.parents]
    for item in ours:
        item.add_marker(pytest.mark.system)
    if "system" in config.option.markexpr:
        items[:] = spread(items, getattr(config, "workerinput", {}).get("workercount", 1))
    else:
        items[:] = [item for item in items if item not in ours]
        config.hook.pytest_deselected(items=ours)


def spread(items, workers):
    """The same tests in another order. xdist gives each worker an equal share of them, in their order (worksteal)."""
    others = [item for item in items if not any(part in item.nodeid for part in LONGEST)]
    share = len(items) // workers
    for number, part in enumerate(LONGEST):
        place = number % workers * share
        others[place:place] = [item for item in items if part in item.nodeid]
    return others


def pytest_runtest_setup():
    if os.geteuid() != 0:
        pytest.skip("booting a Debian needs root")
    for program in ("systemd-nspawn", "mmdebstrap", "ip", "nft"):
        if not shutil.which(program):
            pytest.skip(f"there is no {program}: sh packaging/host.sh boot")


@pytest.fixture(scope="session")
def this_run(request) -> Iterator[Run]:
    """This run of the tests; its workers have the same folder."""
    worker = getattr(request.config, "workerinput", {"testrunuid": uuid.uuid4().hex, "workerid": "main"})
    remove_dead_runs()
    with Run(worker["testrunuid"][:8], worker["workerid"]).entered() as run:
        yield run


@pytest.fixture(scope="session")
def package(this_run):
    return build_package(this_run)


@pytest.fixture(scope="session")
def images(this_run, package):
    return Images(this_run, package)


@pytest.fixture
def debian():
    """The release; a test that depends on it is parametrized with both."""
    return CHOSEN


@pytest.fixture
def gateway(this_run, images, debian):
    """Makes gateways of this test's Debian."""
    with gateways(this_run, images) as make:
        yield partial(make, debian)
