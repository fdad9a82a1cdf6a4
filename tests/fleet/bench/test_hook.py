"""The hook: a hint to go and look, believed in nothing else."""

import http.client
import io
import json
import signal
import subprocess
import sys
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulated_operator import BENCH, SimulatedOperator
from waiting import PATIENCE_S, exit_of, happened, line_of

from agent.errors import Code
from fleet.bench import hook as hooks
from fleet.bench.hook import Hook, Outcome, Told, deal_with, hinted_sim, lambda_handler
from fleet.cli import main
from fleet.commands.console import schemas
from fleet.commands.hook import application
from fleet.plan.handler_sentences import SECRET_HEADER
from fleet.plan.plan import Files, plan_of

SECRET = "0123456789abcdef"
PLAN = "name: p\nsims: {tag: {name: batch, value: '7'}}\ngroups: {before: {name: bench}, after: {name: field}}\n"
HOOKED = PLAN + (
    "hook: {url: '%s', secret_file: secret}\n"
    "handlers:\n  - {say: tell the hook when a SIM comes to life, on: before}\n"
    "  - {say: tell the hook when a device connects, on: before}\n"
)
SIM = "8942310000000000001"


@pytest.fixture
def operator(monkeypatch):
    with SimulatedOperator(group_id=BENCH) as operator:
        operator.environment(monkeypatch)
        yield operator


def plan():
    return plan_of(PLAN, Files({}), schemas())


def test_a_hint_leads_to_a_lock_where_the_device_is_ready(operator):
    sim = operator.kitted()
    assert deal_with(operator.api, plan(), sim.sim_id).outcome is Outcome.LOCKED
    assert operator.platform.sim(sim.imsi).imei_lock == sim.imei


def test_the_same_hint_again_changes_nothing(operator):
    sim = operator.kitted()
    deal_with(operator.api, plan(), sim.sim_id)
    operator.account.calls.clear()
    assert deal_with(operator.api, plan(), sim.sim_id).outcome is Outcome.ALREADY
    assert {call.method for call in operator.account.calls} == {"GET"}


def test_a_hint_that_comes_before_the_device_is_ready_is_worth_another_look(operator):
    sim = operator.platform.sims[0]
    assert deal_with(operator.api, plan(), sim.sim_id).outcome is Outcome.NOT_YET
    assert operator.platform.sim(sim.imsi).imei_lock is None


def test_what_is_suspicious_is_left_to_a_person(operator):
    sim = operator.kitted(kitting_imei="490154203237518")
    told = deal_with(operator.api, plan(), sim.sim_id)
    assert (told.outcome, "another IMEI" in told.why) == (Outcome.REFUSED, True)


def test_sims_of_other_groups_and_of_nobody_are_none_of_its_business(operator):
    sim = operator.kitted()
    operator.platform.set_group(sim.imsi, None)
    assert deal_with(operator.api, plan(), sim.sim_id).outcome is Outcome.NOT_OURS
    assert deal_with(operator.api, plan(), "8942310000000009999").outcome is Outcome.NOT_OURS


@pytest.mark.parametrize(
    "event",
    [
        {"sim": SIM},
        {"simId": SIM, "more": 1},
        {"imsi": "001010000000001", "parameter1": SIM},
        json.dumps({"sim": SIM}),
        json.dumps({"sim": SIM}).encode(),
    ],
)
def test_a_sim_is_named_by_a_web_request_or_a_lambda_event(event):
    assert hinted_sim(event) == SIM


@pytest.mark.parametrize(
    "event",
    [
        None,
        [],
        1,
        "",
        "x",
        b"\xff",
        {},
        {"sim": 1},
        {"sim": "../1"},
        {"sim": "1" * 99},
        {"sim": "${simId}"},
        "[" * 9999,
    ],
    ids=lambda event: repr(event)[:20],
)
def test_what_names_no_sim_is_no_hint(event):
    assert hinted_sim(event) is None


@given(st.binary(max_size=200) | st.text(max_size=200) | st.dictionaries(st.text(max_size=9), st.text(max_size=30)))
def test_no_event_brings_more_than_a_number(event):
    found = hinted_sim(event)
    assert found is None or found.isdecimal()


def asked(app, method="POST", body=b"", path="/", **headers):
    told = []
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        f"HTTP_{SECRET_HEADER.upper().replace('-', '_')}": SECRET,
        **headers,
    }
    answer = b"".join(app(environ, lambda status, _: told.append(int(status.split()[0]))))
    json.loads(answer)
    return told[0]


def test_only_who_knows_the_secret_is_heard():
    heard = []
    app = application(lambda sim: heard.append(sim) or True, SECRET)
    body = json.dumps({"sim": SIM}).encode()
    name = f"HTTP_{SECRET_HEADER.upper().replace('-', '_')}"
    assert asked(app, body=body) == 202
    assert [asked(app, body=body, **{name: wrong}) for wrong in ("", "x", SECRET[:-1], f"{SECRET}x", "é")] == [403] * 5
    assert heard == [SIM]


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ({"method": "GET"}, 405),
        ({"method": "GET", "path": "/health"}, 200),
        ({"method": "PUT"}, 405),
        ({"body": b"x"}, 400),
        ({"body": b""}, 400),
        ({"body": b"x" * 5000}, 413),
        ({"CONTENT_LENGTH": "-1"}, 413),
        ({"CONTENT_LENGTH": "many"}, 413),
    ],
)
def test_what_is_no_hint_is_refused(words, status):
    assert asked(application(lambda _: True, SECRET), **words) == status


def test_too_many_hints_are_said_to_be():
    assert asked(application(lambda _: False, SECRET), body=json.dumps({"sim": SIM}).encode()) == 503


def run_to_the_end(hints, outcomes):
    """Deals with hints as the outcomes say, one after the other for each SIM; what was told, in order."""
    told, left = [], {sim: list(turns) for sim, turns in outcomes.items()}
    over = threading.Event()

    def deal(sim):
        return Told(sim, left[sim].pop(0))

    def note(one):
        told.append((one.sim_id, one.outcome))
        if not any(left.values()):
            over.set()

    hook = Hook(deal, note, pauses_s=(0.0, 0.0, 0.0))
    for sim in hints:
        hook.hint(sim)
    happened("the last outcome", over)
    hook.stop()
    return told


def test_a_sim_that_is_not_ready_is_looked_at_again():
    turns = [Outcome.NOT_YET, Outcome.NOT_YET, Outcome.LOCKED]
    assert run_to_the_end(["1"], {"1": turns}) == [("1", turn) for turn in turns]


def test_patience_with_one_sim_ends():
    assert len(run_to_the_end(["1"], {"1": [Outcome.NOT_YET] * 4})) == 4


def test_many_hints_for_one_sim_are_one():
    began, go_on = threading.Event(), threading.Event()
    looked = []

    def deal(sim):
        looked.append(sim)
        began.set()
        happened("the end of the other hints", go_on)
        return Told(sim, Outcome.LOCKED)

    hook = Hook(deal, lambda _: None)
    hook.hint("1")
    happened("the first look", began)
    assert all(hook.hint("1") for _ in range(50))
    go_on.set()
    hook.stop()
    assert looked == ["1"]


def test_as_a_lambda_function_it_locks_as_well(operator, tmp_path, monkeypatch):
    (tmp_path / "plan.yaml").write_text(PLAN)
    monkeypatch.setenv("KITTING_PLAN", str(tmp_path / "plan.yaml"))
    sim = operator.kitted()
    assert lambda_handler({"imsi": sim.imsi, "parameter1": sim.sim_id}, None)["outcome"] == "locked"
    assert lambda_handler({"nothing": 1}, None) == {"outcome": "no SIM is named"}


def test_a_lambda_function_waits_as_long_as_it_may(operator, tmp_path, monkeypatch):
    (tmp_path / "plan.yaml").write_text(PLAN)
    monkeypatch.setenv("KITTING_PLAN", str(tmp_path / "plan.yaml"))
    sim, pauses = operator.platform.sims[0], []

    def wait(pause_s):
        pauses.append(pause_s)
        operator.kitted()

    monkeypatch.setattr(hooks.time, "sleep", wait)

    class Context:
        @staticmethod
        def get_remaining_time_in_millis():
            return 900_000

    assert lambda_handler({"sim": sim.sim_id}, Context())["outcome"] == "locked"
    assert len(pauses) == 1


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_the_service_is_called_by_the_platforms_handlers_and_locks(operator, tmp_path, ending):
    (tmp_path / "secret").write_text(SECRET)
    (tmp_path / "plan.yaml").write_text(PLAN)
    command = [sys.executable, "-m", "fleet", "hook", str(tmp_path / "plan.yaml"), "--listen", "127.0.0.1:0"]
    command += ["--secret-file", str(tmp_path / "secret")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
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
        assert exit_of(process) == 0
    assert operator.platform.sim(sim.imsi).imei_lock == sim.imei
    assert operator.firing.failed == []


@pytest.mark.parametrize(
    ("listen", "code"),
    [("127.0.0.1:{port}", Code.HOOK_NOT_SERVED), ("192.0.2.1:0", Code.HOOK_NOT_SERVED), ("8800", Code.USAGE)],
)
def test_a_place_where_nobody_can_listen_is_named(operator, tmp_path, listen, code):
    (tmp_path / "secret").write_text(SECRET)
    (tmp_path / "plan.yaml").write_text(PLAN)
    words = ["hook", str(tmp_path / "plan.yaml"), "--secret-file", str(tmp_path / "secret"), "--listen"]
    assert main([*words, listen.format(port=operator.server.port)]) == code.exit_code


@pytest.mark.parametrize("secret", ["", "short", "x" * 15])
def test_a_secret_that_can_be_guessed_is_refused(operator, tmp_path, secret):
    (tmp_path / "secret").write_text(secret)
    (tmp_path / "plan.yaml").write_text(PLAN)
    words = ["hook", str(tmp_path / "plan.yaml"), "--secret-file", str(tmp_path / "secret")]
    assert main(words) == Code.USAGE.exit_code
    assert operator.asked() == []
