"""Steps that act on something else than files: their order, their way back, and what a command prints."""

import pytest
from effects_gateway import CANARY, Actions, file
from faulty_disk import Killed

from agent.apply.settling import settle
from agent.effects import ActivateConnections, RunCommand, ServiceVerb, Verb, WantedEffect
from agent.handover.order import Ran, Result
from agent.reasons import DocumentKey

RUNCMD = DocumentKey(("runcmd", 0))
UP = ActivateConnections(("wan",))
RESTART = ServiceVerb("app.service", Verb.RESTART)


def test_the_files_are_there_before_a_unit_is_restarted_for_them(gateway):
    there = []

    class Looks(Actions):
        def do(self, action, because):
            there.append((gateway.root / "etc/a").exists() and (gateway.root / "etc/b").exists())
            return super().do(action, because)

    gateway.actor = Looks()
    gateway.becomes([file("/etc/a", then=(RESTART,)), file("/etc/b")])
    assert there == [True]


def test_what_was_being_done_to_a_unit_when_the_process_ended_is_taken_back(gateway):
    gateway.actor = Actions(ends_at={"do"})
    with pytest.raises(Killed):
        gateway.becomes(
            [
                file("/etc/a"),
                WantedEffect(ServiceVerb("noise.service", Verb.MASK), DocumentKey(("services", "mask", 0))),
            ]
        )
    gateway.actor = Actions()
    assert settle(gateway.context()).result is Result.NOT_APPLIED
    assert gateway.actor.done == [("redo", ServiceVerb("noise.service", Verb.UNMASK))]
    assert not (gateway.root / "etc/a").exists()


def test_connections_that_the_document_names_by_themselves_are_activated_once(gateway):
    gateway.actor = Actions()
    gateway.becomes([WantedEffect(UP, DocumentKey(("network",)))])
    gateway.becomes([WantedEffect(UP, DocumentKey(("network",)))])
    assert gateway.actor.how(ActivateConnections) == ["do", "finish"]


def test_what_a_command_prints_of_a_secret_that_stays_as_it_is_is_not_repeated(gateway):
    secret = file("/etc/token", CANARY, sensitive=True)
    gateway.becomes([secret])
    run = WantedEffect(RunCommand(("cat", "/etc/token"), 5.0), RUNCMD)

    gateway.actor = Actions(ran=Ran("cat", 0, 0.1, CANARY.decode().strip(), RUNCMD))
    outcome = gateway.becomes([secret, run])
    assert len(outcome.ran) == 1
    assert CANARY.strip() not in everything_kept_but_contents(gateway)
    assert CANARY.decode().strip() not in repr(outcome)


def everything_kept_but_contents(gateway):
    files = (gateway.place / "state/apply").rglob("*")
    return b"".join(path.read_bytes() for path in files if path.is_file() and path.parent.name != "kept")
