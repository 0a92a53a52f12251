"""What tests of the editor send it: its form as a browser would fill it in."""

from collections.abc import Mapping

from django.contrib.auth.models import User

from kb.editing import save_text
from kb.models import Language, Post

ZH, EN = Language.ZH, Language.EN
Fields = Mapping[str, str]


def address(post: Post, lang: str = "en") -> str:
    return f"/{lang}/desk/posts/{post.pk}/edit"


def fields(post: Post, **changes: str) -> dict[str, str]:
    """Return what the browser sends of the editor as it was opened, with changes."""
    sent = {"comment": "", "action": "save"}
    for path, language in (("zh", ZH), ("en", EN)):
        text = post.translations.get(language=language)
        sent[f"markdown_{path}"] = text.markdown.replace("\n", "\r\n")
        sent[f"base_{path}"] = str(text.revision_number)
        if post.position == 0:
            sent[f"title_{path}"] = text.title
    return sent | changes


def edited(post: Post, old: str, new: str, path: str = "en", **changes: str) -> dict[str, str]:
    sent = fields(post, **changes)
    assert old in sent[f"markdown_{path}"]
    sent[f"markdown_{path}"] = sent[f"markdown_{path}"].replace(old, new)
    return sent


def text_of(post: Post, language: Language = EN) -> str:
    return post.translations.get(language=language).markdown


def write(post: Post, user: User, old: str, new: str) -> None:
    text = post.translations.get(language=EN)
    save_text(
        post=post,
        language=EN,
        markdown=text.markdown.replace(old, new),
        title=text.title,
        user=user,
        base=text.revision_number,
    )
