"""What `{{ }}` may say."""

import pytest

from agent.configuration.fill import filled
from agent.configuration.problems import Refused
from agent.configuration.resolving import Names, names
from agent.configuration.schema_file import userdata_schema
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


def fault_of(document, value="x"):
    """The messages about a document where the tag `a` has this value."""
    _, faults = filled(document, Names({"a": value}, {}, {}))
    return [fault.message for fault in faults]


A = "{{ tags.a }}"


@pytest.mark.parametrize("value", ["x/y", "..", ".", "/etc", "a b", "-x", "a%b", "東京", "a:b", "a\\b"])
@pytest.mark.parametrize(
    "document",
    [
        {"write_files": [{"path": f"/etc/{A}.conf"}]},
        {"absent": [f"/etc/{A}"]},
        {"users": [{"home": f"/home/{A}"}]},
        {"users": [{"shell": f"/bin/{A}"}]},
        {"write_files": [{"source": {"url": f"http://h/{A}"}}]},
        {"units": [{"name": f"{A}.service"}]},
        {"services": {"enable": [A]}},
    ],
    ids=["path", "absent", "home", "shell", "url", "unit", "service"],
)
def test_a_value_in_a_path_is_one_plain_component(document, value):
    (message,) = fault_of(document, value)
    assert "is not one plain component" in message


def test_a_plain_component_is_filled_in():
    document, faults = filled({"absent": [f"/etc/{A}.conf"]}, Names({"a": "app-1_x.y"}, {}, {}))
    assert (document, faults) == ({"absent": ["/etc/app-1_x.y.conf"]}, ())


def test_an_escaped_value_fits_into_a_url():
    document, _ = filled(
        {"write_files": [{"source": {"url": "http://h/{{ tags.a | url }}"}}]}, Names({"a": "東 京"}, {}, {})
    )
    assert document["write_files"][0]["source"]["url"] == "http://h/%E6%9D%B1%20%E4%BA%AC"


@pytest.mark.parametrize(
    "value", ['"; reboot', "$(id)", "`id`", "a b", "a;b", "%h", "x: y", "a,b", "#", "-e", "a'b", "*", "x:"]
)
@pytest.mark.parametrize(
    "document",
    [
        {"write_files": [{"path": "/x", "content": f"#!/bin/sh\nSITE={A}\n"}]},
        {"write_files": [{"path": "/x.json", "content": f'{{"a": "{A}"}}'}]},
        {"write_files": [{"path": "/etc/cron.d/x", "content": f"0 * * * * root /opt/x {A}\n"}]},
        {"write_files": [{"path": "/home/op/.bashrc", "content": f"SITE={A}\n"}]},
        {"write_files": [{"path": f"/etc/{A}", "content": f"SITE={A}\n"}]},
        {"write_files": [{"path": "/srv/anything", "content": A}]},
        {"runcmd": [["unknown", A]]},
        {"units": [{"name": "x.service", "content": f"[Service]\nExecStart=/opt/x {A}\n"}]},
    ],
    ids=["script", "json", "cron", "start of a shell", "place by tag", "anything", "argument", "unit"],
)
def test_a_value_in_a_file_or_an_argument_means_nothing_to_its_reader(document, value):
    message = fault_of(document, value)[-1]
    assert "| sh, | json, | systemd" in message or message == BEGINS_AN_OPTION


BEGINS_AN_OPTION = "tags.a begins like an option; write a fixed text before it in the same word"


@pytest.mark.parametrize("value", ["-rf", "--config=/x", "-"])
@pytest.mark.parametrize("filler", ["{{ tags.a }}", "{{ tags.a | text }}", "{{ tags.a | url }}"])
def test_a_value_begins_no_option(filler, value):
    assert fault_of({"runcmd": [["rm", filler]]}, value) == [BEGINS_AN_OPTION]


@pytest.mark.parametrize("value", ["Door open!", "a b; reboot", "$(id)", "東京 本社"])
@pytest.mark.parametrize(
    "document",
    [
        {"write_files": [{"path": "/etc/motd", "content": "{{ tags.a | text }}\n"}]},
        {"runcmd": [["logger", "{{ tags.a | text }}"]]},
        {"runcmd": [["sh", "-c", 'logger "$1"', "sh", "{{ tags.a | text }}"]]},
    ],
    ids=["file", "argument", "argument of a shell's text"],
)
def test_the_author_may_take_one_line_as_it_is(document, value):
    assert fault_of(document, value) == []


@pytest.mark.parametrize(
    "document",
    [
        {"write_files": [{"path": "/x", "content": "#!/bin/sh\necho {{ tags.a | text }}\n"}]},
        {"write_files": [{"path": "/x", "permissions": "0755", "content": "echo {{ tags.a | text }}\n"}]},
        {"units": [{"name": "x.service", "content": "[Service]\nExecStart=/x {{ tags.a | text }}\n"}]},
    ],
    ids=["script", "executable", "unit"],
)
def test_but_not_in_a_program(document):
    (message,) = fault_of(document, "plain")
    assert message.startswith("text is for what people read")


@pytest.mark.parametrize("value", ["0755", "b64", "plain"])
@pytest.mark.parametrize(
    "file",
    [
        {"path": "/x", "permissions": A},
        {"path": "/x", "encoding": A},
        {"path": "/x", "encoding": "b64", "content": A},
        {"path": "/x", "encoding": "gz+b64", "content": f"{A} | sh"},
    ],
    ids=["mode", "encoding", "encoded", "packed"],
)
def test_no_value_decides_how_a_file_is_read_or_who_may_use_it(file, value):
    (message,) = fault_of({"write_files": [file]}, value)
    assert message.startswith("no {{ }} stands here")


@pytest.mark.parametrize("filler", ["{{ tags.a | int }}", "{{ tags.a | bool }}"])
def test_a_number_from_a_tag_is_no_text_of_a_shell(filler):
    assert fault_of({"runcmd": [["ping", "-c", filler, "host"]]}, "1") == []


@pytest.mark.parametrize(
    "value", ["tokyo-1", "東京", "/dev/ttyUSB2", "10.0.0.1:8883", "user@example.com", "dG9rZW4=", "第一・倉庫"]
)
def test_a_value_that_means_nothing_to_a_reader_needs_no_filter(value):
    assert fault_of({"units": [{"content": f"[Service]\nExecStart=/opt/x {A}\n"}]}, value) == []


def test_a_quoted_value_may_be_anything():
    script = "#!/bin/sh\nSITE={{ tags.a | sh }}\n"
    document, faults = filled({"write_files": [{"content": script}]}, Names({"a": "'; reboot"}, {}, {}))
    assert (document["write_files"][0]["content"], faults) == ("#!/bin/sh\nSITE=''\"'\"'; reboot'\n", ())


def test_a_plain_filter_does_not_quote():
    assert fault_of({"units": [{"content": "{{ tags.a | lower }}"}]}, "A B") != []


@pytest.mark.parametrize(
    "command",
    ["logger {{ tags.a }}", ["sh", "-c", "logger {{ tags.a }}"], {"command": "x {{ tags.b | default(tags.a) }}"}],
)
def test_no_tag_stands_in_the_text_of_a_shell(command):
    (message,) = fault_of({"runcmd": [command]}, "plain")
    assert "pass it as an argument" in message


def test_a_number_of_the_sim_may_stand_in_the_text_of_a_shell():
    document, _ = filled({"runcmd": ["logger {{ subscriber.imsi }}"]}, KNOWN)
    assert document == {"runcmd": ["logger 001010000000001"]}


@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        ("{{ tags.host | default(tags.site) | slug }}", "osaka"),
        ("{{ tags.host | default(subscriber.imsi[-4:]) }}", "0001"),
        ("{{ tags.host | default(tags.none) | default('x y') | slug }}", "x-y"),
        ("{{ tags.host | lower | default('X') }}", "X"),
        ("{{ tags['場所'] | slug }}", "xn--pssu33l"),
    ],
)
def test_a_default_may_name_another_value_and_filters_follow_in_order(text, becomes):
    assert fill(text) == becomes


def test_a_default_that_is_not_there_either_is_reported_by_the_first_name():
    ((_, message),) = fill("{{ tags.host | default(tags.none) }}")
    assert message.startswith("this SIM has no value for tags.host")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{{ tags.site | upper }}", "no filter is called upper"),
        ("{{ tags.site | slg }}", "did you mean slug?"),
        ("{{ tags.site | default }}", "default without a value"),
        ("{{ tags.site | default(nothing.x) }}", "nothing is called nothing"),
        ("{{- tags.site -}}", "{{- and -}} are Jinja's"),
        ("{{ .Status }}", "template: false"),
        ("{% if tags.site %}x{% endif %}", "Jinja's {% … %} is not understood"),
    ],
)
def test_a_fault_names_its_cause(text, says):
    ((_, message),) = fill(text)
    assert says in message


def test_a_fault_in_a_text_of_several_lines_has_its_place_in_the_text():
    ((_, message),) = fill("first\n  x {{ .Status }}\n")
    assert message.endswith("(line 2, column 5 of the text)")


def test_a_verbatim_content_is_taken_as_it_is():
    file = {"path": "/x", "content": "{{ .Names }} {% if x %}", "template": False}
    assert filled({"write_files": [file]}, KNOWN) == ({"write_files": [file]}, ())


@pytest.mark.parametrize("text", ["{{ tags.n }}", "{{ tags.n | int }}", "{{ tags.none | default('700') }}"])
def test_a_number_from_a_tag_fits_where_the_schema_wants_one(text):
    document, faults = filled({"users": [{"name": "op", "uid": text}]}, Names({"n": "1500"}, {}, {}), userdata_schema())
    assert (type(document["users"][0]["uid"]), faults) == (int, ())


def test_a_truth_from_a_tag_fits_where_the_schema_wants_one():
    document, _ = filled({"ntp": {"enabled": "{{ tags.n | bool }}"}}, Names({"n": "yes"}, {}, {}), userdata_schema())
    assert document == {"ntp": {"enabled": True}}


def test_a_text_stays_a_text_where_the_schema_wants_one():
    document, _ = filled({"hostname": "{{ tags.n }}"}, Names({"n": "700"}, {}, {}), userdata_schema())
    assert document == {"hostname": "700"}
