"""`kitting abnormal`, as a person types it."""

import json
import time

import pytest
from simulated_operator import FIELD, SimulatedOperator

from fleet.cli import main


@pytest.fixture
def operator():
    with SimulatedOperator(clock=lambda: time.time_ns() // 1_000_000) as started:
        yield started


def test_abnormal_sims_are_listed_with_what_would_stop_them(signed_in, tmp_path, capsys):
    rows = "".join(f"{sim_id},gw-{n}\n" for n, sim_id in enumerate(signed_in.sim_ids))
    (tmp_path / "sims.csv").write_text(f"simId,name\n{rows}")
    plan = tmp_path / "plan.yaml"
    plan.write_text(
        "name: p\nsims: {csv: sims.csv}\ngroups: {before: {name: bench}, after: {name: field}}\n"
        "handlers: [{say: suspend above 100 MB}]\nexpect: {megabytes_a_day: 10}\n"
    )
    assert main(["prepare", str(plan), "--yes"]) == 0
    heavy, moved, _ = signed_in.platform.sims
    for sim in signed_in.platform.sims:
        signed_in.platform.set_group(sim.imsi, FIELD)
        place = signed_in.platform.sims.index(signed_in.platform.sim(sim.imsi))
        signed_in.kitted(place, desk_imei=sim.imei)
        signed_in.platform.set_imei_lock(sim.imsi)
    signed_in.firing.carried(heavy.imsi, 20 << 20)
    signed_in.platform.change_sim(moved.imsi, imei_lock="490154203237518")
    capsys.readouterr()
    assert main(["abnormal", str(plan), "--json"]) == 0
    text = json.loads(capsys.readouterr().out)
    assert {one["sim"] for one in text["abnormal"]} == {heavy.sim_id, moved.sim_id}
    assert text["handlers"] == ["kitting: p: after: suspend above 100 MB"]
    assert main(["abnormal", str(plan)]) == 0
    shown = capsys.readouterr().out
    assert "carried 20.0 MB in one day" in shown
    assert f"kitting stop {heavy.sim_id}" in shown
