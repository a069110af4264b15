"""A text that exists in Chinese and in English, Chinese first."""

from typing import NamedTuple


class Text(NamedTuple):
    """One sentence or label in both languages; `str()` gives the Chinese."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.zh

    def in_language(self, language: str) -> str:
        """The text for a language tag: English for `en…`, Chinese for everything else."""
        return self.en if language.startswith("en") else self.zh

    def format(self, **values: object) -> "Text":
        """Both texts with the same values filled in."""
        return Text(self.zh.format(**values), self.en.format(**values))
