"""`kitting ledger`, as a person types it."""

import csv
import io
import json

import pytest

from fleet.cli import main


def test_only_locked_sims_are_in_the_ledger(signed_in, order, capsys):
    sim = signed_in.kitted(1, name="gw-1", serial="RPI-1")
    assert main(["lock", str(order), "gw-1"]) == 0
    capsys.readouterr()
    assert main(["ledger", str(order)]) == 0
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert (row["name"], row["imei"], row["serial"], row["locked_by"]) == ("gw-1", sim.imei, "RPI-1", "root user")
    assert main(["ledger", str(order), "--for-spreadsheet"]) == 0
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out.removeprefix("\ufeff")))
    assert row["imei"] == f"'{sim.imei}"
    assert main(["ledger", str(order), "--json"]) == 0
    assert [one["sim_id"] for one in json.loads(capsys.readouterr().out)] == [sim.sim_id]


def test_the_ledger_of_an_order_without_locks_has_its_header(order, capsys):
    assert main(["ledger", str(order)]) == 0
    assert capsys.readouterr().out.startswith("name,sim_id,imsi,imei,")


@pytest.mark.parametrize("words", [[], ["--for-spreadsheet"]])
def test_stop_reads_the_ledger_as_its_list(signed_in, order, tmp_path, capsys, words):
    sim = signed_in.kitted(1, name="gw-1")
    assert main(["lock", str(order), "gw-1"]) == 0
    capsys.readouterr()
    assert main(["ledger", str(order), *words]) == 0
    (tmp_path / "ledger.csv").write_text(capsys.readouterr().out)
    assert main(["stop", "--list", str(tmp_path / "ledger.csv")]) == 0
    assert signed_in.platform.sim(sim.imsi).status == "suspended"


def test_a_ledger_of_an_older_version_keeps_its_columns(signed_in, order):
    sim = signed_in.kitted(1, name="gw-1")
    ledger = order.with_suffix(".ledger.csv")
    ledger.write_text("\ufeffname,imei,old\r\n", newline="")
    assert main(["lock", str(order), "gw-1"]) == 0
    assert ledger.read_text("utf-8-sig").splitlines() == ["name,imei,old", f"gw-1,{sim.imei},"]
