"""What a pass does, shown while it goes on."""

import pytest

from agent.commands import progress as module
from agent.commands.progress import Progress
from agent.errors import Code, Failure
from agent.host import systemd
from agent.provision.edges import PassStage
from agent.provision.lifecycle import State
from agent.provision.pass_result import PassResult
from agent.provision.remembered import Remembered

BLOCKED = PassResult(
    Remembered(State.BLOCKED, imei="490154203237518"), failure=Failure(Code.BINDING_LOCK, "locked to another")
)


@pytest.fixture
def entries(monkeypatch):
    """The entries of the journal, as if standard error were the journal."""
    found = []
    monkeypatch.setattr(module, "standard_error_is_journal", lambda: True)
    for place in (module, systemd):
        monkeypatch.setattr(place, "log_to_journal", lambda *entry: found.append(entry))
    return found


def test_a_person_sees_a_line_for_each_act(capsys):
    Progress(quiet=False).show(PassStage.BIND, "SIM and device agree")
    assert capsys.readouterr().out == "bind      SIM and device agree\n"


def test_a_quiet_pass_shows_nothing_at_the_terminal(capsys):
    Progress(quiet=True).show(PassStage.BIND, "SIM and device agree")
    assert capsys.readouterr().out == ""


def test_a_notice_is_a_warning_in_the_journal(entries):
    progress = Progress(quiet=False)
    progress.show(PassStage.FETCH, "userdata")
    progress.show(PassStage.NOTICE, "no such file")
    assert entries == [("fetch: userdata", 6, {"STEP": "fetch"}), ("notice: no such file", 4, {"STEP": "notice"})]


def test_the_end_of_a_pass_is_one_line_with_its_fields(entries):
    Progress(quiet=False).conclude(BLOCKED)
    ((text, priority, fields),) = entries
    assert (text, priority) == ("blocked: binding.lock: locked to another", 4)
    assert {name: fields[name] for name in ("STATE", "IMEI", "ERROR_CODE")} == {
        "STATE": "blocked",
        "IMEI": "490154203237518",
        "ERROR_CODE": "binding.lock",
    }
    assert "IMSI" not in fields
