"""From a plan to SIMs that are ready: at most one write for each thing that changes, and none twice."""

import json
from dataclasses import replace

import pytest
from an_operator import BENCH, Operator
from test_plan import FILES, PLAN

from agent.errors import Code, Failure
from fleet.cli import main
from fleet.commands.console import schemas
from fleet.plan.differences import ChangeSim
from fleet.plan.plan import Files, plan_of
from fleet.plan.preparing import look, make
from fleet.platform import calls
from fleet.platform.batch_jobs import MOST_TASKS
from simulator import faults
from simulator.api.account import Order


def plan_for(desk, text=PLAN, **more):
    rows = "".join(f"{sim_id},gw-{place},tokyo\n" for place, sim_id in enumerate(desk.sim_ids))
    contents = {**FILES.contents, "sims.csv": f"simId,name,site\n{rows}".encode(), **more}
    return plan_of(text, Files(contents), schemas())


def prepare(desk, plan):
    looked = look(desk.api, plan)
    return make(desk.api, looked, lambda *_: None)


@pytest.fixture
def desk():
    with Operator() as operator:
        yield operator


def test_everything_of_a_plan_is_there_afterwards(desk):
    assert prepare(desk, plan_for(desk)) == 0
    names = {group.name: group for group in desk.platform.groups}
    bench, field = names["alpha-bench"], names["alpha-field"]
    assert (bench.userdata, bench.enabled, bench.readonly) == ("hostname: '{{ tags.name }}'\n", True, False)
    assert (field.readonly, field.other_air["useCustomDns"]) == (True, True)
    for place, sim in enumerate(desk.platform.sims):
        assert (sim.group_id, sim.speed_class) == (bench.group_id, "s1.fast")
        assert {"name": f"gw-{place}", "site": "tokyo", "project": "alpha"}.items() <= sim.tags.items()
    assert [one["targetGroupId"] for one in desk.account.handlers.values()] == [
        field.group_id,
        field.group_id,
        bench.group_id,
    ]


def test_an_unchanged_plan_makes_no_write(desk):
    plan = plan_for(desk)
    prepare(desk, plan)
    desk.account.calls.clear()
    looked = look(desk.api, plan)
    assert (looked.writes, looked.changes) == (0, ())
    assert {call.method for call in desk.account.calls} == {"GET"}


def test_only_what_differs_is_written(desk):
    prepare(desk, plan_for(desk))
    desk.platform.set_tag(desk.platform.sims[1].imsi, "site", "elsewhere")
    desk.account.calls.clear()
    prepare(desk, plan_for(desk))
    assert desk.asked("PUT") == ["Sim:putSimTags"]
    assert desk.asked("POST") == []


def test_a_changed_userdata_is_one_write_for_each_group(desk):
    prepare(desk, plan_for(desk))
    desk.account.calls.clear()
    prepare(desk, plan_for(desk, **{"userdata.yaml": b"hostname: 'gw-{{ tags.site }}'\n"}))
    assert desk.asked("PUT") == ["Group:putConfigurationParameters"] * 2


def test_a_handler_that_the_plan_no_longer_names_goes_and_another_comes(desk):
    prepare(desk, plan_for(desk))
    desk.account.calls.clear()
    prepare(desk, plan_for(desk, PLAN.replace("above 100 MB", "above 200 MB")))
    assert desk.asked("POST") == ["EventHandler:createEventHandler"]
    assert desk.asked("DELETE") == ["EventHandler:deleteEventHandler"]


def test_somebody_elses_handlers_and_tags_are_left_alone(desk):
    body = {"name": "mine", "status": "active", "targetGroupId": BENCH, **plan_for(desk).handlers[0].body}
    calls.create_handler(desk.api, body)
    desk.platform.set_tag(desk.platform.sims[0].imsi, "owner", "somebody")
    prepare(desk, plan_for(desk))
    assert "mine" in [one["name"] for one in desk.account.handlers.values()]
    assert desk.platform.sims[0].tags["owner"] == "somebody"


def test_what_was_shipped_stays_shipped(desk):
    prepare(desk, plan_for(desk))
    field = next(group for group in desk.platform.groups if group.name == "alpha-field")
    desk.platform.set_group(desk.platform.sims[0].imsi, field.group_id)
    assert look(desk.api, plan_for(desk)).writes == 0


def test_a_userdata_that_does_not_fit_one_sim_is_found_before_anything_is_sent(desk):
    looked = look(desk.api, plan_for(desk, **{"userdata.yaml": b"hostname: '{{ tags.room }}'\n"}))
    assert len(looked.unfit) == 2 * len(desk.sim_ids)
    assert "tags.room" in looked.unfit[0].why


def test_a_sim_of_somebody_else_is_named(desk):
    looked = look(desk.api, plan_for(desk, **{"sims.csv": b"simId\n8942310000000009999\n"}))
    assert looked.missing == ("8942310000000009999",)


def test_two_groups_of_one_name_are_told_apart_by_id(desk):
    for _ in range(2):
        calls.create_group(desk.api, "alpha-bench", {})
    with pytest.raises(Failure) as caught:
        look(desk.api, plan_for(desk))
    assert "say which by id" in caught.value.detail
    one = desk.platform.groups[-1].group_id
    assert look(desk.api, plan_for(desk, PLAN.replace("alpha-bench,", f"alpha-bench, id: {one},")))


def test_an_order_is_set_before_it_is_taken_over_and_its_sims_need_no_write(desk):
    desk.account.orders["OR1"] = Order("OR1", sim_ids=list(desk.sim_ids))
    text = PLAN.replace("csv: sims.csv", "order: OR1, subscription: plan01s")
    assert prepare(desk, plan_for(desk, text, **ANY)) == 0
    assert not [one for one in desk.asked() if one in {"Sim:putSimTags", "Sim:setSimGroup", "Sim:updateSimSpeedClass"}]
    assert {sim.tags["project"] for sim in desk.platform.sims} == {"alpha"}
    assert desk.account.orders["OR1"].registered
    assert look(desk.api, plan_for(desk, text, **ANY)).writes == 0


def test_an_orders_sims_that_the_userdata_would_not_do_for_are_not_changed(desk):
    desk.account.orders["OR1"] = Order("OR1", sim_ids=list(desk.sim_ids))
    looked = replace(look(desk.api, plan_for(desk, PLAN.replace("csv: sims.csv", "order: OR1"))), unfit=())
    with pytest.raises(Failure) as caught:
        make(desk.api, looked, lambda *_: None)
    assert caught.value.code is Code.PLAN_INVALID
    assert desk.asked("PUT") == []


def test_what_a_group_holds_already_counts_towards_its_limit(desk):
    desk.platform.change_group(BENCH, other_configuration={"SoracomBeam": {"x": "y" * 8000}})
    with pytest.raises(Failure) as caught:
        look(
            desk.api,
            plan_for(desk, PLAN.replace("alpha-bench", "bench"), **{"userdata.yaml": b"hostname: gw\n# " + b"x" * 300}),
        )
    assert "holds already" in caught.value.detail


def test_what_was_done_is_noted_even_where_the_job_afterwards_cannot_be_had(desk):
    desk.server.faults.add(faults.ServerError(403), path="/v1/batch_groups")
    noted = []
    with pytest.raises(Failure):
        make(desk.api, look(desk.api, plan_for(desk)), lambda change, _: noted.append(change), batch_from=1)
    assert len([change for change in noted if isinstance(change, ChangeSim)]) == len(desk.sim_ids)


def test_sims_with_a_tag_are_found_and_never_by_the_search_index(desk):
    desk.platform.set_tag(desk.platform.sims[2].imsi, "batch", "7")
    text = PLAN.replace("csv: sims.csv", "tag: {name: batch, value: '7'}")
    assert look(desk.api, plan_for(desk, text)).seen == 1
    assert "Query:searchSims" not in desk.asked()


def test_one_sim_that_fails_stops_no_other_and_the_next_run_does_the_rest(desk):
    broken = desk.sim_ids[1]
    desk.server.faults.add(faults.ServerError(500), path=f"/v1/sims/{broken}/tags", times=4)
    assert prepare(desk, plan_for(desk)) == 1
    desk.account.calls.clear()
    assert prepare(desk, plan_for(desk)) == 0
    assert desk.asked("PUT") == ["Sim:putSimTags"]


ANY = {"userdata.yaml": b"timezone: Asia/Tokyo\n"}
"""For SIMs without tags."""
MANY = 1_000_000
"""So that each SIM is a request of its own, which can be killed in between."""


class Killed(Exception):
    """The process ends here."""


def test_hundreds_of_sims_killed_at_random_and_run_again_converge_with_no_write_twice(chance):
    """A kill leaves up to eight requests under way; six pages of SIMs and five kills meet every kind of place."""
    sims, kills = 600, 5
    with Operator(sims=sims, group_id=BENCH) as desk:
        plan = plan_for(desk, PLAN.replace(", speed_class: s1.fast", "").replace("alpha-bench", "bench"))
        for _ in range(kills):
            left = iter(range(chance.randrange(5, sims // kills - 20)))

            def note(*_, left=left):
                if next(left, None) is None:
                    raise Killed

            with pytest.raises(Killed):
                make(desk.api, look(desk.api, plan), note, batch_from=MANY)
        assert make(desk.api, look(desk.api, plan), lambda *_: None, batch_from=MANY) == 0
        writes = [call for call in desk.account.calls if call.method != "GET" and call.operation != "Auth:auth"]
        tagged = [call.path for call in writes if call.operation == "Sim:putSimTags"]
        assert len(tagged) == len(set(tagged)) == sims
        assert len(writes) == sims + 2 + 3, "two groups, three handlers"
        desk.account.calls.clear()
        assert look(desk.api, plan).writes == 0
        assert len(desk.asked()) == sims // 100 + 2, "pages of SIMs, the groups, the handlers"


def test_more_sims_than_a_job_takes_are_a_few_requests_where_the_platform_does_the_work():
    with Operator(sims=MOST_TASKS + 50) as desk:
        desk.account.tasks_per_request = MOST_TASKS
        rows = "\n".join(("simId", *desk.sim_ids)).encode()
        text = PLAN.replace(", tags: {project: alpha}, speed_class: s1.fast", "").replace("tags.name", "tags.x")
        userdata = {"sims.csv": rows, "userdata.yaml": b"timezone: Asia/Tokyo\n"}
        plan = plan_for(desk, text, **userdata)
        assert make(desk.api, look(desk.api, plan), lambda *_: None, pause=lambda _: None) == 0
        assert look(desk.api, plan).writes == 0
        writes = [call for call in desk.account.calls if call.method != "GET" and call.operation != "Auth:auth"]
        assert len(writes) == 2 + 3 + 1 + 2, "two groups, three handlers, two jobs and their folder"


def test_the_command_shows_asks_does_and_writes_down(desk, tmp_path, monkeypatch, capsys):
    key_id, secret = next(iter(desk.account.root().auth_keys.items()))
    monkeypatch.setenv("SORACOM_AUTH_KEY_ID", key_id)
    monkeypatch.setenv("SORACOM_AUTH_KEY", secret)
    monkeypatch.setenv("SORACOM_ENDPOINT", desk.server.url)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    rows = "".join(f"{sim_id},gw\n" for sim_id in desk.sim_ids)
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
    assert not [call for call in desk.account.calls if call.method == "PUT"]
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
