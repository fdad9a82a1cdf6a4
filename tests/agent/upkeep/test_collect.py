"""The support bundle: its files, what is covered in them, and its size."""

import tarfile

import pytest

from agent.errors import Code, Failure
from agent.settings import PathSettings, Settings
from agent.upkeep import collect

IMSI, SECRET = "001010000000001", "c4n4ry-s3cr3t"


@pytest.fixture
def programs(monkeypatch):
    """The command lines that would be run; each prints its own name."""
    run = []
    monkeypatch.setattr(collect, "_printed_by", lambda *command: run.append(command) or f"output of {command[0]}\n")
    return run


@pytest.fixture
def settings(tmp_path):
    for name in ("state", "apply"):
        (tmp_path / name).mkdir()
    (tmp_path / "state/state.json").write_text(f'{{"card": "{IMSI}", "token": "{SECRET}"}}')
    (tmp_path / "state/order.json").write_text(SECRET)
    return Settings(paths=PathSettings(state=tmp_path / "state", apply=tmp_path / "apply"))


def test_the_agent_is_run_with_the_same_settings_and_no_order_is_quoted(settings, tmp_path, programs):
    config = tmp_path / "agent.toml"
    config.write_text("[modem]\n")
    texts = dict(collect.parts(settings, config))
    assert texts["agent.toml"] == "[modem]\n"
    assert SECRET in texts["state.json"]
    assert SECRET not in "".join(text for name, text in texts.items() if name != "state.json")
    assert "No such file" in texts["outcome.json"]
    commands = [command[-3:] for command in programs if str(config) in command]
    assert ("--config", str(config), "doctor") in commands
    assert ("--config", str(config), "plan") in commands


def test_a_bundle_is_private_and_covers_secrets_and_identifiers(settings, tmp_path, programs):
    out = tmp_path / "bundle.tar.gz"
    names = collect.bundle(out, settings, None)
    assert out.stat().st_mode & 0o777 == 0o600
    with tarfile.open(out) as tar:
        texts = {entry.name: tar.extractfile(entry).read().decode() for entry in tar}
    assert sorted(texts) == sorted(f"bundle/{name}" for name in names)
    assert IMSI not in texts["bundle/state.json"]
    assert SECRET not in texts["bundle/state.json"]
    assert programs


def test_of_a_long_text_the_end_is_kept(settings, tmp_path, programs, monkeypatch):
    monkeypatch.setattr(collect, "MAX_BYTES", 10)
    collect.bundle(tmp_path / "bundle.tar.gz", settings, None)
    with tarfile.open(tmp_path / "bundle.tar.gz") as tar:
        assert tar.extractfile("bundle/units.txt").read() == b"systemctl\n"
    assert programs


def test_a_bundle_replaces_no_file(settings, tmp_path):
    (tmp_path / "there").write_text("mine")
    with pytest.raises(Failure) as caught:
        collect.bundle(tmp_path / "there", settings, None)
    assert (caught.value.code, caught.value.where) == (Code.STATE_UNWRITABLE, str(tmp_path / "there"))
    assert (tmp_path / "there").read_text() == "mine"


def test_a_program_that_is_missing_does_not_fail_the_bundle():
    assert collect._printed_by("/nowhere/program") == "(/nowhere/program: No such file or directory)\n"
