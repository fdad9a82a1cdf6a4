"""The result of a pass, for people and for programs."""

from dataclasses import replace

from scripted_edges import World

from agent.commands.display.pass_result import pass_lines, pass_values
from agent.errors import Code, Failure


def test_programs_get_the_whole_pass():
    world = World()
    values = pass_values(world.run())
    assert (values["state"], values["event"], values["failure"]) == ("provisioned", "confirmed", None)
    assert values["configuration"] == world.orders[0].digest[:12]
    assert (values["binding"]["verdict"], values["outcome"]["result"]) == ("match", "committed")
    assert values["tags"] == world.sent[0]


def test_programs_get_null_for_what_a_pass_did_not_reach():
    values = pass_values(World(subscriber=Failure(Code.METADATA_TIMEOUT, "gone")).run())
    assert [values[name] for name in ("subscriber", "binding", "configuration", "outcome")] == [None] * 4
    assert values["failure"]["code"] == "metadata.timeout"


def test_people_see_the_state_and_what_to_do_about_each_fault():
    result = World(subscriber=Failure(Code.METADATA_TIMEOUT, "gone")).run()
    with_notice = replace(result, notices=(Failure(Code.MODEM_SILENT, "no answer"),))
    assert list(pass_lines(with_notice)) == [
        "ended     new",
        f"{'':<9} metadata.timeout: gone",
        f"{'':<9} → {Code.METADATA_TIMEOUT.advice}",
        f"{'':<9} modem.silent: no answer",
        f"{'':<9} → {Code.MODEM_SILENT.advice}",
    ]
    assert list(pass_lines(World().run())) == ["done      provisioned"]
