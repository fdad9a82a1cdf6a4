"""A quiet poll: what it asks, what it loads, and what makes a whole pass of it."""

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from waiting import PATIENCE_S

from agent.host.locks import held
from agent.provision import poll_note
from agent.provision.poll_note import MAX_QUIET_POLLS, parse
from agent.resident import quiet_poll as module
from agent.resident.quiet_poll import call_of
from agent.resident.traffic_file import read_record
from agent.resident.traffic_record import TrafficRecord
from simulator.gateways import Gateway
from simulator.server import MetadataServer
from simulator.soracom import Group, Platform, Sim

ROOT = Path(__file__).parents[3]
IMSI, IMEI = "001010000000001", "490154203237518"
GROUP = "11111111-0000-4000-8000-000000000001"
USERDATA = "hostname: gw-1\n"
RECORD, QUESTION = "/v1/subscriber.lastModifiedTime", "/v1/userdata"
WHOLE = ["/v1/subscriber", "/v1/userdata"]
AFTER_START = """
import os, sys
before = set(sys.modules)
from agent import start
def leave(code):
    print(" ".join(sorted(set(sys.modules) - before)), file=sys.stderr, flush=True)
    os._exit(code)
start.leave = leave
start.entry()
"""
OF_A_QUIET_POLL = {
    *("agent", "agent.start", "agent.host", "agent.metadata", "agent.provision", "agent.resident"),
    *(
        "agent.host.disk_room",
        "agent.host.end_of_process",
        "agent.host.foreign_files",
        "agent.host.locks",
        "agent.host.runtime_directory",
    ),
    *("agent.host.systemd", "agent.metadata.small_question", "agent.provision.poll_note", "agent.resident.pace"),
    "agent.resident.quiet_poll",
    *("__future__", "_blake2", "_hashlib", "_socket", "errno", "fcntl", "hashlib", "select"),
}
"""All that a quiet poll loads beside what every Python has loaded at its start."""


class Device:
    """A gateway that is provisioned and has nothing to do."""

    def __init__(self, place: Path, platform: Platform, server: MetadataServer, **more: str) -> None:
        self.platform = platform
        agent = (sys.executable, "-P", str(ROOT / "agent" / "__main__.py"))
        self.gateway = Gateway("gw", platform.sim(IMSI), place / "gw", server, timeout="5m", agent=agent, **more)
        self.gateway.modem.plug_in()
        self.run = place / "run"
        self.run.mkdir()
        self.environment = {**os.environ, "RUNTIME_DIRECTORY": str(self.run), "PYTHONPATH": str(ROOT)}

    def command(self, words: list[str], **more):
        return subprocess.run(words, env=self.environment, capture_output=True, text=True, check=False, **more)

    def asks(self, *words: str, expect: int = 0) -> list[str]:
        """Makes a pass; the paths of its requests."""
        self.platform.forget_requests()
        ended = self.command(self.gateway.command(*(words or ("provision",))))
        assert ended.returncode == expect, ended.stderr
        self.said = ended.stdout
        return [request.path for request in self.platform.requests]

    @property
    def note(self) -> Path:
        return self.run / poll_note.NAME

    @property
    def memory(self):
        return json.loads((self.gateway.state / "state.json").read_bytes())

    def loaded(self, *options: str) -> set[str]:
        """The modules that a pass has loaded at its end, by an interpreter with these options."""
        words = [sys.executable, "-I", *options, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{AFTER_START}"]
        ended = self.command([*words, "--config", str(self.gateway.settings), "provision"])
        assert ended.returncode == 0, ended.stderr
        return set(ended.stderr.splitlines()[-1].split())


@pytest.fixture
def device(tmp_path):
    platform = Platform([Sim(IMSI, imei=IMEI, group_id=GROUP)], [Group(GROUP, userdata=USERDATA)])
    with MetadataServer(platform) as server:
        made = Device(tmp_path, platform, server)
        made.asks()
        assert sorted(made.asks()) == WHOLE, "the pass that leaves the note"
        yield made
        made.gateway.switch_off()


def test_a_quiet_poll_loads_exactly_these_modules(device):
    known = device.loaded("-S")  # a virtual environment loads modules of its own
    of_this_release = {name for name in known if name.startswith("_sha")}
    assert known - of_this_release == OF_A_QUIET_POLL


def test_a_day_alternates_two_questions_and_ends_in_a_whole_pass(device):
    for number in range(MAX_QUIET_POLLS):
        assert device.asks() == [RECORD if number % 2 else QUESTION]
        assert device.said == "fetch     nothing has changed\ndone      provisioned\n"
    assert device.asks() == WHOLE
    assert device.asks() == [QUESTION]


def test_what_it_counts_and_learns_is_what_status_shows_and_the_next_pass_starts_from(device):
    before = read_record(device.gateway.state, device.run)
    device.asks()
    after = read_record(device.gateway.state, device.run)
    assert (after.since, after.passes) == (before.since, before.passes + 1)
    assert 500 < after.bytes - before.bytes < 1200
    status = json.loads(device.command(device.gateway.command("--json", "status")).stdout)
    assert status["state"] == "provisioned"
    assert device.asks("--json", "provision") == [RECORD], "a whole program goes on where the quiet poll ended"


def test_the_resident_is_told_the_pause(device):
    reading, writing = os.pipe()
    words = device.gateway.command("provision", "--next-pass-to", str(writing))
    with os.fdopen(reading) as pipe:
        assert device.command(words, pass_fds=[writing]).returncode == 0
        os.close(writing)
        assert pipe.read() == "3600000"


def test_a_budget_makes_the_pause_as_long_as_after_a_whole_pass(device):
    settings = device.gateway.settings
    settings.write_text(settings.read_text().replace("[schedule]\n", '[schedule]\nbudget = "30 kB/month"\n'))
    device.asks()
    pauses = []
    for extra in ((), ("--json",)):
        reading, writing = os.pipe()
        words = device.gateway.command(*extra, "provision", "--next-pass-to", str(writing))
        with os.fdopen(reading) as pipe:
            assert device.command(words, pass_fds=[writing]).returncode == 0
            os.close(writing)
            pauses.append(float(pipe.read()))
    assert pauses[0] > 3_600_000
    assert pauses[1] == pytest.approx(pauses[0], rel=0.2), "one poll later, by the whole program"


def test_the_service_manager_is_told_the_end(device, tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(PATIENCE_S)
        device.environment["NOTIFY_SOCKET"] = str(tmp_path / "notify")
        assert device.asks() == [QUESTION]
        assert manager.recv(4096) == b"STATUS=provisioned: nothing to do"
        assert manager.recv(4096) == b"BARRIER=1"


def test_with_a_full_disk_the_whole_program_has_something_to_report(device, monkeypatch):
    note = parse(device.note.read_bytes())
    assert {condition.kind for condition in note.conditions} == {"same", "absent", "not_locked", "has_room"}
    assert all(map(module._holds, note.conditions))
    monkeypatch.setattr(poll_note, "LEAST_FREE_BYTES", 2**80)
    assert [condition.kind for condition in note.conditions if not module._holds(condition)] == ["has_room"]


CHANGES = {
    "another document": (
        lambda device: device.platform.change_group(GROUP, userdata="hostname: gw-2\n"),
        [QUESTION, "/v1/subscriber"],
    ),
    "a request for a new pass": (
        lambda device: (device.gateway.state / "reprovision").write_text("retry"),
        WHOLE,
    ),
    "a state file that somebody wrote": (
        lambda device: (device.gateway.state / "state.json").write_text("{"),
        WHOLE,
    ),
    "other settings": (
        lambda device: device.gateway.settings.write_text(device.gateway.settings.read_text() + "# note\n"),
        [QUESTION],
    ),
    "a note that is damaged": (lambda device: device.note.write_bytes(b"\xff"), [QUESTION]),
    "a note of another user": (lambda device: os.chown(device.run, 12345, 12345), [QUESTION]),
    "a note of another version": (
        lambda device: device.note.write_text(re.sub("version=.*", "version=0", device.note.read_text())),
        [QUESTION],
    ),
    "a clock that goes wrong": (
        lambda device: device.note.write_text(re.sub("since_s=.*", "since_s=9e12", device.note.read_text())),
        [QUESTION],
    ),
}


@pytest.mark.parametrize(("change", "asked"), CHANGES.values(), ids=CHANGES)
def test_the_rest_of_the_program_decides_on_everything_else_and_asks_nothing_twice(device, change, asked):
    if "another user" in str(change) and os.geteuid() != 0:
        pytest.skip("only root gives directories away")
    change(device)
    found = device.asks()
    assert sorted(found[: len(asked)]) == sorted(asked)
    assert len(found) == len(set(found)), "no question is asked twice"


def test_an_order_under_way_is_looked_at_by_a_whole_program(device):
    (device.gateway.state / "apply").mkdir(exist_ok=True)
    with held(device.gateway.state / "apply" / "service.lock"):
        assert "agent.cli" in device.loaded()


@pytest.mark.parametrize("name", ["order.json", "apply/transaction/journal"])
def test_what_was_left_open_is_ended_by_a_whole_program(device, name):
    place = device.gateway.state / name
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(b"x")
    assert "agent.cli" in device.loaded()


def test_a_pass_under_way_is_not_disturbed(device):
    before = device.note.read_bytes()
    with held(device.gateway.state / "pass.lock"):
        assert device.asks(expect=75) == []
    assert device.note.read_bytes() == before


def test_a_service_that_is_switched_off_is_a_failure_of_a_whole_pass(device):
    device.platform.change_group(GROUP, enabled=False)
    device.asks(expect=77)
    assert device.memory["failure"][0] == "metadata.disabled"


def test_without_a_place_for_the_note_every_pass_is_by_the_whole_program(device, tmp_path):
    device.environment["RUNTIME_DIRECTORY"] = str(tmp_path / "absent")
    assert "agent.cli" in device.loaded()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("provision", ("", None)),
        ("--config a provision --next-pass-to 7", ("a", 7)),
        ("provision --config a", ("a", None)),
    ],
)
def test_a_plain_pass_is_recognized(words, found):
    call = call_of(words.split())
    assert (call.config, call.pipe) == found


@pytest.mark.parametrize(
    "words",
    [
        *("", "run", "status", "--json provision", "provision provision", "--config", "--config -x provision"),
        *("provision --next-pass-to x", "provision --next-pass-to", "--config=a provision", "--config a", "--help"),
    ],
)
def test_other_words_are_for_the_whole_program(words):
    assert call_of(words.split()) is None


def test_a_lost_record_is_no_record(tmp_path):
    (tmp_path / poll_note.NAME).write_bytes(
        b"state_digest=x\nquiet_polls=1\nended_s=1\netag=\nsince=x\npasses=1\nbytes=1\n"
    )
    assert read_record(tmp_path, tmp_path) == TrafficRecord()


def test_the_marks_of_a_day_do_not_depend_on_the_locale():
    answer = module.PlainAnswer(200, {"date": "Fri, 27 Nov 2026 14:41:30 GMT"}, b"")
    assert module._is_clock_right(answer, 1795790490)
    assert not module._is_clock_right(answer, 1795790490 - 86400)
