"""Values. A text that is shown to people in English and in Japanese."""

from __future__ import annotations

from dataclasses import dataclass

LANGUAGES = ("en", "ja")


@dataclass(frozen=True, slots=True)
class BilingualText:
    """One text in both languages."""

    en: str
    ja: str

    def in_language(self, language: str) -> str:
        """The Japanese text for `ja`, the English text for any other language."""
        return self.ja if language == "ja" else self.en
