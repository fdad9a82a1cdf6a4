"""Commands for many SIMs: they ask first, name a wrong number, and record what they did."""

import json
import os

import pytest

from agent.errors import Code
from fleet.cli import main


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
    ("words", "code"),
    [
        ([], Code.USAGE),
        (["abc"], Code.USAGE),
        (["--tag", "site"], Code.USAGE),
        (["8942310000000009999"], Code.PLATFORM_NO_SUCH),
        (["001019999999999"], Code.PLATFORM_NO_SUCH),
        (["--list", "/absent"], Code.FILE_UNREADABLE),
    ],
)
def test_an_unknown_sim_is_named_and_no_sim_is_stopped(signed_in, words, code):
    assert main(["stop", *words, "--yes"]) == code.exit_code
    assert {sim.status for sim in signed_in.platform.sims} == {"ready"}
