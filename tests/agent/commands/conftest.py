"""Settings of a gateway with a state that a bundle or a cleaning finds."""

import json

import pytest

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
