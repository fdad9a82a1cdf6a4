"""Each document in tests/documents/accepted and config/examples is accepted, whoever looks at it."""

import json
from pathlib import Path

import pytest

from agent.configuration.keys.report import ReportItem
from agent.configuration.resolving import Names, check, from_document, report_items, resolve, wanted_effects
from agent.configuration.schema_file import userdata_schema
from agent.document_keys import DOCUMENT_KEYS
from agent.effects import Link, RunCommand, ServiceVerb, Verb, WantedEffect, WriteFile
from agent.reasons import DocumentKey
from agent.settings import ApplySettings

SCHEMA = userdata_schema()

ROOT = Path(__file__).parents[3]
ACCEPTED = ROOT / "tests" / "documents" / "accepted"
DOCUMENTS = sorted([*ACCEPTED.glob("*.yaml"), *(ROOT / "config" / "examples").glob("*.yaml")])
EVERYTHING = ApplySettings(allow=DOCUMENT_KEYS)


def resolved(name, this_sim):
    return resolve((ACCEPTED / f"{name}.yaml").read_bytes(), this_sim, SCHEMA)


def effects(name, this_sim):
    return [wanted.effect for wanted in wanted_effects(resolved(name, this_sim), EVERYTHING)]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_a_right_document_has_no_problems_and_is_the_same_for_both_halves(document, this_sim):
    userdata = document.read_bytes()
    assert check(userdata, SCHEMA) == ()
    configuration = resolve(userdata, this_sim, SCHEMA)
    assert from_document(json.loads(json.dumps(configuration.document)), SCHEMA) == configuration
    assert isinstance(wanted_effects(configuration, EVERYTHING), tuple)


@pytest.mark.parametrize("packed", ["gzip", "gzip_in_base64"])
def test_a_packed_document_is_the_same_document(packed, this_sim):
    assert resolved(packed, this_sim) == resolved("a_thousand_devices", this_sim)


def test_the_complete_example_becomes_these_effects(this_sim):
    key = b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f desk\n"
    sshd = b"AuthorizedKeysFile .ssh/authorized_keys .ssh/authorized_keys2 /etc/ssh/authorized_keys.d/%u\n"
    telemetry = b"site     = osaka-1\ninterval = 60\ngateway  = 490154203237518\n"
    again = (ServiceVerb("telemetry.service", Verb.RESTART),)
    assert wanted_effects(resolved("a_thousand_devices", this_sim), ApplySettings()) == (
        WantedEffect(
            WriteFile("/etc/hostname", b"gw-osaka-1\n", 0o644, "root:root"),
            DocumentKey(("hostname",)),
            then=(RunCommand(("hostname", "-F", "/etc/hostname"), 10.0),),
        ),
        WantedEffect(
            Link("/etc/localtime", "/usr/share/zoneinfo/Asia/Tokyo", must_exist=True), DocumentKey(("timezone",))
        ),
        WantedEffect(WriteFile("/etc/timezone", b"Asia/Tokyo\n", 0o644, "root:root"), DocumentKey(("timezone",))),
        WantedEffect(
            WriteFile(
                "/etc/systemd/timesyncd.conf.d/50-kitting-agent.conf",
                b"[Time]\nNTP=ntp.nict.jp\n",
                0o644,
                "root:root",
            ),
            DocumentKey(("ntp",)),
            then=(ServiceVerb("systemd-timesyncd.service", Verb.RESTART),),
        ),
        WantedEffect(ServiceVerb("systemd-timesyncd.service", Verb.ENABLE), DocumentKey(("ntp",))),
        WantedEffect(
            WriteFile("/etc/telemetry/telemetry.conf", telemetry, 0o640, "root:adm"),
            DocumentKey(("write_files", 0)),
            then=again,
        ),
        WantedEffect(
            WriteFile("/etc/telemetry/token", b"none\n", 0o600, "root:root"),
            DocumentKey(("write_files", 1)),
            then=again,
            sensitive=True,
        ),
        WantedEffect(
            WriteFile("/etc/ssh/authorized_keys.d/pi", key, 0o644, "root:root"), DocumentKey(("ssh_authorized_keys",))
        ),
        WantedEffect(
            WriteFile("/etc/ssh/sshd_config.d/50-kitting-agent.conf", sshd, 0o644, "root:root"),
            DocumentKey(("ssh_authorized_keys",)),
            then=(ServiceVerb("ssh.service", Verb.RELOAD),),
        ),
        WantedEffect(ServiceVerb("bluetooth.service", Verb.DISABLE), DocumentKey(("services", "disable", 0))),
        WantedEffect(ServiceVerb("telemetry.service", Verb.ENABLE), DocumentKey(("services", "enable", 0))),
    )


def test_the_complete_example_reports_its_tags(this_sim):
    assert report_items(resolved("a_thousand_devices", this_sim)) == (
        ReportItem("board_serial", file="/proc/device-tree/serial-number"),
        ReportItem("document", value="2026-11"),
    )


def test_a_document_without_keys_wants_nothing(this_sim):
    assert effects("nothing_at_all", this_sim) == []


def test_every_encoding_writes_the_same_content(this_sim):
    contents = [effect.content for effect in effects("every_encoding", this_sim)]
    assert contents == [b"hello\n"] * 7 + [b""]


def test_a_mode_may_be_written_as_cloud_init_takes_it(this_sim):
    assert {effect.mode for effect in effects("every_spelling_of_a_mode", this_sim)} == {0o640}


def test_every_filler_is_filled_in_once(this_sim):
    _, file, echo, argument, words = effects("every_filler", this_sim)
    assert file.path == "/opt/237518"
    assert file.content.decode().splitlines() == [
        "dotted dotted x ",
        "001010000000001 8981 49015420 {{ tags.site }} {{ raw }}",
        '{"json": {"needs": {"no": "escape"}}}',
    ]
    assert echo.argv == ("/bin/sh", "-c", "echo 001010000000001")
    assert argument.argv == ("sh", "-c", 'echo "$1"', "sh", "two words; reboot")
    assert words.argv == ("echo", "two words; reboot")


def test_unquoted_words_stay_what_was_written(this_sim):
    configuration = resolved("words_that_yaml_might_misread", this_sim)
    assert configuration.document["hostname"] == "on"
    assert [(item.name, item.value) for item in report_items(configuration)] == [
        ("123", "2026-01-31"),
        ("hex", "0x1F"),
        ("no", "no"),
        ("time", "12:30"),
    ]


def test_a_list_of_keys_is_roots(this_sim):
    assert effects("one_key_for_root", this_sim)[0].path == "/etc/ssh/authorized_keys.d/root"


def test_the_example_of_a_field_gateway_needs_no_tag_at_all():
    bare = Names({}, {}, {"imei": "490154203237518"})
    configuration = resolve((ROOT / "config" / "examples" / "field-gateway.yaml").read_bytes(), bare, SCHEMA)
    assert configuration.document["hostname"] == "gw-new-237518"
