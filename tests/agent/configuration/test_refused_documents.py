"""Each document in tests/documents/refused is refused as the file beside it says: code, line and message."""

import re
import tomllib
from pathlib import Path

import pytest

from agent.configuration.resolving import check, resolve
from agent.configuration.schema_file import userdata_schema
from agent.errors import Failure

SCHEMA = userdata_schema()

DOCUMENTS = sorted((Path(__file__).parents[2] / "documents" / "refused").glob("*.yaml"))


def expected(document):
    return tomllib.loads(document.with_suffix(".toml").read_text())


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_a_wrong_document_is_refused_with_code_line_and_reason(document, this_sim):
    wanted = expected(document)
    with pytest.raises(Failure) as caught:
        resolve(document.read_bytes(), this_sim, SCHEMA)
    line = re.match(r"line (\d+)", caught.value.where)
    assert (caught.value.code.text, int(line[1]) if line else 0) == (wanted["code"], wanted["line"])
    assert wanted["text"] in str(caught.value)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_check_finds_what_does_not_need_the_sim(document):
    wanted = expected(document)
    problems = check(document.read_bytes(), SCHEMA)
    if wanted.get("only_with_sim"):
        assert problems == ()
    else:
        assert (problems[0].code.text, problems[0].line or 0) == (wanted["code"], wanted["line"])


def test_there_are_many_ways_to_be_wrong():
    assert len(DOCUMENTS) >= 80
