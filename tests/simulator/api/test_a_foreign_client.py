"""A client that others made from the published document (PyPI: soracom-api) works against the simulated API."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from an_api import Desk
from waiting import PATIENCE_S

from simulator.api.account import Order
from simulator.api.users import new_key

CLIENT = "soracom-api==0.0.2"


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    """The interpreter of an environment of the client's own, since it wants other versions than ours."""
    place = tmp_path_factory.mktemp("client")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", place], check=True)
    interpreter = place / "bin" / "python"
    words = ["--python", interpreter, "install", "--quiet", "--retries", "0", "--timeout", "20", CLIENT]
    done = subprocess.run([sys.executable, "-m", "pip", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"{CLIENT} cannot be installed here: {done.stderr.strip().splitlines()[-1]}")
    return interpreter


def test_a_client_that_others_made_reads_every_answer(python):
    with Desk() as desk:
        sim = desk.sims[0]
        desk.account.orders["OR1"] = Order("OR1", sim_ids=[one.sim_id for one in desk.sims], registered=True)
        words = [desk.server.url, *new_key(desk.account.root()), sim.sim_id, sim.imsi, sim.imei]
        client = Path(__file__).with_name("foreign_client.py")
        done = subprocess.run(
            [python, "-I", client, *words], capture_output=True, text=True, check=False, timeout=PATIENCE_S
        )
        assert done.returncode == 0, done.stderr[-2000:]
        both = [one.sim_id for one in desk.sims[:2]]
        expected = ["hostname: x", both, True, "東京", True, True, "suspended", "active", True, True, True]
        assert json.loads(done.stdout) == expected
