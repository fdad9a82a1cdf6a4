import re
from dataclasses import fields
from pathlib import Path

import pytest

from simulator.api.routes import routes
from simulator.faults import FAULTS
from simulator.model_files import model_names
from simulator.modem_faults import MODEM_FAULTS
from simulator.scenario import parse
from simulator.switches import Switches

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "simulator.md").read_text("utf-8")


@pytest.fixture(params=["simulator.md", "simulator.ja.md"])
def page(request):
    return (DOCS / request.param).read_text("utf-8")


@pytest.mark.parametrize("kind", [*FAULTS, *MODEM_FAULTS])
def test_the_page_names_every_fault(page, kind):
    assert f"`{kind.__name__}`" in page


@pytest.mark.parametrize("switch", fields(Switches), ids=lambda switch: switch.name)
def test_the_page_names_the_default_of_every_switch(page, switch):
    row = next(line for line in page.splitlines() if line.startswith(f"| `{switch.name}` |"))
    assert str(switch.default).lower() in row.split("|")[2]


@pytest.mark.parametrize("first", sorted({route.template.split("/")[1] for route in routes()}))
def test_the_page_names_every_room_of_the_api(page, first):
    assert f"`/{first}" in page


@pytest.mark.parametrize("name", model_names())
def test_the_page_names_every_model(page, name):
    assert f"| `{name}` |" in page


def test_the_example_of_a_fleet_can_be_served():
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert parse(example, model_names()).models == {"001010000000001": "quectel-ec25"}


@pytest.mark.parametrize("example", re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL), ids=["metadata", "api"])
def test_the_example_of_a_test_runs(example):
    without_agent = "".join(line for line in example.splitlines(keepends=True) if "assert" not in line)
    exec(without_agent, {})
