"""The benchmarks are no package that is installed: they are found from the checkout."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))


@pytest.fixture(autouse=True)
def costs_of_the_product_alone(unmeasured):
    """What counts coverage would be counted among the costs."""


@pytest.fixture
def cell(tmp_path):
    """A gateway and its SORACOM in namespaces of their own."""
    from benchmarks.cell import Cell, why_not  # noqa: PLC0415 (the path above comes first)

    if lacking := why_not():
        pytest.skip(lacking)
    with Cell(tmp_path, rtt_ms=10) as cell:
        yield cell
