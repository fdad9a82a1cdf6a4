"""`kitting ledger`, as a person types it."""

import csv
import io
import json

from fleet.cli import main


def test_only_locked_sims_are_in_the_ledger(signed_in, order, capsys):
    sim = signed_in.kitted(1, name="gw-1", serial="RPI-1")
    assert main(["lock", str(order), "gw-1"]) == 0
    capsys.readouterr()
    assert main(["ledger", str(order)]) == 0
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out.removeprefix("\ufeff")))
    assert (row["name"], row["imei"], row["serial"]) == ("gw-1", f"'{sim.imei}", "RPI-1")
    assert main(["ledger", str(order), "--json"]) == 0
    assert [one["sim_id"] for one in json.loads(capsys.readouterr().out)] == [sim.sim_id]


def test_the_ledger_of_an_order_without_locks_is_empty(order, capsys):
    assert main(["ledger", str(order)]) == 0
    assert capsys.readouterr().out == ""
