"""Text as XML 1.0 can hold it."""

UNPRINTABLE = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 65534, 65535), "�")


def for_xml(text: str) -> str:
    """Return `text` with a sign in place of each character that no XML document may contain."""
    return text.translate(UNPRINTABLE)
