"""The two languages: `zh` and `en` in addresses, zh-hans and en in the database and in HTML."""

from kb.models import Language

BY_PATH = {"zh": Language.ZH, "en": Language.EN}
TO_PATH = {language: path for path, language in BY_PATH.items()}


class LanguageConverter:
    regex = "zh|en"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        if value not in BY_PATH:
            raise ValueError(value)
        return value
