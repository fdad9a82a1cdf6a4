"""The names of fillers, and which documents have fillers."""

import pytest

from agent.configuration.names import Names, concerns_filling, holds_template, names, texts
from agent.errors import Code, Failure
from agent.identity import Equipment, Imsi, Subscriber


def test_what_is_not_known_has_no_name():
    subscriber = Subscriber(Imsi("001010000000001"), tags={"site": "osaka", "name": ""})
    equipment = Equipment.unread(Failure(Code.MODEM_NO_PORT, "no modem"))
    assert names(subscriber, equipment) == Names({"site": "osaka"}, {"imsi": "001010000000001"}, {})


def test_a_content_that_is_taken_as_it_is_has_no_texts():
    document = {"write_files": [{"path": "/a", "content": "{{ x }}", "template": False}], "motd": "m"}
    assert dict(texts(document, ())) == {
        ("write_files", 0, "path"): "/a",
        ("motd",): "m",
    }
    assert not holds_template(document)


@pytest.mark.parametrize(("text", "does"), [("{{ a }}", True), ("{% if %}", True), ("{ a }", False), ("}}", False)])
def test_a_document_without_fillers_is_known_by_two_marks(text, does):
    assert concerns_filling(text) is does
