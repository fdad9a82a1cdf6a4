import pytest

from simulator.model_files import model_names
from simulator.scenario import counted, parse
from simulator.soracom import Group, Sim
from simulator.switches import Switches

EXAMPLE = """
[switches]
userdata_unset = "empty"
read_only_status = 405
field_newline = true

[[group]]
id = "bench"
readonly = true
userdata = "hostname: gw"

[[sim]]
imsi = "001010000000001"
imei = "490154203237518"
group = "bench"
tags = { name = "gateway-01" }
modem = "quectel-ec25"

[[sim]]
imsi = "001010000000002"
"""


def test_a_scenario_is_read_from_toml():
    scenario = parse(EXAMPLE, model_names())
    assert scenario.groups == (Group("bench", readonly=True, userdata="hostname: gw"),)
    assert scenario.sims == (
        Sim("001010000000001", imei="490154203237518", group_id="bench", tags={"name": "gateway-01"}),
        Sim("001010000000002"),
    )
    assert scenario.models == {"001010000000001": "quectel-ec25", "001010000000002": "generic"}
    assert scenario.switches == Switches(userdata_unset="empty", read_only_status=405, field_newline=True)


def test_so_many_sims_share_a_group():
    scenario = counted(3, "x: 1")
    assert [sim.imsi for sim in scenario.sims] == ["001010000000001", "001010000000002", "001010000000003"]
    assert len({sim.imei for sim in scenario.sims}) == 3
    assert {sim.group_id for sim in scenario.sims} == {scenario.groups[0].group_id}
    assert scenario.groups[0].userdata == "x: 1"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[sim]", "line 1"),
        ("[sims]", "no section 'sims'"),
        ("sim = 1", "sim is a list of tables"),
        ("switches = 1", "switches is a table"),
        ("[switches]\nnull_leaf = 1", "null_leaf is 404 or null or empty, not '1'"),
        ("[[sim]]", "sim 1: imsi is a text"),
        ("[[sim]]\nimsi = 1", "sim 1: imsi is a text"),
        ('[[sim]]\nimsi = "x"', "sim 1: an IMSI is digits"),
        ('[[sim]]\nimsi = "1"\ncolour = "red"', "sim 1: there is no 'colour'"),
        ('[[sim]]\nimsi = "1"\nimei = 490154203237518', "sim 1: imei is of type str"),
        ('[[sim]]\nimsi = "1"\ntags = { a = 1 }', "sim 1: the tag a is a text"),
        ('[[sim]]\nimsi = "1"\nmodem = "abacus"', "no modem model 'abacus'"),
        ('[[sim]]\nimsi = "1"\ngroup = "elsewhere"', "no group elsewhere"),
        ('[[sim]]\nimsi = "1"\n[[sim]]\nimsi = "1"', "there is a SIM 1 already"),
        ('[[group]]\nid = "g"\nreadonly = "yes"', "group 1: readonly is of type bool"),
        ('[[group]]\nid = ""', "group 1: id is a text"),
    ],
)
def test_what_is_wrong_in_a_scenario_is_named(text, message):
    with pytest.raises(ValueError, match=message.replace("[", r"\[")):
        parse(text, model_names())
