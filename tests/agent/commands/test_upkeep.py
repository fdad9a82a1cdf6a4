"""A bundle for support, and a disk that is ready for being copied."""

import json
import os
import tarfile

import pytest

from agent.cli import main
from agent.errors import Code

SIM, SECRET = "001010000000001", "c4n4ry-s3cr3t"


@pytest.fixture
def settings(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("state", "apply"):
        (tmp_path / name).mkdir()
    (tmp_path / "state/state.json").write_text(json.dumps({"card": SIM, "version": 1, "state": "new"}))
    (tmp_path / "state/order.json").write_text(SECRET)
    (tmp_path / "apply/kept").mkdir()
    (tmp_path / "apply/kept/x").write_text(SECRET)
    file = tmp_path / "agent.toml"
    file.write_text(
        '[metadata]\nurl = "http://127.0.0.1:9"\npatience = "1s"\ntimeout = "1s"\n[modem]\nport = "/nowhere"\n'
        f'[paths]\nstate = "{tmp_path}/state"\napply = "{tmp_path}/apply"\n'
    )
    return file


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


def test_cleaning_lists_first_and_removes_only_what_was_listed(settings, tmp_path, capsys):
    assert main(["clean", "--image", "--config", str(settings)]) == os.EX_OK
    listed = capsys.readouterr().out
    assert all(str(tmp_path / name) in listed for name in ("state/state.json", "state/order.json", "apply/kept"))
    assert (tmp_path / "state/state.json").exists()
    assert main(["clean", "--image", "--yes", "--config", str(settings)]) == os.EX_OK
    assert [*(tmp_path / "state").iterdir(), *(tmp_path / "apply").iterdir()] == []
    assert settings.exists()
    capsys.readouterr()
    assert main(["clean", "--image", "--config", str(settings)]) == os.EX_OK
    assert "nothing to remove" in capsys.readouterr().out


def test_a_link_is_removed_and_not_followed(settings, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/file").write_text("x")
    (tmp_path / "state/link").symlink_to(tmp_path / "mine")
    assert main(["clean", "--image", "--yes", "--config", str(settings)]) == os.EX_OK
    assert (tmp_path / "mine/file").exists()


def test_cleaning_without_saying_what_for_is_a_usage_error(settings):
    with pytest.raises(SystemExit) as ended:
        main(["clean", "--config", str(settings)])
    assert ended.value.code == os.EX_USAGE


def test_without_an_led_in_the_settings_nothing_lights(settings, capsys):
    assert main(["light", "--config", str(settings)]) == os.EX_OK
    assert "no LED" in capsys.readouterr().out
