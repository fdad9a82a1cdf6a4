"""Which actions follow from a change, in which order, and which actions undo them."""

import pytest

from agent.apply.planning.actions import RELOAD_UNITS, Actions, back, plan_actions, undo_steps
from agent.apply.planning.nodes import Absent, File
from agent.apply.planning.steps import ActionStep, FileStep, Managed
from agent.apply.planning.unit_state import UnitState
from agent.effects import Power, PowerState, RunCommand, ServiceVerb, Verb, WantedEffect
from agent.errors import Failure
from agent.reasons import Cause, DocumentKey

KEY, RUNCMD = DocumentKey(("services", "enable", 0)), DocumentKey(("runcmd", 0))
FILE = File(b"", 0o644, 0, 0)


def verb(verb, unit="a.service"):
    return ServiceVerb(unit, verb)


def planned(wanted=(), changed=(), units=None, remembered=None, occasion="now"):
    effects = [WantedEffect(effect, KEY) for effect in wanted]
    return plan_actions(effects, list(changed), units or {}, remembered or Managed(), occasion)


def file_step(path="/etc/a", after=FILE):
    return FileStep(path, Absent(), after, KEY)


RUNS, RESTS = UnitState("enabled", is_active=True), UnitState("enabled")


@pytest.mark.parametrize(
    ("wanted", "state", "is_done"),
    [(Verb.START, RESTS, True), (Verb.START, RUNS, False), (Verb.STOP, RUNS, True), (Verb.STOP, RESTS, False)],
)
def test_a_unit_is_started_or_stopped_where_it_is_not_so_already(wanted, state, is_done):
    actions = planned([verb(wanted)], units={"a.service": state})
    steps = (ActionStep(verb(wanted), KEY),) if is_done else ()
    assert (actions.after, actions.verbs) == (steps, frozenset(step.action for step in steps))


def test_what_a_mask_stopped_runs_again_once_the_mask_is_gone():
    steps = planned([verb(Verb.STOP), verb(Verb.MASK)], units={"a.service": RUNS}).after
    assert [step.action for step in steps] == [verb(Verb.STOP), verb(Verb.MASK)]
    taken_back = [step.action for step in undo_steps((file_step(), *steps), 3) if isinstance(step, ActionStep)]
    assert taken_back == [verb(Verb.UNMASK), verb(Verb.START)]


def test_what_a_mask_found_stopped_stays_stopped():
    steps = planned([verb(Verb.STOP), verb(Verb.MASK)], units={"a.service": RESTS}).after
    assert undo_steps(steps, len(steps)) == (ActionStep(verb(Verb.UNMASK), KEY),)


def test_a_mask_that_the_document_no_longer_names_goes_before_the_files_and_the_start_comes_after_them():
    remembered = Managed(verbs=frozenset({verb(Verb.STOP), verb(Verb.MASK)}))
    actions = planned(units={"a.service": UnitState("masked")}, remembered=remembered)
    assert [step.action for step in actions.before] == [verb(Verb.UNMASK)]
    assert [step.action for step in actions.after] == [verb(Verb.START)]


@pytest.mark.parametrize("following", [Verb.RESTART, Verb.RELOAD])
def test_a_unit_that_did_not_run_is_started_and_stopped_again_on_the_way_back(following):
    steps = planned(changed=[(file_step(), (verb(following),))], units={"a.service": RESTS}).after
    assert [step.action for step in steps] == [verb(Verb.START)]
    assert undo_steps(steps, 1) == (ActionStep(verb(Verb.STOP), KEY),)


@pytest.mark.parametrize("state", [RUNS, UnitState("not-found"), UnitState("static", is_oneshot=True)])
def test_a_unit_that_runs_is_new_or_ends_by_itself_is_restarted(state):
    steps = planned(changed=[(file_step(), (verb(Verb.RESTART),))], units={"a.service": state}).after
    assert [step.action for step in steps] == [verb(Verb.RESTART)]


def test_a_unit_whose_file_is_in_the_place_of_the_mask_is_refused_before_anything_is_done():
    fragment = "/etc/systemd/system/a.service"
    here = {"a.service": UnitState("enabled", is_active=True, fragment=fragment)}
    with pytest.raises(Failure, match="cannot be masked") as refused:
        planned([verb(Verb.STOP), verb(Verb.MASK)], units=here)
    assert refused.value.where == fragment
    removed = [(file_step(fragment, Absent()), ())]
    assert verb(Verb.MASK) in [step.action for step in planned([verb(Verb.MASK)], removed, here).after]


@pytest.mark.parametrize(
    ("wanted", "state", "is_done"),
    [
        (Verb.ENABLE, "disabled", True),
        (Verb.ENABLE, "enabled", False),
        (Verb.ENABLE, "static", False),
        (Verb.DISABLE, "enabled-runtime", True),
        (Verb.DISABLE, "static", False),
        (Verb.MASK, "enabled", True),
        (Verb.MASK, "masked", False),
        (Verb.UNMASK, "masked-runtime", True),
        (Verb.UNMASK, "disabled", False),
    ],
)
def test_a_verb_that_would_change_nothing_is_not_done_and_not_managed(wanted, state, is_done):
    actions = planned([verb(wanted)], units={"a.service": UnitState(state)})
    steps = (ActionStep(verb(wanted), KEY),) if is_done else ()
    assert (actions.after, actions.verbs) == (steps, frozenset(step.action for step in steps))


def test_where_systemd_cannot_be_asked_the_recorded_verbs_count():
    enabled = verb(Verb.ENABLE)
    assert planned([enabled]).after == (ActionStep(enabled, KEY),)
    assert planned([enabled], remembered=Managed(verbs=frozenset({enabled}))).after == ()


def test_a_verb_that_the_document_no_longer_names_is_withdrawn_before_the_files():
    remembered = Managed(verbs=frozenset({verb(Verb.ENABLE)}))
    assert planned(remembered=remembered) == Actions(
        (ActionStep(verb(Verb.DISABLE), Cause.NO_LONGER_NAMED),), (), frozenset(), ""
    )
    assert planned(remembered=remembered, units={"a.service": UnitState("disabled")}).before == ()


def test_the_opposite_verb_is_not_managed_since_it_only_undoes_an_earlier_one():
    remembered = Managed(verbs=frozenset({verb(Verb.ENABLE)}))
    actions = planned([verb(Verb.DISABLE)], units={"a.service": UnitState("enabled")}, remembered=remembered)
    assert (actions.before, actions.after, actions.verbs) == ((), (ActionStep(verb(Verb.DISABLE), KEY),), frozenset())


def test_units_are_read_again_once_then_verbs_then_what_follows_from_files_then_commands():
    run = RunCommand(("true",), 5.0)
    steps = [
        (file_step("/etc/systemd/system/a.service"), (verb(Verb.RESTART),)),
        (file_step("/etc/systemd/system/b.service"), (verb(Verb.RESTART),)),
    ]
    after = planned([run, verb(Verb.ENABLE)], steps).after
    assert [step.action for step in after] == [RELOAD_UNITS, verb(Verb.ENABLE), verb(Verb.RESTART), run]


def test_a_unit_that_is_restarted_is_not_reloaded():
    steps = [(file_step(), (verb(Verb.RELOAD), verb(Verb.RESTART), verb(Verb.RELOAD, "b.service")))]
    assert [step.action for step in planned(changed=steps).after] == [
        verb(Verb.RESTART),
        verb(Verb.RELOAD, "b.service"),
    ]


def test_what_follows_from_a_removal_may_find_nothing_to_act_on():
    steps = [(file_step(after=Absent()), (verb(Verb.RESTART),))]
    assert planned(changed=steps).after == (ActionStep(verb(Verb.RESTART), KEY, is_way_back=True),)


def test_the_same_command_twice_runs_twice_and_not_again_for_the_same_occasion():
    run = RunCommand(("true",), 5.0)
    wanted = [WantedEffect(run, DocumentKey(("runcmd", position))) for position in (0, 1)]
    first = plan_actions(wanted, [], {}, Managed(), "now")
    assert [step.once for step in first.after] == [True, True]
    assert plan_actions(wanted, [], {}, Managed(ran_for=first.ran_for), "now").after == ()
    assert len(plan_actions(wanted, [], {}, Managed(ran_for=first.ran_for), "later").after) == 2


def test_undoing_mirrors_the_steps():
    disable = ActionStep(verb(Verb.DISABLE, "old.service"), Cause.NO_LONGER_NAMED)
    enable = ActionStep(verb(Verb.ENABLE), KEY)
    restart = ActionStep(verb(Verb.RESTART), KEY)
    command = ActionStep(RunCommand(("true",), 5.0), RUNCMD, once=True)
    power = ActionStep(PowerState(Power.REBOOT, 0.0), KEY)
    one, two = file_step("/etc/one"), file_step("/etc/two")
    steps = (disable, one, two, enable, restart, command, power)
    assert undo_steps(steps, len(steps)) == (
        ActionStep(verb(Verb.DISABLE), KEY),
        ("/etc/two", Absent()),
        ("/etc/one", Absent()),
        ActionStep(verb(Verb.ENABLE, "old.service"), Cause.NO_LONGER_NAMED),
        restart,
    )


def test_all_files_but_only_actions_that_were_begun_are_undone():
    steps = (file_step(), ActionStep(verb(Verb.MASK), KEY), ActionStep(verb(Verb.RESTART), KEY))
    assert undo_steps(steps, 0) == (("/etc/a", Absent()),)
    assert undo_steps(steps, 2) == (ActionStep(verb(Verb.UNMASK), KEY), ("/etc/a", Absent()))


def test_each_lasting_verb_has_an_opposite():
    for lasting in (Verb.ENABLE, Verb.DISABLE, Verb.MASK, Verb.UNMASK, Verb.START, Verb.STOP):
        assert back(back(verb(lasting))) == verb(lasting)
