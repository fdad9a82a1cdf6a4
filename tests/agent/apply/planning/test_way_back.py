"""Plans that lead back, as values."""

from agent.apply.journal.ordered import Ordered, left_by
from agent.apply.planning.nodes import Absent, Directory, File, Lost, Other, Symlink, fingerprint
from agent.apply.planning.observation import Observation, Questions
from agent.apply.planning.plan import Plan
from agent.apply.planning.steps import ActionStep, FileStep, Managed, ManagedPath
from agent.apply.planning.way_back import plan_back, plan_scrub, questions_back, questions_scrub
from agent.effects import RunCommand, ServiceVerb, Verb
from agent.handover.order import Change
from agent.reasons import Cause, DocumentKey

KEY = DocumentKey(("write_files", 0))
ETC, OLD, NEW = Directory(0o755, 0, 0), File(b"old", 0o644, 0, 0), File(b"new", 0o644, 0, 0)
RESTART = ServiceVerb("app.service", Verb.RESTART)


def order(*steps, came_from=None):
    return Ordered("o", "d", False, steps, (), Managed(), came_from or Managed(), left=left_by(steps))


def seen(found, places=None, names=None):
    return Observation(places or {path: path for path in found}, found, names or {}, {"root:root": (0, 0)})


def test_what_stood_there_before_the_order_comes_back_and_units_follow():
    steps = (FileStep("/etc/a", OLD, NEW, KEY), ActionStep(RESTART, KEY))
    before = Managed(ran_for="earlier")
    assert plan_back(order(*steps, came_from=before), seen({"/etc/a": NEW})) == Plan(
        (FileStep("/etc/a", NEW, OLD, Cause.ROLLBACK), ActionStep(RESTART, Cause.ROLLBACK, is_way_back=True)), before
    )


def test_a_file_that_changed_places_with_a_directory_becomes_what_it_was_first():
    steps = (FileStep("/etc/a", OLD, Absent(), KEY), FileStep("/etc/a", Absent(), ETC, KEY))
    assert questions_back(order(*steps)).paths == ("/etc/a",)
    plan = plan_back(order(*steps), seen({"/etc/a": ETC}))
    assert [(step.before, step.after) for step in plan.steps] == [(ETC, Absent()), (Absent(), OLD)]


def test_commands_of_the_document_are_neither_undone_nor_run_again():
    steps = (FileStep("/etc/a", OLD, NEW, KEY), ActionStep(RunCommand(("true",), 5.0), KEY, once=True))
    assert len(plan_back(order(*steps), seen({"/etc/a": NEW})).steps) == 1


def test_what_is_not_as_the_order_left_it_is_left():
    changed, damaged = FileStep("/etc/a", OLD, NEW, KEY), FileStep("/etc/b", Lost("0" * 64), NEW, KEY)
    plan = plan_back(order(changed, damaged), seen({"/etc/a": OLD, "/etc/b": NEW}))
    assert plan.steps == ()
    assert plan.notes == (
        Change("left", "/etc/a", Cause.CHANGED_SINCE),
        Change("left", "/etc/b", Cause.COPY_DAMAGED),
    )


def test_below_a_link_of_the_order_itself_nothing_is_there_any_more():
    link = Symlink("elsewhere", 0, 0)
    steps = (
        FileStep("/etc/d/a", OLD, Absent(), KEY),
        FileStep("/etc/d", ETC, Absent(), KEY),
        FileStep("/etc/d", Absent(), link, KEY),
    )
    places = {"/etc/d": "/etc/d", "/etc/d/a": "/etc/elsewhere/a"}
    plan = plan_back(order(*steps), seen({"/etc/d": link, "/etc/elsewhere/a": NEW}, places))
    assert [(step.path, step.after) for step in plan.steps] == [
        ("/etc/d", Absent()),
        ("/etc/d", ETC),
        ("/etc/d/a", OLD),
    ]


def test_a_path_that_leads_elsewhere_now_is_left():
    step = FileStep("/etc/d/a", OLD, NEW, KEY)
    plan = plan_back(order(step), seen({"/srv/a": NEW}, {"/etc/d/a": "/srv/a"}))
    assert (plan.steps, plan.notes) == ((), (Change("left", "/etc/d/a", Cause.CHANGED_SINCE),))


def managed(**paths):
    return Managed({f"/etc/{name}": entry for name, entry in paths.items()})


def entry(before, **more):
    return ManagedPath(fingerprint(NEW), before, KEY, **more)


def test_a_scrub_puts_back_what_stood_in_place_of_secrets_and_keeps_the_rest():
    remembered = managed(
        token=entry(OLD, sensitive=True, then=(RESTART,)), gone=entry(Lost("0" * 64), sensitive=True), plain=entry(OLD)
    )
    assert questions_scrub(remembered) == Questions(tuple(remembered.paths), ("root:root",), ())
    plan = plan_scrub(remembered, seen(dict.fromkeys(remembered.paths, NEW)))
    assert plan == Plan(
        (
            FileStep("/etc/gone", NEW, Absent(), Cause.SCRUB, sensitive=True),
            FileStep("/etc/token", NEW, OLD, Cause.SCRUB, sensitive=True),
            ActionStep(RESTART, Cause.SCRUB, is_way_back=True),
        ),
        managed(plain=entry(OLD)),
    )


def test_a_scrub_leaves_what_only_a_person_may_remove_and_goes_on():
    remembered = managed(pipe=entry(Absent(), sensitive=True), token=entry(Absent(), sensitive=True))
    plan = plan_scrub(remembered, seen({"/etc/pipe": Other("a pipe"), "/etc/token": NEW}))
    assert [step.path for step in plan.steps] == ["/etc/token"]
    assert plan.notes == (Change("left", "/etc/pipe", Cause.IN_THE_WAY),)
    assert set(plan.managed.paths) == {"/etc/pipe"}
