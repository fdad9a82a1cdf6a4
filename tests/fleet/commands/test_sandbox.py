"""`kitting sandbox`, as a person types it."""

import json
from pathlib import Path

import pytest
from simulated_operator import SimulatedOperator

from agent.errors import Code
from fleet.cli import main
from fleet.platform.api import Api
from fleet.platform.calls import sim_calls
from fleet.platform.credentials import AccessOptions
from fleet.platform.profile import profile_of


@pytest.fixture
def sandbox(monkeypatch):
    with SimulatedOperator(sims=0) as operator:
        operator.environment(monkeypatch)
        monkeypatch.delenv("SORACOM_ENDPOINT")
        yield operator


def test_a_sandbox_has_an_operator_a_key_sims_and_a_profile(sandbox, capsys):
    assert main(["sandbox", "init", "--sims", "4", "--endpoint", sandbox.server.url, "--json"]) == 0
    text = json.loads(capsys.readouterr().out)
    assert len(text["sims"]) == 4
    with Api(profile_of(AccessOptions(profile=text["profile"]), {}, Path.home())) as api:
        assert sorted(sim.sim_id for sim in sim_calls.all_sims(api)) == sorted(text["sims"])


def test_an_existing_profile_is_not_overwritten(sandbox):
    words = ["sandbox", "init", "--sims", "0", "--endpoint", sandbox.server.url]
    assert main(words) == 0
    before = len(sandbox.account.calls)
    assert main(words) == Code.FILE_UNWRITABLE.exit_code
    assert len(sandbox.account.calls) == before, "nothing was made that nobody could use"


def test_a_password_is_no_key_for_the_sandbox(sandbox, monkeypatch, tmp_path):
    (tmp_path / "p.json").write_text('{"email": "a@b.c", "password": "x"}')
    (tmp_path / "p.json").chmod(0o600)
    monkeypatch.setenv("SORACOM_PROFILE_DIR", str(tmp_path))
    assert main(["sandbox", "init", "--profile", "p", "--endpoint", sandbox.server.url]) == Code.PROFILE_WRONG.exit_code
