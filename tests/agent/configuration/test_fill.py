"""What `{{ }}` may say."""

import pytest

from agent.configuration.fill import filled
from agent.configuration.problems import Refused
from agent.configuration.resolving import Names, names
from agent.errors import Code, Failure
from agent.identity import Equipment, EquipmentSource, Iccid, Imei, Imsi, Read, Subscriber

KNOWN = Names({"site": "osaka", "my tag": "odd", "場所": "大阪"}, {"imsi": "001010000000001"}, {})


def fill(text, path="content"):
    document, faults = filled({path: text}, KNOWN)
    return document[path] if not faults else [(fault.path, fault.message) for fault in faults]


@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        ("no fillers", "no fillers"),
        ("{{ tags.site }}", "osaka"),
        ("{{tags.site}}", "osaka"),
        ("{{  tags.site  }}-{{tags.site}}", "osaka-osaka"),
        ("{{ tags['my tag'] }}", "odd"),
        ('{{ tags["my tag"] }}', "odd"),
        ("{{ tags.場所 }}", "大阪"),
        ("{{ tags.site[:2] }}", "os"),
        ("{{ tags.site[-2:] }}", "ka"),
        ("{{ tags.site[1:3] }}", "sa"),
        ("{{ tags.site[:] }}", "osaka"),
        ("{{ tags.site[9:] }}", ""),
        ("{{ tags.absent | default('x') }}", "x"),
        ("{{tags.absent|default('')}}", ""),
        ("{{ tags.absent[-6:] | default('}}') }}", "}}"),
        ("{{ equipment.imei | default('none') }}", "none"),
        ("{{ '{{' }} tags.site }}", "{{ tags.site }}"),
        ('{{ "it\'s" }}', "it's"),
        ("a } b }} c {% d %}", "a } b }} c {% d %}"),
    ],
)
def test_a_filler_becomes_its_value(text, becomes):
    assert fill(text) == becomes


@pytest.mark.parametrize(
    "text",
    [
        *(
            "{{",
            "{{ }}",
            "{{ tags }}",
            "{{ tags. }}",
            "{{ tags.site }",
            "{{ tags.site + 'x' }}",
            "{{ tags.site | upper }}",
        ),
        *("{{ tags.site[0] }}", "{{ tags.site | default(x) }}", "{{ 'x }}", "{{ tags[site] }}", "{{ os.environ }}"),
        *("{{ subscriber.imsi.__class__ }}", "{{ subscriber.status }}", "{{ {{ tags.site }} }}", "{{ tags.site\n"),
    ],
)
def test_anything_else_is_refused(text):
    assert isinstance(fill(text), list)


def test_an_absent_name_is_reported_with_those_that_are_there():
    assert fill("{{ tags.sit }}") == [(("content",), "this SIM has no value for tags.sit; tags has my tag, site, 場所")]


def test_keys_are_never_filled_in():
    assert filled({"{{ tags.site }}": {"{{": "x"}}, KNOWN) == ({"{{ tags.site }}": {"{{": "x"}}, ())


def test_a_value_that_came_in_is_not_read_again():
    document, _ = filled({"content": "{{ tags.a }}{{ tags.b }}"}, Names({"a": "{{ tags", "b": ".a }}"}, {}, {}))
    assert document == {"content": "{{ tags.a }}"}


@pytest.mark.parametrize("character", ["\n", "\r", "\t", "\0", "\x1b", "\x7f", "\x85", "\u2028", "\u2029"])
def test_a_value_that_is_not_one_line_is_refused(character):
    _, faults = filled({"content": "{{ tags.a }}"}, Names({"a": f"x{character}y"}, {}, {}))
    assert [fault.message for fault in faults] == ["tags.a has a control character"]


def test_a_document_that_grows_too_large_is_refused():
    with pytest.raises(Refused) as caught:
        filled({"content": "{{ tags.a }}" * 10_000}, Names({"a": "x" * 200_000}, {}, {}))
    assert caught.value.failure().code is Code.USERDATA_TOO_LARGE


def test_the_names_are_what_is_known_of_sim_and_modem():
    subscriber = Subscriber(Imsi("001010000000001"), iccid=Iccid("8981000000000000001"), tags={"name": "", "site": "a"})
    equipment = Equipment.unread(Failure(Code.MODEM_SILENT, "silent"))
    read = Equipment(
        Read(Imei("490154203237518")),
        *[equipment.imsi, equipment.iccid],
        Read("X"),
        Read("M"),
        Read(""),
        None,
        EquipmentSource.AT,
    )
    assert names(subscriber, read) == Names(
        tags={"site": "a"},
        subscriber={"imsi": "001010000000001", "iccid": "8981000000000000001"},
        equipment={"imei": "490154203237518", "manufacturer": "X", "model": "M"},
    )
    assert names(subscriber, equipment).equipment == {}
