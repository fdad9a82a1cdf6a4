"""From a plan to SIMs that are ready: at most one write for each thing that changes, and none twice."""

import json
from dataclasses import replace

import pytest
from simulated_operator import BENCH, SimulatedOperator
from test_plan import FILES, PLAN

from agent.errors import Code, Failure
from fleet.cli import main
from fleet.commands.console import schemas
from fleet.plan.differences import ChangeSim
from fleet.plan.plan import Files, plan_of
from fleet.plan.preparing import look, make
from fleet.platform.batch_jobs import MOST_TASKS
from fleet.platform.calls import event_handler_calls, group_calls
from simulator import faults
from simulator.api.account import Order


def plan_for(operator, text=PLAN, **more):
    rows = "".join(f"{sim_id},gw-{place},tokyo\n" for place, sim_id in enumerate(operator.sim_ids))
    contents = {**FILES.contents, "sims.csv": f"simId,name,site\n{rows}".encode(), **more}
    return plan_of(text, Files(contents), schemas())


def prepare(operator, plan):
    looked = look(operator.api, plan)
    return make(operator.api, looked, lambda *_: None)


@pytest.fixture
def operator():
    with SimulatedOperator() as operator:
        yield operator


def test_everything_of_a_plan_is_there_afterwards(operator):
    assert prepare(operator, plan_for(operator)) == 0
    names = {group.name: group for group in operator.platform.groups}
    bench, field = names["alpha-bench"], names["alpha-field"]
    assert (bench.userdata, bench.enabled, bench.readonly) == ("hostname: '{{ tags.name }}'\n", True, False)
    assert (field.readonly, field.other_air["useCustomDns"]) == (True, True)
    for place, sim in enumerate(operator.platform.sims):
        assert (sim.group_id, sim.speed_class) == (bench.group_id, "s1.fast")
        assert {"name": f"gw-{place}", "site": "tokyo", "project": "alpha"}.items() <= sim.tags.items()
    assert [one["targetGroupId"] for one in operator.account.handlers.values()] == [
        field.group_id,
        field.group_id,
        bench.group_id,
    ]


def test_an_unchanged_plan_makes_no_write(operator):
    plan = plan_for(operator)
    prepare(operator, plan)
    operator.account.calls.clear()
    looked = look(operator.api, plan)
    assert (looked.writes, looked.changes) == (0, ())
    assert {call.method for call in operator.account.calls} == {"GET"}


def test_only_what_differs_is_written(operator):
    prepare(operator, plan_for(operator))
    operator.platform.set_tag(operator.platform.sims[1].imsi, "site", "elsewhere")
    operator.account.calls.clear()
    prepare(operator, plan_for(operator))
    assert operator.asked("PUT") == ["Sim:putSimTags"]
    assert operator.asked("POST") == []


def test_a_changed_userdata_is_one_write_for_each_group(operator):
    prepare(operator, plan_for(operator))
    operator.account.calls.clear()
    prepare(operator, plan_for(operator, **{"userdata.yaml": b"hostname: 'gw-{{ tags.site }}'\n"}))
    assert operator.asked("PUT") == ["Group:putConfigurationParameters"] * 2


def test_a_handler_that_the_plan_no_longer_names_goes_and_another_comes(operator):
    prepare(operator, plan_for(operator))
    operator.account.calls.clear()
    prepare(operator, plan_for(operator, PLAN.replace("above 100 MB", "above 200 MB")))
    assert operator.asked("POST") == ["EventHandler:createEventHandler"]
    assert operator.asked("DELETE") == ["EventHandler:deleteEventHandler"]


def test_somebody_elses_handlers_and_tags_are_left_alone(operator):
    body = {"name": "mine", "status": "active", "targetGroupId": BENCH, **plan_for(operator).handlers[0].body}
    event_handler_calls.create_handler(operator.api, body)
    operator.platform.set_tag(operator.platform.sims[0].imsi, "owner", "somebody")
    prepare(operator, plan_for(operator))
    assert "mine" in [one["name"] for one in operator.account.handlers.values()]
    assert operator.platform.sims[0].tags["owner"] == "somebody"


def test_what_was_shipped_stays_shipped(operator):
    prepare(operator, plan_for(operator))
    field = next(group for group in operator.platform.groups if group.name == "alpha-field")
    operator.platform.set_group(operator.platform.sims[0].imsi, field.group_id)
    assert look(operator.api, plan_for(operator)).writes == 0


def test_a_userdata_that_does_not_fit_one_sim_is_found_before_anything_is_sent(operator):
    looked = look(operator.api, plan_for(operator, **{"userdata.yaml": b"hostname: '{{ tags.room }}'\n"}))
    assert len(looked.unfit) == 2 * len(operator.sim_ids)
    assert "tags.room" in looked.unfit[0].why


def test_a_sim_of_somebody_else_is_named(operator):
    looked = look(operator.api, plan_for(operator, **{"sims.csv": b"simId\n8942310000000009999\n"}))
    assert looked.missing == ("8942310000000009999",)


def test_two_groups_of_one_name_are_told_apart_by_id(operator):
    for _ in range(2):
        group_calls.create_group(operator.api, "alpha-bench", {})
    with pytest.raises(Failure) as caught:
        look(operator.api, plan_for(operator))
    assert "say which by id" in caught.value.detail
    one = operator.platform.groups[-1].group_id
    assert look(operator.api, plan_for(operator, PLAN.replace("alpha-bench,", f"alpha-bench, id: {one},")))


def test_an_order_is_set_before_it_is_taken_over_and_its_sims_need_no_write(operator):
    operator.account.orders["OR1"] = Order("OR1", sim_ids=list(operator.sim_ids))
    text = PLAN.replace("csv: sims.csv", "order: OR1, subscription: plan01s")
    assert prepare(operator, plan_for(operator, text, **ANY)) == 0
    assert not [
        one for one in operator.asked() if one in {"Sim:putSimTags", "Sim:setSimGroup", "Sim:updateSimSpeedClass"}
    ]
    assert {sim.tags["project"] for sim in operator.platform.sims} == {"alpha"}
    assert operator.account.orders["OR1"].registered
    assert look(operator.api, plan_for(operator, text, **ANY)).writes == 0


def test_an_orders_sims_that_the_userdata_would_not_do_for_are_not_changed(operator):
    operator.account.orders["OR1"] = Order("OR1", sim_ids=list(operator.sim_ids))
    looked = replace(look(operator.api, plan_for(operator, PLAN.replace("csv: sims.csv", "order: OR1"))), unfit=())
    with pytest.raises(Failure) as caught:
        make(operator.api, looked, lambda *_: None)
    assert caught.value.code is Code.PLAN_INVALID
    assert operator.asked("PUT") == []


def test_what_a_group_holds_already_counts_towards_its_limit(operator):
    operator.platform.change_group(BENCH, other_configuration={"SoracomBeam": {"x": "y" * 8000}})
    with pytest.raises(Failure) as caught:
        look(
            operator.api,
            plan_for(
                operator, PLAN.replace("alpha-bench", "bench"), **{"userdata.yaml": b"hostname: gw\n# " + b"x" * 300}
            ),
        )
    assert "holds already" in caught.value.detail


def test_what_was_done_is_noted_even_where_the_job_afterwards_cannot_be_had(operator):
    operator.server.faults.add(faults.ServerError(403), path="/v1/batch_groups")
    noted = []
    with pytest.raises(Failure):
        make(operator.api, look(operator.api, plan_for(operator)), lambda change, _: noted.append(change), batch_from=1)
    assert len([change for change in noted if isinstance(change, ChangeSim)]) == len(operator.sim_ids)


def test_sims_with_a_tag_are_found_and_never_by_the_search_index(operator):
    operator.platform.set_tag(operator.platform.sims[2].imsi, "batch", "7")
    text = PLAN.replace("csv: sims.csv", "tag: {name: batch, value: '7'}")
    assert look(operator.api, plan_for(operator, text)).seen == 1
    assert "Query:searchSims" not in operator.asked()


def test_one_sim_that_fails_stops_no_other_and_the_next_run_does_the_rest(operator):
    broken = operator.sim_ids[1]
    operator.server.faults.add(faults.ServerError(500), path=f"/v1/sims/{broken}/tags", times=4)
    assert prepare(operator, plan_for(operator)) == 1
    operator.account.calls.clear()
    assert prepare(operator, plan_for(operator)) == 0
    assert operator.asked("PUT") == ["Sim:putSimTags"]


ANY = {"userdata.yaml": b"timezone: Asia/Tokyo\n"}
"""For SIMs without tags."""
MANY = 1_000_000
"""So that each SIM is a request of its own, which can be killed in between."""


class Killed(Exception):
    """The process ends here."""


def test_hundreds_of_sims_killed_at_random_and_run_again_converge_with_no_write_twice(chance):
    """A kill leaves up to eight requests under way; six pages of SIMs and five kills meet every kind of place."""
    sims, kills = 600, 5
    with SimulatedOperator(sims=sims, group_id=BENCH) as operator:
        plan = plan_for(operator, PLAN.replace(", speed_class: s1.fast", "").replace("alpha-bench", "bench"))
        for _ in range(kills):
            left = iter(range(chance.randrange(5, sims // kills - 20)))

            def note(*_, left=left):
                if next(left, None) is None:
                    raise Killed

            with pytest.raises(Killed):
                make(operator.api, look(operator.api, plan), note, batch_from=MANY)
        assert make(operator.api, look(operator.api, plan), lambda *_: None, batch_from=MANY) == 0
        writes = [call for call in operator.account.calls if call.method != "GET" and call.operation != "Auth:auth"]
        tagged = [call.path for call in writes if call.operation == "Sim:putSimTags"]
        assert len(tagged) == len(set(tagged)) == sims
        assert len(writes) == sims + 2 + 3, "two groups, three handlers"
        operator.account.calls.clear()
        assert look(operator.api, plan).writes == 0
        assert len(operator.asked()) == sims // 100 + 2, "pages of SIMs, the groups, the handlers"


def test_more_sims_than_a_job_takes_are_a_few_requests_where_the_platform_does_the_work():
    with SimulatedOperator(sims=MOST_TASKS + 50) as operator:
        operator.account.tasks_per_request = MOST_TASKS
        rows = "\n".join(("simId", *operator.sim_ids)).encode()
        text = PLAN.replace(", tags: {project: alpha}, speed_class: s1.fast", "").replace("tags.name", "tags.x")
        userdata = {"sims.csv": rows, "userdata.yaml": b"timezone: Asia/Tokyo\n"}
        plan = plan_for(operator, text, **userdata)
        assert make(operator.api, look(operator.api, plan), lambda *_: None, pause=lambda _: None) == 0
        assert look(operator.api, plan).writes == 0
        writes = [call for call in operator.account.calls if call.method != "GET" and call.operation != "Auth:auth"]
        assert len(writes) == 2 + 3 + 1 + 2, "two groups, three handlers, two jobs and their folder"


def test_the_command_shows_asks_does_and_writes_down(operator, tmp_path, monkeypatch, capsys):
    key_id, secret = next(iter(operator.account.root().auth_keys.items()))
    monkeypatch.setenv("SORACOM_AUTH_KEY_ID", key_id)
    monkeypatch.setenv("SORACOM_AUTH_KEY", secret)
    monkeypatch.setenv("SORACOM_ENDPOINT", operator.server.url)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    rows = "".join(f"{sim_id},gw\n" for sim_id in operator.sim_ids)
    for name, content in {
        **FILES.contents,
        "sims.csv": f"simId,name\n{rows}".encode(),
        "plan.yaml": PLAN.encode(),
    }.items():
        (tmp_path / name).write_bytes(content)
    words = ["prepare", str(tmp_path / "plan.yaml")]
    assert main([*words, "--dry-run"]) == 0
    shown = capsys.readouterr().out
    assert "+ group alpha-bench" in shown
    assert "read-only: its devices cannot unlock themselves, nor report" in shown
    assert not [call for call in operator.account.calls if call.method == "PUT"]
    assert main(words) != 0, "nobody is here to ask"
    assert main([*words, "--yes"]) == 0
    record = [json.loads(line) for line in (tmp_path / "plan.record.jsonl").read_text().splitlines()]
    assert len([one for one in record if one["change"] == "ChangeSim"]) == 3
    assert "0123456789abcdef" not in (tmp_path / "plan.record.jsonl").read_text()
    capsys.readouterr()
    assert main([*words, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["changes"] == []
    (tmp_path / "sims.csv").write_text("simId\n8942310000000009999\n")
    assert main([*words, "--yes"]) == Code.PREPARE_INCOMPLETE.exit_code
    (tmp_path / "plan.yaml").write_text("name: [")
    assert main(words) == Code.PLAN_INVALID.exit_code
