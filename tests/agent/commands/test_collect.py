"""A bundle for support."""

import os
import tarfile

from agent.cli import main
from agent.errors import Code

SIM, SECRET = "001010000000001", "c4n4ry-s3cr3t"


def test_a_bundle_has_everything_and_no_secret(settings, tmp_path):
    out = tmp_path / "bundle.tar.gz"
    assert main(["collect", "--config", str(settings), "--out", str(out)]) == os.EX_OK
    assert out.stat().st_mode & 0o777 == 0o600
    with tarfile.open(out) as tar:
        texts = {member.name: tar.extractfile(member).read().decode() for member in tar}
    assert {"bundle/versions.txt", "bundle/journal.txt", "bundle/state.json", "bundle/plan.txt"} <= set(texts)
    assert "kitting-agent" in texts["bundle/versions.txt"]
    everything = "".join(texts.values())
    assert SIM not in everything
    assert SECRET not in everything
    assert "001•••0001" in texts["bundle/state.json"]


def test_a_bundle_replaces_no_file(settings, tmp_path, capsys):
    (tmp_path / "there").write_text("mine")
    code = main(["collect", "--config", str(settings), "--out", str(tmp_path / "there")])
    assert (code, (tmp_path / "there").read_text()) == (Code.STATE_UNWRITABLE.exit_code, "mine")
    assert "File exists" in capsys.readouterr().err
