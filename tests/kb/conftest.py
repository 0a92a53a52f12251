"""Articles to show, made through the service that importers use."""

from collections.abc import Callable

import pytest
from django.conf import settings

from kb.catalogues import compile_stale
from kb.models import Article, Language, Post
from kb.services import save_article
from kb.storing.drafts import ArticleDraft, PostDraft, SourceDraft, TranslationDraft
from kb.tagging import TagDraft, save_tags

ZH, EN = Language.ZH, Language.EN


@pytest.fixture(scope="session", autouse=True)
def _catalogues() -> None:
    for locale in settings.LOCALE_PATHS:
        compile_stale(locale)


def post(role: Post.Role, zh: str | None, en: str | None, **values: str) -> PostDraft:
    """A post with a text in each language that is not None; titles by zh_title, en_title."""
    texts = {
        language: TranslationDraft(markdown=text, title=values.get(f"{path}_title", ""))
        for path, language, text in (("zh", ZH, zh), ("en", EN, en))
        if text is not None
    }
    return PostDraft(role=role, translations=texts)


def question(*posts: PostDraft, slug: str = "freeze", tags: tuple[str, ...] = ()) -> ArticleDraft:
    return ArticleDraft(
        kind=Article.Kind.QUESTION,
        slug=slug,
        source=SourceDraft(kind="content", external_id=slug),
        posts=posts,
        tags=tags,
    )


@pytest.fixture
def tags(db: None) -> None:
    save_tags(
        drafts=[
            TagDraft(slug="pytorch", name_zh="火炬", name_en="PyTorch", synonyms=("Torch",)),
            TagDraft(slug="autograd", name_zh="自动求导", name_en="Autograd", parent="pytorch"),
            TagDraft(slug="keras", name_zh="Keras", name_en="Keras", synonyms=("高层接口",)),
            TagDraft(slug="lstm", name_zh="LSTM", name_en="LSTM"),
        ]
    )


@pytest.fixture
def store(db: None) -> Callable[[ArticleDraft], Article]:
    """Save a draft and return its article."""

    def save(draft: ArticleDraft) -> Article:
        save_article(draft=draft)
        return Article.objects.get(source__external_id=draft.source.external_id)

    return save


@pytest.fixture
def freezing(tags: None, store: Callable[[ArticleDraft], Article]) -> Article:
    """A question and an answer in both languages, with one snippet."""
    code = "```python run name=freeze.py\nprint(1)\n```\n\n```output\n1\n```"
    return store(
        question(
            post(
                Post.Role.QUESTION,
                "怎样冻结？\n\n只训练最后几层。",
                "How do I freeze?\n\nTrain the last layers only.",
                zh_title="如何冻结层？",
                en_title="How do I freeze layers?",
            ),
            post(Post.Role.ANSWER, f"这样：\n\n{code}\n\n就好。", f"So:\n\n{code}\n\nDone."),
            tags=("pytorch", "autograd"),
        )
    )
