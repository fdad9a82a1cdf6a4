"""The SIMs that a command means."""

import pytest
from refusals import failure_of

from agent.errors import Code
from fleet.field.named_sims import read_list
from fleet.field.sim_selection import one_selected, selected_sims, selection_of
from fleet.field.stopping import suspend_sim
from fleet.plan.spreadsheet import ROUNDED
from simulator import faults


def found(operator, *words, tag=None):
    return list(selected_sims(operator.api, selection_of(words, tag)).sims)


def test_sims_are_selected_by_sim_id_imsi_and_tag_each_once(operator):
    first, second, third = operator.platform.sims
    operator.platform.set_tag(second.imsi, "site", "tokyo")
    operator.platform.set_tag(third.imsi, "site", "tokyo")
    assert found(operator, first.imsi) == [first.sim_id]
    assert found(operator, third.sim_id, tag="site=tokyo") == [third.sim_id, second.sim_id]


def test_sim_ids_alone_need_no_list_of_all_sims(operator):
    assert found(operator, *operator.sim_ids) == operator.sim_ids
    assert "Sim:listSims" not in operator.asked()


@pytest.mark.parametrize(
    "number_of",
    [
        lambda sim: sim.sim_id,
        lambda sim: sim.imsi,
        lambda sim: sim.iccid,
        lambda sim: f"42{sim.imsi[-13:]}",
        lambda sim: sim.tags["name"],
        lambda sim: sim.tags["serial"],
        lambda sim: sim.tags["desk_serial"],
        lambda sim: sim.imei,
        lambda sim: f"{sim.sim_id[:4]}-{sim.sim_id[4:]}",
    ],
    ids=[
        "SIM id",
        "IMSI",
        "ICCID",
        "MSISDN",
        "name",
        "serial of the plan",
        "serial of the desk",
        "IMEI",
        "with dashes",
    ],
)
def test_a_sim_is_known_by_each_of_its_numbers_and_by_its_name(operator, number_of):
    sim = operator.platform.sims[1]
    operator.platform.set_tags(sim.imsi, {"name": "東京, 第2", "serial": "RPI-7", "desk_serial": "RPI-8"})
    operator.platform.connect(sim.imsi)
    assert found(operator, number_of(operator.platform.sim(sim.imsi))) == [sim.sim_id]


def test_stopping_one_sim_takes_three_calls_however_many_there_are(operator):
    sim = operator.platform.sims[0]
    for text in (sim.imsi, sim.sim_id):
        operator.platform.set_status(sim.imsi, "active")
        before = len(operator.asked())
        suspend_sim(operator.api, one_selected(operator.api, text))
        assert len(operator.asked()) - before <= 3


def test_a_sim_that_the_index_does_not_know_yet_is_found_among_all(operator):
    sim = operator.platform.sims[2]
    operator.account.index.lags = True
    operator.platform.set_tag(sim.imsi, "name", "fresh")
    assert found(operator, "fresh") == [sim.sim_id]


def test_a_name_that_two_sims_have_means_neither_of_them(operator):
    for sim in operator.platform.sims[:2]:
        operator.platform.set_tag(sim.imsi, "name", "twin")
    selected = selected_sims(operator.api, selection_of(["twin", operator.sim_ids[2]], None))
    assert list(selected.sims) == [operator.sim_ids[2]]
    assert [(one.text, "2 SIMs" in one.why) for one in selected.unknown] == [("twin", True)]
    assert failure_of(lambda: one_selected(operator.api, "twin")).code is Code.PLATFORM_NO_SUCH


def test_what_no_sim_has_is_unknown_and_the_others_are_found(operator):
    selected = selected_sims(operator.api, selection_of(["001019999999999", operator.sim_ids[0]], "site=tokio"))
    assert list(selected.sims) == [operator.sim_ids[0]]
    assert {one.text for one in selected.unknown} == {"001019999999999", "site=tokio"}


def test_a_name_that_the_platform_does_not_look_up_holds_no_other_back(operator):
    broken, other = operator.sim_ids[:2]
    operator.server.faults.add(faults.ServerError(403), path=f"/v1/sims/{broken}")
    selected = selected_sims(operator.api, selection_of([broken, other], None))
    assert (list(selected.sims), [one.text for one in selected.not_looked_up]) == ([other], [broken])
    assert failure_of(lambda: one_selected(operator.api, broken)).code is Code.PLATFORM_FORBIDDEN


def test_each_line_that_names_a_sim_again_or_a_rounded_number_is_accounted_for(operator):
    sim = operator.platform.sims[0]
    listed = read_list(f"{sim.sim_id}\n{sim.imsi}\n8981000000000000000\n8981000000000000000\n".encode())
    selected = selected_sims(operator.api, selection_of([], None, listed))
    assert [(sim_id, one.line, one.why) for sim_id, one in selected.repeated] == [
        (sim.sim_id, 2, "the same SIM as line 1")
    ]
    assert [(one.line, ROUNDED in one.why) for one in selected.unknown] == [(3, True), (4, True)]


@pytest.mark.parametrize(("words", "tag"), [((), None), ((), "site"), ((), "=tokyo")])
def test_a_selection_that_names_nothing_is_a_usage_error(words, tag):
    assert failure_of(lambda: selection_of(words, tag)).code is Code.USAGE
