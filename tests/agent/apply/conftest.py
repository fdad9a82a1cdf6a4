"""The gateways of these tests."""

import shutil
import tempfile
from pathlib import Path

import pytest
from effects_gateway import MEMORY, EffectsGateway
from faulty_disk import tree
from reference_generations import applied, context, copied, prepared

from agent.handover.order import Result


@pytest.fixture
def gateway():
    """A gateway whose root half is given effects."""
    place = Path(tempfile.mkdtemp(dir=MEMORY))
    yield EffectsGateway(place / "gw")
    shutil.rmtree(place)


@pytest.fixture(scope="module")
def memory():
    """A directory in memory, where thousands of trees are made and thrown away."""
    place = Path(tempfile.mkdtemp(dir=MEMORY))
    yield place
    shutil.rmtree(place)


@pytest.fixture
def fresh(memory):
    """An empty directory."""
    return Path(tempfile.mkdtemp(dir=memory))


@pytest.fixture(scope="module")
def ready(memory):
    """A gateway that has the first reference generation; tests work on copies of it."""
    return prepared(Path(tempfile.mkdtemp(dir=memory)))


@pytest.fixture(scope="module")
def wanted_tree(ready, memory):
    """The root with the second reference generation."""
    place = copied(ready, Path(tempfile.mkdtemp(dir=memory)))
    assert applied("after", "second", context(place)).result is Result.UNCONFIRMED
    return tree(place / "root")
