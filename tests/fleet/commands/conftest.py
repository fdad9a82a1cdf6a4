"""What the tests of the commands share: a user who is signed in, and a plan with all SIMs of the operator."""

import pytest

PLAN = """\
name: bench order
sims: {csv: sims.csv}
groups: {before: {name: bench}, after: {name: field}}
"""


@pytest.fixture
def signed_in(operator, monkeypatch):
    """The operator, whose root user the commands use."""
    operator.environment(monkeypatch)
    return operator


@pytest.fixture
def order(signed_in, tmp_path):
    """The file of a plan whose list names every SIM with its device."""
    rows = "".join(f"{sim.sim_id},gw-{n},{sim.imei}\n" for n, sim in enumerate(signed_in.platform.sims))
    (tmp_path / "sims.csv").write_text(f"simId,name,imei\n{rows}")
    (tmp_path / "plan.yaml").write_text(PLAN)
    return tmp_path / "plan.yaml"
