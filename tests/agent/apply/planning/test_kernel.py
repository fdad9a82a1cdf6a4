"""Kernel parameters are set, set back, and left where somebody else changed them."""

import pytest

from agent.apply.planning.actions import undo_steps
from agent.apply.planning.kernel import plan_kernel, same_value
from agent.apply.planning.steps import ActionStep, Managed, ManagedParameter
from agent.effects import KernelValues, WantedEffect
from agent.handover.order import Change
from agent.reasons import Cause, DocumentKey

KEY, TTL = DocumentKey(("sysctl",)), "net.ipv4.ip_default_ttl"


def planned(values=(), seen=None, kernel=None):
    wanted = [WantedEffect(KernelValues(tuple(values)), KEY)]
    return plan_kernel(wanted, seen or {}, Managed(kernel=kernel or {}))


def test_a_value_that_differs_is_set_and_undoing_sets_the_value_before():
    plan = planned([(TTL, "65")], {TTL: "64"})
    assert plan.steps == (ActionStep(KernelValues(((TTL, "65"),), ((TTL, "64"),)), KEY),)
    assert plan.managed == {TTL: ManagedParameter("65", "64")}
    assert undo_steps(plan.steps, 1) == (ActionStep(KernelValues(((TTL, "64"),), ((TTL, "65"),)), KEY),)
    assert undo_steps(plan.steps, 0) == ()


def test_a_value_that_is_so_already_is_neither_set_nor_managed():
    plan = planned([(TTL, "64")], {TTL: "64"})
    assert (plan.steps, plan.managed) == ((), {})


def test_the_value_before_the_agent_came_is_kept_over_several_configurations():
    plan = planned([(TTL, "70")], {TTL: "65"}, {TTL: ManagedParameter("65", "64")})
    assert plan.managed == {TTL: ManagedParameter("70", "64")}


def test_a_parameter_that_the_document_no_longer_names_is_set_back():
    plan = planned([], {TTL: "65"}, {TTL: ManagedParameter("65", "64")})
    assert plan.steps == (ActionStep(KernelValues(((TTL, "64"),), ((TTL, "65"),)), Cause.NO_LONGER_NAMED),)
    assert plan.managed == {}


@pytest.mark.parametrize(
    ("now", "notes"),
    [("99", (Change("left", TTL, Cause.CHANGED_SINCE),)), ("64", ()), (None, ())],
    ids=["changed", "back already", "gone"],
)
def test_a_parameter_that_is_not_as_the_agent_left_it_is_left(now, notes):
    plan = planned([], {TTL: now}, {TTL: ManagedParameter("65", "64")})
    assert (plan.steps, plan.notes) == ((), notes)


def test_a_parameter_that_this_kernel_does_not_have_is_noted():
    plan = planned([("no.such", "1")], {"no.such": None})
    assert (plan.steps, plan.notes) == ((), (Change("left", "no.such", Cause.NO_SUCH_PARAMETER),))


def test_where_the_kernel_cannot_be_read_a_value_is_set_once():
    plan = planned([(TTL, "65")])
    assert plan.steps == (ActionStep(KernelValues(((TTL, "65"),)), KEY),)
    assert planned([(TTL, "65")], kernel=plan.managed).steps == ()


def test_numbers_of_a_list_are_separated_by_anything():
    assert same_value("4096\t87380\t6291456\n", "4096 87380 6291456")
    assert not same_value("1", "10")
