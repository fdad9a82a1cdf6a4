"""What a document may not do to the agent's own units, however it reaches them."""

import base64

import pytest

from agent.configuration.protected_units import why_not_named, why_not_written
from agent.configuration.resolving import from_document
from agent.configuration.schema_file import userdata_schema
from agent.errors import Code, Failure

SCHEMA = userdata_schema()
HOSTILE = "[Install]\nAlias=kitting-agent.service\n"


@pytest.mark.parametrize(
    "unit",
    [
        "kitting-agent.service",
        "kitting-apply.path",
        "sysinit.target",
        "basic.target",
        "dbus",
        "dbus.service",
        "-.mount",
    ],
)
def test_some_units_are_never_acted_upon(unit):
    assert why_not_named(unit)


@pytest.mark.parametrize("unit", ["kitting", "telemetry.service", "network-online.target", "dbus-x.service", "cron"])
def test_other_units_are_the_authors_business(unit):
    assert not why_not_named(unit)


@pytest.mark.parametrize(
    "content",
    [
        "[Install]\nAlias=kitting-agent.service",
        "[Install]\nAlias=a.service kitting-agent.service b.service",
        "[Install]\n  alias = kitting-agent.service  ",
        "[Install]\nAlias=%p-agent.service",
        "[Install]\nAlias=a.service \\\n kitting-agent.service",
        "[Install]\nAlias=a.service \\\n# between\n kitting-agent.service",
        "[Unit]\nConflicts=kitting-apply.path",
        '[Unit]\nConflicts="kitting-apply.path"',
        "[Unit]\nConflicts=kitting-'apply'.path",
        "[Unit]\nBindsTo=kitting-agent.service",
        "[Unit]\nConflicts=basic.target",
        "[Unit]\nPropagatesStopTo=dbus.service",
        "[Unit]\nPartOf=kitting-agent.service",
        "[Install]\nRequiredBy=kitting-agent.service",
        "[Install]\r\nWantedBy=kitting-agent.service\r\n",
        "[Install]\nAlias=kitting-agent.service \\",
    ],
)
def test_a_unit_that_reaches_the_agents_units_is_refused(content):
    assert list(why_not_written(content))


@pytest.mark.parametrize(
    "content",
    [
        "[Unit]\nAfter=kitting-agent.service\nWants=kitting-agent.service",
        "[Unit]\nBefore=kitting-agent.service",
        "[Install]\nWantedBy=multi-user.target\nAlias=app.service",
        "[Unit]\nConflicts=old.service",
        "# Alias=kitting-agent.service\n; Conflicts=basic.target",
        "[Service]\nExecStart=/bin/echo Alias=kitting-agent.service",
        "",
        "\\",
    ],
)
def test_a_unit_may_know_the_agents_units(content):
    assert not list(why_not_written(content))


@pytest.mark.parametrize(
    "document",
    [
        {"units": [{"name": "a.service", "content": HOSTILE}]},
        {"units": [{"name": "a.service", "dropins": [{"name": "x.conf", "content": HOSTILE}]}]},
        {"write_files": [{"path": "/etc/systemd/system/a.service", "content": HOSTILE}]},
        {
            "write_files": [
                {
                    "path": "/usr/lib/systemd/system/a.service",
                    "content": base64.b64encode(HOSTILE.encode()).decode(),
                    "encoding": "b64",
                }
            ]
        },
        {"services": {"restart": ["sysinit.target"]}},
        {"services": {"mask": ["dbus"]}},
        {"write_files": [{"path": "/etc/x", "content": "", "restart": ["basic.target"]}]},
    ],
)
def test_a_document_that_reaches_the_agents_units_is_refused_whichever_key_it_uses(document):
    with pytest.raises(Failure) as refused:
        from_document(document, SCHEMA)
    assert refused.value.code is Code.USERDATA_NOT_ALLOWED
