"""`check` tells everything that is wrong, with line and key, and never a secret."""

import pytest
import yaml

from agent.configuration import yaml_subset
from agent.configuration.resolving import Problem, check, from_document, resolve
from agent.configuration.schema_file import userdata_schema
from agent.errors import Code, Failure

SCHEMA = userdata_schema()

DOCUMENT = b"""\
hostnam: gw
ntp: {servrs: [a], enabled: 1}
write_files:
  - path: etc/x
    content: |
      {{ tags.site
  - content: x
"""


def test_every_problem_is_reported_in_the_order_of_the_text():
    assert check(DOCUMENT, SCHEMA) == (
        Problem(Code.USERDATA_UNKNOWN_KEY, 1, 1, "hostnam", "unknown key", "did you mean hostname?"),
        Problem(Code.USERDATA_UNKNOWN_KEY, 2, 7, "ntp.servrs", "unknown key", "did you mean servers?"),
        Problem(Code.USERDATA_INVALID, 2, 20, "ntp.enabled", "takes true or false, not a number"),
        Problem(
            Code.USERDATA_INVALID,
            4,
            5,
            "write_files[0].path",
            'takes an absolute path in its shortest spelling, such as "/etc/telemetry.conf", not "etc/x"',
        ),
        Problem(
            Code.USERDATA_UNDEFINED,
            5,
            5,
            "write_files[0].content",
            "{{ without a name such as tags.site; a literal {{ is written {{ '{{' }}, "
            "and template: false beside a content takes all of it as it is",
        ),
        Problem(Code.USERDATA_INVALID, 7, 5, "write_files[1]", "lacks path"),
    )


def test_a_failure_names_the_first_problem_and_the_others_after_it(this_sim):
    with pytest.raises(Failure) as caught:
        resolve(b"hostnam: gw\nntp: {servrs: [a]}\n", this_sim, SCHEMA)
    assert str(caught.value) == (
        "userdata.unknown_key: line 1, hostnam: unknown key; did you mean hostname?"
        "; also line 2, ntp.servrs: unknown key; did you mean servers?"
    )


def test_a_failure_of_very_many_problems_stays_readable(this_sim):
    with pytest.raises(Failure) as caught:
        resolve(b"\n".join(b"key%d: x" % number for number in range(500)), this_sim, SCHEMA)
    assert str(caught.value).endswith("; and 85 more")
    assert len(str(caught.value)) < 4_000


def test_lines_are_those_of_json_too():
    problems = check(
        b'#cloud-config\n{"hostname": "gw",\n "ntp": {"servers": ["a", "{", "b c"],\n  "pol\\u006fs": []}}\n', SCHEMA
    )
    assert [(problem.line, problem.column, problem.path) for problem in problems] == [
        (3, 27, "ntp.servers[1]"),
        (3, 32, "ntp.servers[2]"),
        (4, 3, "ntp.polos"),
    ]


def test_what_came_by_an_alias_is_reported_where_the_alias_stands():
    problems = check(b"services:\n  enable: &a [x y]\n  mask: *a\n", SCHEMA)
    assert [(problem.line, problem.path) for problem in problems] == [
        (2, "services.enable[0]"),
        (3, "services.mask[0]"),
    ]


def test_a_text_with_a_filler_is_not_judged_before_it_is_filled_in():
    assert (
        check(
            b"hostname: '{{ tags.x }}_'\nwrite_files:\n  - {path: '{{ tags.p }}', owner: '{{ tags.m }}'}\n",
            SCHEMA,
        )
        == ()
    )


def test_but_its_place_must_take_a_value():
    (problem,) = check(b"ntp: '{{ tags.ntp }}'\n", SCHEMA)
    assert (problem.path, problem.message) == ("ntp", "takes where the clock is set from, not a text")


def test_a_number_or_a_truth_may_come_with_the_sim():
    assert check(b"ntp: {enabled: '{{ tags.ntp }}'}\n", SCHEMA) == ()


SECRETS = [
    "write_files:\n  - {path: /etc/x, sensitive: true, content: [hunter2hunter2]}\n",
    "write_files:\n  - {path: hunter2hunter2, sensitive: true}\n",
    "write_files:\n  - {path: /etc/x, sensitive: true, owner: hunter2hunter2}\n",
    "write_files:\n  - {path: /etc/x, sensitive: 'yes', owner: hunter2hunter2}\n",
    "write_files:\n  - {path: /etc/x, sensitive: true, encoding: hunter2hunter2}\n",
    "write_files:\n  - {path: /etc/x, sensitive: true, encoding: b64, content: hunter2hunter2}\n",
    "write_files:\n  - {path: /etc/x, content: *hunter2hunter2}\n",
    "write_files:\n  - {path: /etc/x, content: !hunter2hunter2 x}\n",
    "write_files:\n  - {path: /etc/x, content: !hunter2hunter2!x x}\n",
    "write_files:\n  - {path: /etc/x, content: 'hunter2hunter2\n",
    'write_files:\n  - {path: /etc/x, content: "\\hunter2hunter2"}\n',
    "write_files:\n  - {path: /etc/x, content: hunter2hunter2: x: y}\n",
    "write_files:\n  - path: /etc/x\n    content: @hunter2hunter2\n",
    "write_files:\n  - path: /etc/x\n    content: %hunter2hunter2\n",
    "write_files:\n  - path: /etc/x\n    content: &hunter2hunter2 &hunter2hunter2 x\n",
    '{"write_files": [{"path": "/etc/x", "content": "hunter2hunter2"]}',
    "runcmd: [{curl: hunter2hunter2}]\n",
    "ssh_authorized_keys: [hunter2hunter2]\n",
]


@pytest.mark.parametrize("loader", [yaml_subset._LOADER, yaml.SafeLoader])
@pytest.mark.parametrize("document", SECRETS)
def test_no_message_quotes_what_may_be_a_secret(document, loader, this_sim, monkeypatch):
    monkeypatch.setattr(yaml_subset, "_LOADER", loader)
    problems = check(document.encode(), SCHEMA)
    assert problems
    assert "hunter2" not in "".join(f"{problem} {problem!r}" for problem in problems)
    with pytest.raises(Failure) as caught:
        resolve(document.encode(), this_sim, SCHEMA)
    assert "hunter2" not in repr(caught.value)


@pytest.mark.parametrize("document", [b"runcmd: [31337313]", b"write_files: [{path: /x, content: 31337313}]"])
def test_a_number_may_be_a_secret_too(document):
    assert "31337313" not in str(check(document, SCHEMA)[0])


def test_a_key_is_judged_even_if_it_looks_like_a_filler():
    (problem,) = check(b"report: {tags: {'{{ tags.x }}': {value: y}}}", SCHEMA)
    assert problem.path == 'report.tags["{{ tags.x }}"]'


def test_a_foreign_value_is_quoted_short_and_without_what_moves_a_cursor():
    problems = check(b'hostname: "' + b"\xe2\x80\xae" + b"x" * 5_000 + b'"\n', SCHEMA)
    assert all("\u202e" not in str(problem) and len(str(problem)) < 200 for problem in problems)


def test_without_a_text_there_are_keys_and_no_lines():
    with pytest.raises(Failure) as caught:
        from_document({"report": {"tags": {"a b": {"value": "x"}}}}, SCHEMA)
    assert caught.value.where == 'report.tags["a b"]'


@pytest.mark.parametrize(
    "document",
    [
        b"network: {version: 2, wifis: {w: {access-points: {s: {password: s3cret7}}}}}",
        b"network: {version: 2, modems: {w: {apn: a, password: 's3cret7 '}}}",
        b"environment: [{path: /a, values: {A: [s3cret7]}}]",
        b"ca_certs: {trusted: [s3cret7]}",
        b"runcmd: [{command: s3cret7, timeout: x}]",
        b"write_files: [{path: /a, sensitive: true, permissions: s3cret7}]",
    ],
)
def test_what_may_be_a_secret_is_never_quoted(document):
    problems = check(document, SCHEMA)
    assert problems
    assert "s3cret7" not in " ".join(map(str, problems))
