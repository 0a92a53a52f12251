"""An article as others show it: in a search result, a feed, a shared link."""

from typing import Any

from django.utils.safestring import SafeString

from kb.languages import BY_PATH, OTHER, html_lang
from kb.models import Article, Post, Translation
from kb.reading.structured import (
    ANSWER_CHARACTERS,
    DESCRIPTION_CHARACTERS,
    as_script,
    guide_page,
    plain_text,
    question_page,
)


def text_for(post: Post, lang: str) -> Translation | None:
    """Return the post's text in a language, else in the other one; needs prefetched texts."""
    texts = {text.language: text for text in post.translations.all()}
    return texts.get(BY_PATH[lang]) or texts.get(BY_PATH[OTHER[lang]])


def description_of(article: Article, lang: str) -> str:
    posts = list(article.posts.all())
    text = text_for(posts[0], lang) if posts else None
    return plain_text(text.blocks, most=DESCRIPTION_CHARACTERS) if text else ""


def json_ld(article: Article, *, lang: str, name: str, address: str) -> SafeString:
    """Return the honest type: a question page where there are answers, else an article."""
    posts = list(article.posts.all())
    values: dict[str, Any] = {
        "dateCreated": article.created_at.isoformat(),
        "dateModified": article.updated_at.isoformat(),
    }
    language = html_lang(BY_PATH[lang])
    answers = [_answer(post, lang) for post in posts if post.role == Post.Role.ANSWER]
    if not answers:
        values["description"] = description_of(article, lang)
        return as_script(guide_page(address=address, lang=language, name=name, values=values))
    opening = text_for(posts[0], lang)
    values["text"] = plain_text(opening.blocks, most=ANSWER_CHARACTERS) if opening else name
    values["upvoteCount"] = article.score
    page = question_page(address=address, lang=language, name=name, values=values, answers=answers)
    return as_script(page)


def _answer(post: Post, lang: str) -> dict[str, Any]:
    text = text_for(post, lang)
    return {
        "accepted": post.is_accepted,
        "text": plain_text(text.blocks, most=ANSWER_CHARACTERS) if text else "",
        "score": post.score,
        "date": post.created_at.isoformat(),
        "position": post.position,
    }
