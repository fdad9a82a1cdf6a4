"""`write_files` → whole files, and who hears of them."""

import base64
import gzip

import pytest

from agent.configuration.keys.write_files import MAX_UNPACKED_BYTES, render
from agent.configuration.problems import Fault
from agent.effects import ServiceVerb, Verb, WantedEffect, WriteFile
from agent.reasons import DocumentKey


def test_a_file_has_defaults_for_all_but_its_path():
    assert list(render([{"path": "/etc/x"}])) == [
        WantedEffect(WriteFile("/etc/x", b"", 0o644, "root:root"), DocumentKey(("write_files", 0))),
    ]


def test_a_file_has_the_content_owner_and_mode_of_the_document():
    file = {
        "path": "/opt/x",
        "content": "é\n",
        "owner": "1000:adm",
        "permissions": "04750",
        "restart": ["a", "b.timer"],
        "reload": ["nginx.service"],
    }
    then = (
        ServiceVerb("a.service", Verb.RESTART),
        ServiceVerb("b.timer", Verb.RESTART),
        ServiceVerb("nginx.service", Verb.RELOAD),
    )
    assert list(render([file])) == [
        WantedEffect(WriteFile("/opt/x", "é\n".encode(), 0o4750, "1000:adm"), DocumentKey(("write_files", 0)), then)
    ]


def test_a_sensitive_file_is_readable_by_its_owner_only_unless_it_has_a_mode():
    files = [{"path": "/a", "sensitive": True}, {"path": "/b", "sensitive": True, "permissions": "0640"}]
    assert [(wanted.effect.mode, wanted.sensitive) for wanted in render(files)] == [(0o600, True), (0o640, True)]


@pytest.mark.parametrize("permissions", ["0604", "0602", "0601", "0644", "0666"])
def test_a_sensitive_file_gives_others_nothing(permissions):
    (fault,) = render([{"path": "/a", "sensitive": True, "permissions": permissions}])
    assert isinstance(fault, Fault)
    assert fault.path == ("write_files", 0, "permissions")


def test_binary_content_survives_its_encoding():
    content = bytes(range(256))
    packed = base64.encodebytes(gzip.compress(content)).decode()
    plain = base64.b64encode(content).decode()
    files = [
        {"path": "/a", "encoding": "gzip+base64", "content": packed},
        {"path": "/b", "encoding": "base64", "content": plain},
    ]
    assert [wanted.effect.content for wanted in render(files)] == [content, content]


def test_all_files_together_have_a_limit():
    half = base64.b64encode(gzip.compress(bytes(MAX_UNPACKED_BYTES // 2))).decode()
    file = {"encoding": "gz", "content": half}
    rendered = list(render([{"path": f"/{name}", **file} for name in "abc"]))
    assert [type(item) for item in rendered] == [WantedEffect, WantedEffect, Fault]
