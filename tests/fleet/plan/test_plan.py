"""The kitting plan: what it may say, and what is said of one that is wrong."""

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import Code, Failure
from agent.host.program_files import folder
from fleet.commands.console import schemas
from fleet.plan.handler_sentences import Hook, NotSaid, said
from fleet.plan.plan import ByList, ByOrder, ByTag, Files, files_named, plan_of
from simulator.api.handlers import checked

IMEI = "490154203237518"
CSV = f"simId,name,site,imei\n8942310000000000001,gw-1,東京,{IMEI}\n8942310000000000002,gw-2,osaka,\n"
FILES = Files(
    {"sims.csv": CSV.encode(), "userdata.yaml": b"hostname: '{{ tags.name }}'\n", "secret": b"0123456789abcdef\n"}
)
PLAN = """\
name: spring
sims: {csv: sims.csv, tags: {project: alpha}, speed_class: s1.fast}
groups:
  before: {name: alpha-bench, userdata: userdata.yaml}
  after: {name: alpha-field, userdata: userdata.yaml, readonly: true, dns: [192.0.2.53, 192.0.2.54]}
hook: {url: "https://kitting.example.com/hook", secret_file: secret}
handlers:
  - say: slow down above 10 MB a day
  - say: suspend above 100 MB
  - {say: tell the hook when a SIM comes to life, on: before}
"""


def plan(text=PLAN, files=FILES):
    return plan_of(text, files, schemas())


def refused(text, files=FILES):
    with pytest.raises(Failure) as caught:
        plan_of(text, files, schemas())
    assert caught.value.code is Code.PLAN_INVALID
    return caught.value.detail


def test_a_plan_says_which_sims_and_what_they_are_to_be():
    found = plan()
    assert isinstance(found.which, ByList)
    first, second = found.which.sims
    assert (first.sim_id, first.tags, first.imei.digits) == (
        "8942310000000000001",
        {"name": "gw-1", "site": "東京"},
        IMEI,
    )
    assert (second.tags, second.imei) == ({"name": "gw-2", "site": "osaka"}, None)
    assert found.before.configuration["SoracomAir"]["metadata"] == {"enabled": True, "readonly": False}
    assert found.after.configuration["SoracomAir"]["dnsServers"] == ["192.0.2.53", "192.0.2.54"]
    assert [one.on for one in found.handlers] == ["after", "after", "before"]


@pytest.mark.parametrize(
    ("way", "which"),
    [("order: OR1", ByOrder("OR1")), ("tag: {name: project, value: alpha}", ByTag("project", "alpha"))],
)
def test_sims_may_be_an_orders_or_those_with_a_tag(way, which):
    assert plan(PLAN.replace("csv: sims.csv", way)).which == which


def test_what_lies_beside_a_plan_is_named_by_it():
    assert set(files_named(PLAN)) == {"sims.csv", "secret", "userdata.yaml"}
    assert files_named("[") == ()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("name: spring", "nam: spring", "line 1, nam: unknown key"),
        ("speed_class: s1.fast", "speed_class: quick", "line 2, sims.speed_class: takes a speed class"),
        ("csv: sims.csv", "csv: sims.csv, order: OR1", "takes one of order, csv and tag"),
        ("csv: sims.csv", "csv: other.csv", "names a file that cannot be read: other.csv"),
        ("{name: alpha-bench, userdata: userdata.yaml}", "{userdata: userdata.yaml}", "lacks name"),
        ("project: alpha", "kitting_state: done", "a tag's name"),
        ("suspend above", "explode above", "not known how to do that: 'explode'"),
        ("a SIM comes to life", "the moon is full", "not known when that is"),
        ("above 100 MB", "quickly", 'say "… above 10 MB a day"'),
        ("  after: ", "  later: ", "unknown key"),
        ("[192.0.2.53, 192.0.2.54]", "[dns.example]", "takes an IPv4 address"),
        ("secret_file: secret", "secret_file: none", "names a file that cannot be read"),
        ("name: alpha-field", "name: alpha-bench", "is the group before shipment as well"),
    ],
    ids=lambda value: value[:20],
)
def test_what_is_wrong_is_named_by_line_and_key(old, new, words):
    assert words in refused(PLAN.replace(old, new, 1))


@pytest.mark.parametrize(
    ("csv", "words"),
    [
        ("", "has no SIMs"),
        ("simId,name\n", "has no SIMs"),
        ("name\ngw-1\n", "line 2: no simId and no imsi"),
        ("simId\nabc\n", "line 2: no simId"),
        ("simId,imei\n1,490154203237519\n", "check digit is wrong"),
        ("simId\n1\n1\n", "line 3: this SIM was named before"),
        ("simId,name\n1,a,b\n", "line 2: more values"),
        ("simId,kitting_state\n1,done\n", "kitting_state is not one that a plan may write"),
        ('simId,name\n1,"a\n', "line"),
        ("simId,\n1,a\n", "every column has a name"),
        ("simId,name,Name\n1,a,b\n", "no two the same"),
    ],
)
def test_what_is_wrong_with_a_list_is_named_by_its_line(csv, words):
    assert words in refused(PLAN, Files({**FILES.contents, "sims.csv": csv.encode()}))


def test_a_userdata_that_no_device_would_take_is_refused_whatever_the_sims():
    wrong = Files({**FILES.contents, "userdata.yaml": b"hostnam: gw\n"})
    told = refused(PLAN.replace("csv: sims.csv", "tag: {name: a, value: b}"), wrong)
    assert "userdata.yaml: line 1" in told
    assert "hostname" in told


def test_a_list_in_another_encoding_is_said_to_be_one():
    assert "UTF-8" in refused(PLAN, Files({**FILES.contents, "sims.csv": "simId,site\n1,東京\n".encode("shift-jis")}))


def test_a_list_that_a_spreadsheet_wrote_is_read():
    content = b"\xef\xbb\xbf" + b"IMSI,Name\r\n001010000000001,gw-1\r\n,\r\n"
    (only,) = plan(PLAN, Files({**FILES.contents, "sims.csv": content})).which.sims
    assert (only.imsi, only.tags) == ("001010000000001", {"Name": "gw-1"})


def test_a_configuration_that_the_platform_would_not_take_is_refused_before():
    large = Files({**FILES.contents, "userdata.yaml": b"# " + b"x" * 8200})
    assert "the platform takes 8192" in refused(PLAN, large)


@pytest.mark.parametrize("secret", ["short", 'has"quote--------', "日本語日本語日本語日本語日本語日本語"])
def test_a_secret_that_does_not_fit_into_a_header_is_refused(secret):
    assert "takes a secret" in refused(PLAN, Files({**FILES.contents, "secret": secret.encode()}))


@pytest.mark.parametrize(
    "sentence",
    [
        *("slow down above 10 MB a day", "slow down to s1.slow above 1 GB a month", "suspend above 100 MB altogether"),
        *("deactivate above 5 MB", "mail noc@example.com when a SIM is in another device"),
        *("tell the hook when a SIM comes to life", "tell the hook when a device connects"),
        *("lock it to its device when a device connects", "mail a@b.c when a SIM expires"),
        *("tell the hook when a SIM changes its status", "mail a@b.c when a SIM changes its speed"),
    ],
)
def test_every_sentence_is_a_handler_that_the_platform_takes(sentence):
    body = said(sentence, Hook("https://hook.example/", "s" * 16))
    checked({"name": "x", "status": "active", "targetGroupId": "g", **body})


@given(st.text(max_size=60))
def test_any_other_words_are_not_understood_and_nothing_worse(words):
    try:
        told = said(words, None)
    except NotSaid as error:
        told = str(error)
    assert told


def test_the_platforms_own_form_is_passed_on():
    own = {
        "name": "own",
        "ruleConfig": {"type": "SimExpiredRule", "properties": {"inactiveTimeoutDateConst": "NEVER"}},
        "actionConfigList": [{"type": "SuspendAction", "properties": {"executionDateTimeConst": "IMMEDIATELY"}}],
    }
    document = {**yaml.safe_load(PLAN), "handlers": [own]}
    (handler,) = plan(json.dumps(document)).handlers
    assert handler.body["ruleConfig"] == own["ruleConfig"]


def test_every_key_of_the_schema_has_a_title():
    def titles(rules):
        for inner in rules.get("properties", {}).values():
            assert "title" in inner or "$ref" in inner
            titles(inner)

    titles(schemas().plan)


@given(
    st.dictionaries(
        st.sampled_from(list(yaml.safe_load(PLAN))), st.none() | st.integers() | st.text() | st.lists(st.text())
    )
)
def test_no_plan_brings_more_than_a_refusal(instead):
    document = {**yaml.safe_load(PLAN), **instead}
    try:
        plan(json.dumps(document))
    except Failure as failure:
        told = failure.code
        assert told is Code.PLAN_INVALID


def test_the_example_is_a_plan():
    place = folder() / "config" / "examples" / "desk"
    text = (place / "plan.yaml").read_text()
    contents = {name: (place / name).read_bytes() for name in files_named(text) if (place / name).exists()}
    found = plan_of(text, Files(contents), schemas())
    assert [sim.tags["serial"] for sim in found.which.sims] == ["RPI4-0001", "RPI4-0002"]
    assert len(found.handlers) == 3
