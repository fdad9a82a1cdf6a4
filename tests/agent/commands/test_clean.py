"""A disk that is ready for copying."""

import os

import pytest

from agent.cli import main


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
