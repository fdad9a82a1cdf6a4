"""`kitting ship`, as a person types it."""

import json

from simulated_operator import FIELD

from agent.errors import Code
from fleet.cli import main


def test_a_whole_order_is_watched_locked_recorded_and_shipped(signed_in, order, tmp_path, capsys):
    for place in range(3):
        signed_in.kitted(place, name=f"gw-{place}")
    assert main(["watch", str(order), "--once"]) == 0
    assert "0 of 3 locked or shipped" in capsys.readouterr().out
    assert main(["ship", str(order), "--yes"]) == Code.SHIP_REFUSED.exit_code
    assert "3 of 3 SIMs are not ready" in capsys.readouterr().err
    assert main(["lock", str(order), "--all-ready"]) == 0
    assert "3 locked, 0 failed" in capsys.readouterr().out
    ledger = (tmp_path / "plan.ledger.csv").read_text("utf-8-sig").splitlines()
    assert len(ledger) == 4
    assert main(["ledger", str(order)]) == 0
    assert sorted(capsys.readouterr().out.splitlines()) == sorted(ledger)
    assert main(["ship", str(order), "--yes"]) == 0
    assert {sim.group_id for sim in signed_in.platform.sims} == {FIELD}
    capsys.readouterr()
    assert main(["watch", str(order), "--json"]) == 0
    assert {row["stage"] for row in json.loads(capsys.readouterr().out)} == {"shipped"}


def test_what_cannot_be_shipped_is_said_before_the_question(order, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", None)
    assert main(["ship", str(order)]) == Code.SHIP_REFUSED.exit_code
    assert "are not ready" in capsys.readouterr().err


def test_a_forced_shipment_records_its_reason(signed_in, order):
    assert main(["ship", str(order), "--yes", "--force", "customer waits"]) == 0
    assert {sim.tags["desk_forced"] for sim in signed_in.platform.sims} == {"customer waits"}
