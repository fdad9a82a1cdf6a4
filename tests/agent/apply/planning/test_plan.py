"""From what is there to what is wanted: whole plans, as values."""

from agent.apply.planning.nodes import Absent, Directory, File, Lost, fingerprint
from agent.apply.planning.observation import Observation
from agent.apply.planning.plan import Plan, make_plan
from agent.apply.planning.steps import ActionStep, FileStep, Managed, ManagedPath
from agent.effects import RunCommand, ServiceVerb, Verb, WantedEffect, WriteFile
from agent.handover.order import Change
from agent.reasons import Cause, DirectoryAbove, DocumentKey

KEY = DocumentKey(("write_files", 0))
RESTART = ServiceVerb("app.service", Verb.RESTART)
ETC, OLD, NEW = Directory(0o755, 0, 0), File(b"old", 0o644, 0, 0), File(b"new", 0o644, 0, 0)
FILE = WantedEffect(WriteFile("/etc/a", b"new", 0o644, "root:root"), KEY, then=(RESTART,))


def planned(wanted, found, remembered=None, **more):
    places = {path: path for path in ("/etc/a", "/etc/d/a")}
    seen = Observation(places, {"/etc": ETC, **found}, more.pop("names", {}), {"root:root": (0, 0)}, **more)
    return make_plan(wanted, seen, remembered or Managed(), "occasion")


def managed(path="/etc/a", wrote=NEW, before=OLD, **more):
    return Managed({path: ManagedPath(fingerprint(wrote), before, KEY, **more)})


def test_a_file_is_changed_what_stood_there_is_remembered_and_the_unit_follows():
    steps = (FileStep("/etc/a", OLD, NEW, KEY), ActionStep(RESTART, KEY))
    assert planned([FILE], {"/etc/a": OLD}) == Plan(steps, managed(then=(RESTART,)))


def test_what_is_as_wanted_is_neither_touched_nor_managed():
    assert planned([FILE], {"/etc/a": NEW}) == Plan((), Managed())


def test_what_is_no_longer_named_becomes_what_stood_there():
    plan = planned([], {"/etc/a": NEW}, managed(then=(RESTART,)))
    steps = (FileStep("/etc/a", NEW, OLD, Cause.NO_LONGER_NAMED), ActionStep(RESTART, Cause.NO_LONGER_NAMED))
    assert plan == Plan(steps, Managed())


def test_what_another_program_changed_since_is_left():
    assert planned([], {"/etc/a": OLD}, managed(before=Absent())) == Plan(
        (), Managed(), (Change("left", "/etc/a", Cause.CHANGED_SINCE),)
    )


def test_what_cannot_be_brought_back_is_left():
    assert planned([], {"/etc/a": NEW}, managed(before=Lost("0" * 64))).notes == (
        Change("left", "/etc/a", Cause.COPY_DAMAGED),
    )


def test_a_directory_that_was_made_stays_managed_while_it_is_in_use():
    made = managed("/etc/d", ETC, Absent())
    plan = planned([], {"/etc/d": ETC}, made, names={"/etc/d": frozenset({"theirs"})})
    assert plan == Plan((), made)


def test_a_missing_directory_is_made_and_managed():
    effect = WantedEffect(WriteFile("/etc/d/a", b"new", 0o644, "root:root"), KEY)
    plan = planned([effect], {})
    assert [(step.path, step.because) for step in plan.steps] == [("/etc/d", DirectoryAbove(KEY)), ("/etc/d/a", KEY)]
    assert set(plan.managed.paths) == {"/etc/d", "/etc/d/a"}


def test_commands_run_once_for_an_occasion():
    run = WantedEffect(RunCommand(("true",), 5.0), DocumentKey(("runcmd", 0)))
    first = planned([run], {})
    assert first.managed.ran_for == "occasion"
    assert len(first.steps) == 1
    assert planned([run], {}, first.managed).steps == ()


def test_files_that_keep_the_owner_of_the_process_are_noted():
    assert planned([FILE], {}, owner_kept=True).notes == (Change("owner kept", "/etc/a", Cause.ONLY_ROOT_GIVES_AWAY),)


def test_files_that_not_everybody_may_read_are_hidden_whether_or_not_they_change():
    secret = File(b"new", 0o600, 0, 0)
    effect = WantedEffect(WriteFile("/etc/a", b"new", 0o600, "root:root"), KEY)
    assert planned([effect], {"/etc/a": secret}).hidden == (secret, secret)
    assert planned([FILE], {"/etc/a": NEW}).hidden == ()
