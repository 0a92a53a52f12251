"""An article as an author or an importer hands it in, before anything is stored."""

import dataclasses
import datetime

from kb.models import Article, Language, Post


@dataclasses.dataclass(frozen=True, kw_only=True)
class RevisionDraft:
    """How a text read before; importers know it, authors do not."""

    markdown: str
    title: str = ""
    comment: str = ""
    created_at: datetime.datetime | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class TranslationDraft:
    markdown: str
    title: str = ""  # of the article; on the question or the body alone
    earlier: tuple[RevisionDraft, ...] = ()  # the oldest first; stored with a new text only


@dataclasses.dataclass(frozen=True, kw_only=True)
class PostDraft:
    role: Post.Role
    translations: dict[Language, TranslationDraft]
    is_accepted: bool = False
    score: int = 0
    author: str = ""
    created_at: datetime.datetime | None = None  # None: now
    old_addresses: tuple[str, ...] = ()  # paths with query, where it stood before


@dataclasses.dataclass(frozen=True, kw_only=True)
class SourceDraft:
    """Names the article for good: the same kind and external_id are the same article."""

    kind: str
    external_id: str
    title: str = ""
    url: str = ""
    author: str = ""
    licence: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class PictureDraft:
    """A picture that a text shows as `![…](picture:<digest>)`."""

    digest: str  # sha256 of the bytes
    media_type: str
    data: bytes


@dataclasses.dataclass(frozen=True, kw_only=True)
class ArticleDraft:
    kind: Article.Kind
    slug: str
    source: SourceDraft
    posts: tuple[PostDraft, ...]  # the question or the body first
    tags: tuple[str, ...] = ()  # slugs or synonyms
    created_at: datetime.datetime | None = None  # None: now
    updated_at: datetime.datetime | None = None
    pictures: tuple[PictureDraft, ...] = ()
