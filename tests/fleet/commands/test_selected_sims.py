"""Commands for many SIMs: they ask first, name a wrong number, and record what they did."""

import json
import os

import pytest

from agent.errors import Code
from fleet.cli import main
from simulator import faults


def test_more_than_one_sim_needs_a_confirmation(signed_in):
    for sim in signed_in.platform.sims:
        signed_in.platform.set_tag(sim.imsi, "site", "tokyo")
    assert main(["stop", "--tag", "site=tokyo"]) == os.EX_NOPERM
    assert {sim.status for sim in signed_in.platform.sims} == {"ready"}
    assert main(["stop", "--tag", "site=tokyo", "--yes"]) == 0
    assert {sim.status for sim in signed_in.platform.sims} == {"suspended"}


def test_a_list_may_be_a_csv_file(signed_in, tmp_path, capsys):
    file = tmp_path / "list.csv"
    file.write_text("\ufeffsimId,why\n" + "".join(f"{sim.sim_id},gone\n" for sim in signed_in.platform.sims))
    record = tmp_path / "record.jsonl"
    assert main(["stop", "--list", str(file), "--yes", "--json", "--record", str(record)]) == 0
    assert len(json.loads(capsys.readouterr().out)) == len(record.read_text().splitlines()) == 3


@pytest.mark.parametrize(
    ("words", "exit_code"),
    [
        ([], os.EX_USAGE),
        (["--tag", "site"], os.EX_USAGE),
        (["abc"], os.EX_DATAERR),
        (["8942310000000009999"], os.EX_DATAERR),
        (["001019999999999"], os.EX_DATAERR),
        (["--tag", "site=tokio"], os.EX_DATAERR),
        (["--list", "/absent"], Code.FILE_UNREADABLE.exit_code),
    ],
)
def test_what_means_no_sim_stops_none_and_is_no_success(signed_in, words, exit_code):
    assert main(["stop", *words, "--yes"]) == exit_code
    assert {sim.status for sim in signed_in.platform.sims} == {"ready"}


def test_a_list_with_a_typo_stops_all_known_sims_and_names_the_line_with_the_typo(signed_in, tmp_path, capsys):
    first, second, third = signed_in.platform.sims
    file = tmp_path / "stolen.txt"
    file.write_text(f"{first.sim_id[:4]}-{first.sim_id[4:]} # van\n{second.imsi}\n8.981E+18\n8981000000000099999\n")
    assert main(["stop", "--list", str(file), "--yes"]) == os.EX_DATAERR
    assert [signed_in.platform.sim(sim.imsi).status for sim in (first, second, third)] == [
        "suspended",
        "suspended",
        "ready",
    ]
    printed = capsys.readouterr().out
    assert "line 3: 8.981E+18: a spreadsheet has rounded this number" in printed
    assert "line 4: 8981000000000099999: no SIM" in printed
    assert main(["stop", "--list", str(file), "--yes", "--json"]) == os.EX_DATAERR
    results = json.loads(capsys.readouterr().out)
    assert [(one["line"], one["done"]) for one in results] == [(1, True), (2, True), (3, False), (4, False)]


def test_a_sim_that_is_stopped_already_is_shown_as_such(signed_in, capsys):
    (sim, *_) = signed_in.platform.sims
    signed_in.platform.set_status(sim.imsi, "suspended")
    assert main(["stop", sim.sim_id]) == 0
    assert "already stopped" in capsys.readouterr().out
    assert "Sim:suspendSim" not in signed_in.asked()


def test_a_failed_lookup_is_told_as_a_failure_and_the_other_sims_are_stopped(signed_in, capsys):
    broken, other = signed_in.sim_ids[:2]
    signed_in.server.faults.add(faults.ServerError(403), path=f"/v1/sims/{broken}")
    assert main(["stop", broken, other]) == os.EX_TEMPFAIL
    assert [sim.status for sim in signed_in.platform.sims[:2]] == ["ready", "suspended"]
    assert f"{broken}: platform.forbidden" in capsys.readouterr().out


def test_a_sim_that_is_named_twice_is_stopped_once_and_both_lines_are_told(signed_in, tmp_path, capsys):
    sim = signed_in.platform.sims[0]
    file = tmp_path / "stolen.txt"
    file.write_text(f"{sim.sim_id}\n{sim.imsi}\n")
    assert main(["stop", "--list", str(file)]) == 0
    assert f"line 2: {sim.imsi}: the same SIM as line 1" in capsys.readouterr().out
    assert main(["stop", "--list", str(file), "--json"]) == 0
    assert [(one["line"], one["done"]) for one in json.loads(capsys.readouterr().out)] == [(1, True), (2, True)]


@pytest.mark.parametrize("command", ["stop", "resume", "throttle", "reprovision"])
def test_each_command_takes_the_serial_number_and_the_imei_of_a_device(signed_in, command, capsys):
    by_serial, by_imei = signed_in.kitted(0, serial="RPI-7"), signed_in.kitted(1)
    assert main([command, "RPI-7", by_imei.imei, "--yes", "--json"]) == 0
    assert {one["sim"] for one in json.loads(capsys.readouterr().out)} == {by_serial.sim_id, by_imei.sim_id}


def test_a_sim_that_is_slow_already_is_shown_as_such(signed_in, capsys):
    signed_in.platform.change_sim(signed_in.platform.sims[0].imsi, speed_class="s1.slow")
    assert main(["throttle", signed_in.sim_ids[0], "--to", "s1.slow"]) == 0
    assert "already slowed down to s1.slow" in capsys.readouterr().out
