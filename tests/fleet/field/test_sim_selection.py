"""The SIMs that a command means."""

import pytest
from refusals import failure_of

from agent.errors import Code, Failure
from fleet.field.sim_selection import SimSelection, selected_sims, selection_of


def test_each_number_is_selected_once():
    assert selection_of(["1", "1"], None, "1\n2,x\n\nsimId\n") == SimSelection(("1", "2"))
    with pytest.raises(Failure):
        selection_of([], "=x", "")


def found(operator, *numbers, tag=None):
    return [sim.sim_id for sim in selected_sims(operator.api, selection_of(numbers, tag, ""))]


def test_sims_are_selected_by_sim_id_imsi_and_tag_each_once(operator):
    first, second, third = operator.platform.sims
    operator.platform.set_tag(second.imsi, "site", "tokyo")
    operator.platform.set_tag(third.imsi, "site", "tokyo")
    assert found(operator, first.imsi) == [first.sim_id]
    assert found(operator, third.sim_id, tag="site=tokyo") == [third.sim_id, second.sim_id]


def test_sim_ids_alone_need_no_list_of_all_sims(operator):
    assert found(operator, *operator.sim_ids) == operator.sim_ids
    assert "Sim:listSims" not in operator.asked()


def test_an_imsi_that_no_sim_has_is_named(operator):
    failure = failure_of(lambda: found(operator, "001019999999999"))
    assert (failure.code, "001019999999999" in failure.detail) == (Code.PLATFORM_NO_SUCH, True)


@pytest.mark.parametrize(
    ("numbers", "tag"), [((), None), (("abc",), None), ((), "site"), ((), "=tokyo"), (("1", "x"), "a=b")]
)
def test_a_selection_without_a_usable_number_or_tag_is_a_usage_error(numbers, tag):
    assert failure_of(lambda: selection_of(numbers, tag, "")).code is Code.USAGE
