"""Text of others, as it is shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.visible_text import visible


@pytest.mark.parametrize(
    "hidden",
    [
        "\x1b",
        "\x07",
        "\n",
        "\r",
        "\x85",
        "\u2028",
        "\u202e",
        "\u2066",
        "\u200b",
        "\ufeff",
        "\x7f",
        "\ud800",
        "\U000e0041",
    ],
)
def test_a_character_that_cannot_be_seen_is_replaced(hidden):
    assert visible(f"a{hidden}b") == "a�b"


@pytest.mark.parametrize("text", ["東京　本社", "a b\tc", "é ß ｶﾅ 한국", "100 %"])
def test_what_can_be_seen_stays_the_full_width_space_too(text):
    assert visible(text) == text


@given(st.text())
def test_a_line_stays_a_line_of_as_many_characters(text):
    assert len(visible(text).splitlines()) <= 1
    assert len(visible(text)) == len(text)
