"""`kitting hook`, as a person starts it and the platform calls it."""

import http.client
import json
import os
import queue
import signal
import subprocess
import sys

import pytest
from simulated_operator import BENCH, SimulatedOperator
from waiting import PATIENCE_S, line_of, started, taken

from agent.errors import Code
from fleet.cli import main

SECRET = "0123456789abcdef"

PLAN = "name: p\nsims: {tag: {name: batch, value: '7'}}\ngroups: {before: {name: bench}, after: {name: field}}\n"

HOOKED = PLAN + (
    "hook: {url: '%s', secret_file: secret}\n"
    "handlers:\n  - {say: tell the hook when a SIM comes to life, on: before}\n"
    "  - {say: tell the hook when a device connects, on: before}\n"
)


def private(path, text):
    """A file that only its owner may read."""
    path.touch(0o600)
    path.write_text(text)


@pytest.fixture
def operator(monkeypatch):
    with SimulatedOperator(group_id=BENCH) as started:
        started.environment(monkeypatch)
        for sim in started.platform.sims:
            started.platform.set_tag(sim.imsi, "batch", "7")
        yield started


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_the_platforms_handlers_call_the_service_and_it_locks(operator, tmp_path, ending):
    private(tmp_path / "secret", SECRET)
    (tmp_path / "plan.yaml").write_text(PLAN)
    command = [sys.executable, "-m", "fleet", "hook", str(tmp_path / "plan.yaml"), "--listen", "127.0.0.1:0"]
    command += ["--secret-file", str(tmp_path / "secret")]
    with started(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        url = line_of(process.stderr).split()[-1]
        place = url.removeprefix("http://").rstrip("/")
        connection = http.client.HTTPConnection(place, timeout=PATIENCE_S)
        connection.request("POST", "/", b'{"sim":"8942310000000000001"}')
        assert connection.getresponse().status == 403
        connection.close()
        (tmp_path / "plan.yaml").write_text(HOOKED % url)
        prepare = [sys.executable, "-m", "fleet", "prepare", str(tmp_path / "plan.yaml"), "--yes"]
        subprocess.run(prepare, check=True, stdout=subprocess.DEVNULL)
        sim = operator.kitted()
        while json.loads(line_of(process.stdout))["outcome"] not in {"locked", "already locked"}:
            pass
        operator.firing.settle()
        process.send_signal(ending)
    assert process.returncode == 0
    assert operator.platform.sim(sim.imsi).imei_lock == sim.imei
    assert operator.firing.failed == []


def test_a_hook_that_is_told_to_end_leaves_no_lock_without_proof(operator, tmp_path):
    private(tmp_path / "secret", SECRET)
    (tmp_path / "plan.yaml").write_text(PLAN)
    sim, cut_off = operator.kitted(), queue.SimpleQueue()
    operator.platform.connect = operator.platform.disconnect

    def note(request, _):
        if request.path.endswith("/delete_session"):
            cut_off.put(request.path)

    operator.server.witnesses.append(note)
    command = [sys.executable, "-m", "fleet", "hook", str(tmp_path / "plan.yaml"), "--listen", "127.0.0.1:0"]
    command += ["--secret-file", str(tmp_path / "secret")]
    with started(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        place = line_of(process.stderr).split()[-1].removeprefix("http://").rstrip("/")
        connection = http.client.HTTPConnection(place, timeout=PATIENCE_S)
        connection.request("POST", "/", json.dumps({"sim": sim.sim_id}), {"X-Kitting-Secret": SECRET})
        assert connection.getresponse().status == 202
        connection.close()
        taken("the session that is deleted", cut_off)
        process.send_signal(signal.SIGTERM)
        result = json.loads(line_of(process.stdout))
    assert (result["outcome"], "before the desk was ended" in result["why"]) == ("not ready yet", True)
    assert operator.platform.sim(sim.imsi).imei_lock is None
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("listen", "code"),
    [("127.0.0.1:{port}", Code.HOOK_NOT_SERVED), ("192.0.2.1:0", Code.HOOK_NOT_SERVED)],
)
def test_an_address_that_cannot_be_used_is_named(operator, tmp_path, listen, code):
    private(tmp_path / "secret", SECRET)
    (tmp_path / "plan.yaml").write_text(PLAN)
    words = ["hook", str(tmp_path / "plan.yaml"), "--secret-file", str(tmp_path / "secret"), "--listen"]
    assert main([*words, listen.format(port=operator.server.port)]) == code.exit_code


@pytest.mark.parametrize("secret", ["", "short", "x" * 15])
def test_a_secret_that_is_too_short_is_refused(operator, tmp_path, secret):
    private(tmp_path / "secret", secret)
    (tmp_path / "plan.yaml").write_text(PLAN)
    words = ["hook", str(tmp_path / "plan.yaml"), "--secret-file", str(tmp_path / "secret")]
    assert main(words) == Code.FILE_UNREADABLE.exit_code
    assert operator.asked() == []


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o622])
def test_a_secret_that_other_users_may_read_or_write_is_refused(order, tmp_path, capsys, mode):
    private(tmp_path / "secret", SECRET)
    (tmp_path / "secret").chmod(mode)
    assert main(["hook", str(order), "--secret-file", str(tmp_path / "secret")]) == Code.FILE_UNREADABLE.exit_code
    assert f"chmod 600 {tmp_path / 'secret'}" in capsys.readouterr().err


def test_an_address_without_a_host_is_a_usage_error(order, tmp_path, capsys):
    private(tmp_path / "secret", SECRET)
    with pytest.raises(SystemExit) as end:
        main(["hook", str(order), "--secret-file", str(tmp_path / "secret"), "--listen", "8800"])
    assert end.value.code == os.EX_USAGE
    assert "HOST:PORT" in capsys.readouterr().err


def test_a_secret_with_other_characters_than_ascii_is_refused(order, tmp_path, capsys):
    private(tmp_path / "secret", "日本語日本語日本語日本語日本語日本語")
    words = ["hook", str(order), "--secret-file", str(tmp_path / "secret")]
    assert main(words) == Code.FILE_UNREADABLE.exit_code
    assert "ASCII" in capsys.readouterr().err
