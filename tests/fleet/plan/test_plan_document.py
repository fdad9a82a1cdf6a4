"""The document of a plan: what it may say, and which faults are named with line and key."""

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from kitting_plans import FILES, IMEI, PLAN, plan

from agent.errors import Code, Failure
from agent.host.program_files import folder
from fleet.plan.plan import ByList, ByOrder, ByTag, GroupRole
from fleet.plan.plan_document import Files, files_named, plan_of
from fleet.plan.plan_file import schemas


def refused(text, files=FILES):
    with pytest.raises(Failure) as caught:
        plan(text, files)
    assert caught.value.code is Code.PLAN_INVALID
    return caught.value.detail


def test_a_plan_has_sims_groups_and_handlers():
    found = plan()
    assert isinstance(found.source, ByList)
    first, second = found.source.sims
    assert (first.sim_id, first.tags, first.imei.digits) == (
        "8942310000000000001",
        {"name": "gw-1", "site": "東京"},
        IMEI,
    )
    assert (second.tags, second.imei) == ({"name": "gw-2", "site": "osaka"}, None)
    assert found.before.configuration["SoracomAir"]["metadata"] == {"enabled": True}
    assert found.after.configuration["SoracomAir"]["dnsServers"] == ["192.0.2.53", "192.0.2.54"]
    assert [one.role for one in found.handlers] == [GroupRole.AFTER, GroupRole.AFTER, GroupRole.BEFORE]


@pytest.mark.parametrize(
    ("line", "source"),
    [("order: OR1", ByOrder("OR1")), ("tag: {name: project, value: alpha}", ByTag("project", "alpha"))],
)
def test_the_sims_may_be_those_of_an_order_or_with_a_tag(line, source):
    assert plan(PLAN.replace("csv: sims.csv", line)).source == source


def test_the_files_beside_a_plan_are_named_by_it():
    assert set(files_named(PLAN)) == {"sims.csv", "secret", "userdata.yaml"}
    assert files_named("[") == ()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("csv: sims.csv", "csv: sims.csv, names: gw", "line 2, sims.names: takes a pattern"),
        ("csv: sims.csv", "csv: sims.csv, names: 'gw-{n.__class__}'", "line 2, sims.names: takes a pattern"),
        ("name: spring", "nam: spring", "line 1, nam: unknown key"),
        ("speed_class: s1.fast", "speed_class: quick", "line 2, sims.speed_class: takes a speed class"),
        (
            "csv: sims.csv",
            "tag: {name: project, value: beta}",
            "line 2, sims.tags.project: chooses the SIMs of this plan",
        ),
        ("csv: sims.csv", "csv: sims.csv, order: OR1", "takes one of order, csv and tag"),
        ("csv: sims.csv", "csv: other.csv", "names a file that cannot be read: other.csv"),
        ("{name: alpha-bench, userdata: userdata.yaml}", "{userdata: userdata.yaml}", "lacks name"),
        ("project: alpha", "kitting_state: done", "a tag name of letters"),
        ("suspend above", "explode above", "unknown action 'explode'"),
        ("a SIM comes to life", "the moon is full", "unknown event 'the moon is full'"),
        ("above 100 MB", "quickly", 'takes a sentence such as "… above 10 MB a day"'),
        ("  after: ", "  later: ", "unknown key"),
        ("[192.0.2.53, 192.0.2.54]", "[dns.example]", "takes an IPv4 address"),
        ("secret_file: secret", "secret_file: none", "names a file that cannot be read"),
        ("name: alpha-field", "name: alpha-bench", "is the same group as groups.before"),
    ],
    ids=lambda value: value[:20],
)
def test_a_fault_is_named_by_line_and_key(old, new, words):
    assert words in refused(PLAN.replace(old, new, 1))


def test_userdata_that_no_device_would_accept_is_refused_whatever_the_sims():
    wrong = Files({**FILES.contents, "userdata.yaml": b"hostnam: gw\n"})
    message = refused(PLAN.replace("csv: sims.csv", "tag: {name: a, value: b}"), wrong)
    assert "userdata.yaml: line 1" in message
    assert "hostname" in message


def test_a_configuration_above_the_platforms_limit_is_refused():
    large = Files({**FILES.contents, "userdata.yaml": b"# " + b"x" * 8200})
    assert "the platform takes 8192" in refused(PLAN, large)


@pytest.mark.parametrize("secret", ["short", 'has"quote--------', "日本語日本語日本語日本語日本語日本語"])
def test_a_secret_that_does_not_fit_into_a_header_is_refused(secret):
    assert "takes a secret" in refused(PLAN, Files({**FILES.contents, "secret": secret.encode()}))


def test_a_handler_in_the_apis_own_form_is_passed_on():
    own = {
        "name": "own",
        "ruleConfig": {"type": "SimExpiredRule", "properties": {"inactiveTimeoutDateConst": "NEVER"}},
        "actionConfigList": [{"type": "SuspendAction", "properties": {"executionDateTimeConst": "IMMEDIATELY"}}],
    }
    document = {**yaml.safe_load(PLAN), "handlers": [own]}
    (handler,) = plan(json.dumps(document)).handlers
    assert handler.body["ruleConfig"] == own["ruleConfig"]


@given(
    st.dictionaries(
        st.sampled_from(list(yaml.safe_load(PLAN))), st.none() | st.integers() | st.text() | st.lists(st.text())
    )
)
def test_any_other_document_is_refused_as_a_plan(instead):
    document = {**yaml.safe_load(PLAN), **instead}
    try:
        plan(json.dumps(document))
    except Failure as failure:
        message = failure.code
        assert message is Code.PLAN_INVALID


def test_the_example_is_a_valid_plan():
    place = folder() / "config" / "examples" / "desk"
    text = (place / "plan.yaml").read_text()
    contents = {name: (place / name).read_bytes() for name in files_named(text) if (place / name).exists()}
    found = plan_of(text, Files(contents), schemas())
    assert [sim.tags["serial"] for sim in found.source.sims] == ["RPI4-0001", "RPI4-0002"]
    assert len(found.handlers) == 3
