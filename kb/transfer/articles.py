"""Articles as Markdown files in the authoring format, for people and other tools."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from django.db.models import Prefetch

from kb.languages import TO_PATH
from kb.models import Article, Language, Picture, Post, Tag

SUFFIXES = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}


def write_articles(folder: Path) -> int:
    """Write `<slug>-<id>.<lang>.md`, tags.yaml and pictures; return how many articles."""
    folder.mkdir(parents=True)
    (folder / "tags.yaml").write_text(
        yaml.safe_dump(list(_tags()), allow_unicode=True, sort_keys=False), encoding="utf-8"
    )
    pictures = folder / "pictures"
    for picture in Picture.objects.order_by("pk").iterator(chunk_size=50):
        pictures.mkdir(exist_ok=True)
        suffix = SUFFIXES.get(picture.media_type, "bin")
        (pictures / f"{picture.digest}.{suffix}").write_bytes(bytes(picture.data))
    count = 0
    posts = Post.objects.order_by("position").prefetch_related("translations")
    articles = (
        Article.objects.order_by("pk")
        .select_related("source")
        .prefetch_related(Prefetch("posts", queryset=posts), "tags")
    )
    for article in articles.iterator(chunk_size=200):
        for language in Language:
            if text := _text(article, language):
                name = f"{article.slug[:80]}-{article.pk}.{TO_PATH[language]}.md"
                (folder / name).write_text(text, encoding="utf-8", errors="surrogatepass")
        count += 1
    return count


def _tags() -> Iterator[dict[str, Any]]:
    for tag in Tag.objects.select_related("parent").prefetch_related("synonyms"):
        value: dict[str, Any] = {
            "slug": tag.slug,
            "name": {"zh": tag.name_zh, "en": tag.name_en},
            "description": {"zh": tag.description_zh, "en": tag.description_en},
        }
        if tag.parent:
            value["parent"] = tag.parent.slug
        if synonyms := [synonym.name for synonym in tag.synonyms.all()]:
            value["synonyms"] = synonyms
        yield value


def _text(article: Article, language: Language) -> str:
    sections: list[str] = []
    title = ""
    for post in article.posts.all():
        text = next((t for t in post.translations.all() if t.language == language), None)
        if text is None:
            # A language that lacks an answer cannot stand in this format; data/ has it.
            if not post.position:
                return ""
            sections.append("<!-- answer -->\n…")
            continue
        title = title or text.title
        mark = "<!-- answer accepted -->\n" if post.is_accepted else "<!-- answer -->\n"
        sections.append((mark if post.position else "") + text.markdown.strip("\n"))
    front = {
        "title": title,
        "kind": article.kind,
        "tags": [tag.slug for tag in article.tags.all()],
        **_source(article),
    }
    head = yaml.safe_dump(front, allow_unicode=True, sort_keys=False)
    return f"---\n{head}---\n" + "\n\n".join(sections) + "\n"


def _source(article: Article) -> dict[str, str]:
    source = article.source
    if source is None:
        return {}
    values = {"source": source.url, "author": source.author, "licence": source.licence}
    return {name: value for name, value in values.items() if value}
