"""The two languages: `zh` and `en` in addresses, zh-hans and en in the database."""

from kb.models import Language

BY_PATH = {"zh": Language.ZH, "en": Language.EN}
TO_PATH = {language: path for path, language in BY_PATH.items()}
OTHER = {"zh": "en", "en": "zh"}


def html_lang(language: Language) -> str:
    """Return the language as the `lang` attribute wants it."""
    return {Language.ZH: "zh-Hans", Language.EN: "en"}[language]


class LanguageConverter:
    regex = "zh|en"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        if value not in BY_PATH:
            raise ValueError(value)
        return value
