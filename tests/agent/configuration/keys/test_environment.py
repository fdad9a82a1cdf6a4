"""`environment` → files that systemd and a shell read alike, and that may say who this gateway is."""

import subprocess

from example_counts import scaled
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.configuration.keys.environment import render
from agent.configuration.resolving import Names, resolve, wanted_effects
from agent.configuration.schema_file import userdata_schema
from agent.effects import ServiceVerb, Verb, WantedEffect, WriteFile
from agent.reasons import DocumentKey
from agent.settings import ApplySettings

SCHEMA = userdata_schema()

SIM = Names({"site": "osaka-1"}, {"imsi": "001010000000001", "sim_id": "8981"}, {"imei": "490154203237518"})


def test_a_file_has_a_line_for_each_name():
    file = {"path": "/etc/default/x", "values": {"B": "2", "A": "1"}, "restart": ["x"], "permissions": "0640"}
    assert list(render([file])) == [
        WantedEffect(
            WriteFile("/etc/default/x", b'A="1"\nB="2"\n', 0o640, "root:root"),
            DocumentKey(("environment", 0)),
            then=(ServiceVerb("x.service", Verb.RESTART),),
        )
    ]


@settings(max_examples=scaled(60))
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=60))
def test_a_shell_reads_what_was_written(value):
    (wanted,) = render([{"path": "/x", "values": {"VALUE": value}}])
    script = wanted.effect.content + b'printf %s "$VALUE"'
    assert subprocess.run(["/bin/sh"], input=script, capture_output=True, check=True).stdout == value.encode()


def test_the_environment_file_names_the_gateway():
    userdata = (
        b"environment: [{path: /etc/default/id, identity: true, tags: [site, floor], values: {KITTING_IMEI: own}}]"
    )
    (wanted,) = wanted_effects(resolve(userdata, SIM, SCHEMA), ApplySettings())
    assert wanted.effect.content.decode().splitlines() == [
        'KITTING_ICCID=""',
        'KITTING_IMEI="own"',
        'KITTING_IMSI="001010000000001"',
        'KITTING_SIM_ID="8981"',
        'KITTING_TAG_FLOOR=""',
        'KITTING_TAG_SITE="osaka-1"',
    ]


def test_another_sim_is_another_configuration():
    userdata = b"environment: [{path: /etc/default/id, identity: true}]"
    other = Names({}, {"imsi": "001010000000002"}, {})
    assert resolve(userdata, SIM, SCHEMA).digest != resolve(userdata, other, SCHEMA).digest
