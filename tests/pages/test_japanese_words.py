"""The Japanese of the generated parts says what the English of the code says, as far as a program can tell."""

import re
import tomllib
from pathlib import Path

import pytest

from agent.errors import Code, FailureKind
from agent.provision import lifecycle

WORDS = tomllib.loads((Path(__file__).parents[2] / "docs" / "generated.ja.toml").read_text("utf-8"))
JAPANESE = re.compile("[ぁ-んァ-ヶ一-龠]")


def to_type(text):
    """What a reader types or looks for: the same in every language."""
    found = re.findall(
        r"\[\w+\] \w+|--[\w-]+|\w+_\w+(?:=\w+)?|kitting(?:-agent)? [a-z]+|config/[\w.]+|[A-Z]{4,}|\{\{.*?\}\}", text
    )
    return sorted(found)


@pytest.mark.parametrize("code", Code, ids=lambda code: code.text)
def test_every_code_has_its_japanese_with_the_same_things_to_type(code):
    summary, advice = WORDS["errors"][code.text]
    assert JAPANESE.search(summary)
    assert advice.endswith("。")
    assert to_type(advice) == to_type(code.advice)


def test_nothing_is_translated_that_is_not_there_any_more():
    assert set(WORDS["errors"]) == {code.text for code in Code}
    assert set(WORDS["device"]) == {kind.name for kind in FailureKind}
    assert set(WORDS["events"]) == {event.value for event in lifecycle.Event}
