"""Texts in both languages."""

import pytest

from fleet.bilingual_text import LANGUAGES, BilingualText


@pytest.mark.parametrize(("language", "text"), [("ja", "停止"), ("en", "stopped"), ("de", "stopped"), ("", "stopped")])
def test_any_other_language_gets_the_english_text(language, text):
    assert BilingualText("stopped", "停止").in_language(language) == text


def test_the_languages_are_those_of_the_texts():
    assert LANGUAGES == ("en", "ja")
