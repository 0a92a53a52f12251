"""What search engines and feeds read of a page: plain text, JSON-LD. Pure."""

import html
import json
import re
from collections.abc import Sequence
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from kb.markdown.rendering import Block

MARKUP = re.compile(r"<(pre|math)\b.*?</\1>|<[^>]+>", re.DOTALL)
SPACES = re.compile(r"\s+")
DESCRIPTION_CHARACTERS = 160
ANSWER_CHARACTERS = 800


def plain_text(blocks: Sequence[Block], *, most: int) -> str:
    """Return the prose of a text, without its code, cut at a word where it is longer."""
    parts: list[str] = []
    length = 0
    for block in blocks:
        if block["kind"] == "html":
            text = html.unescape(MARKUP.sub(" ", block["html"]))
            parts.append(text)
            length += len(text)
        if length > most * 2:
            break
    whole = SPACES.sub(" ", " ".join(parts)).strip()
    if len(whole) <= most:
        return whole
    cut = whole[:most]
    at = cut.rfind(" ")
    return (cut[:at] if at > most * 0.7 else cut) + "…"


def as_script(value: dict[str, Any]) -> SafeString:
    """Return JSON that cannot end the script element it stands in."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    escapes = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}
    return mark_safe(text.translate(escapes))  # noqa: S308 - no markup is left


def question_page(*, address: str, lang: str, name: str, values: dict[str, Any],
                  answers: Sequence[dict[str, Any]]) -> dict[str, Any]:  # fmt: skip
    """Return a QAPage; `answers` in reading order, the accepted one marked by `accepted`."""
    accepted = [answer for answer in answers if answer["accepted"]]
    others = [answer for answer in answers if not answer["accepted"]]
    question: dict[str, Any] = {
        "@type": "Question",
        "name": name,
        "inLanguage": lang,
        "answerCount": len(answers),
        **values,
    }
    if accepted:
        question["acceptedAnswer"] = _answer(accepted[0], address, lang)
    if others:
        question["suggestedAnswer"] = [_answer(answer, address, lang) for answer in others]
    return {
        "@context": "https://schema.org",
        "@type": "QAPage",
        "inLanguage": lang,
        "url": address,
        "mainEntity": question,
    }


def guide_page(*, address: str, lang: str, name: str, values: dict[str, Any]) -> dict[str, Any]:
    return {
        "@context": "https://schema.org",
        "@type": "TechArticle",
        "inLanguage": lang,
        "url": address,
        "headline": name[:110],
        **values,
    }


def _answer(answer: dict[str, Any], address: str, lang: str) -> dict[str, Any]:
    return {
        "@type": "Answer",
        "inLanguage": lang,
        "text": answer["text"],
        "upvoteCount": answer["score"],
        "dateCreated": answer["date"],
        "url": f"{address}#answer-{answer['position']}",
    }
