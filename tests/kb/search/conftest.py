"""A few articles with an index of their own, in a directory of the test's own."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings

from kb.models import Article, Post, SearchIndex
from kb.search import indexes
from kb.search.draining import drain, rebuild
from kb.storing.drafts import ArticleDraft
from tests.kb.conftest import post, question

# A machine that is busy is no fault of what is tested.
hypothesis_settings.register_profile("patient", deadline=None)
hypothesis_settings.load_profile("patient")

Store = Callable[[ArticleDraft], Article]


@pytest.fixture(autouse=True)
def _own_index(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.VAR_DIR = tmp_path
    yield
    indexes.forget_reader()


@pytest.fixture
def articles(tags: None, store: Store) -> dict[str, Article]:
    """Three questions: about freezing (both languages), clipping (English), labels (Chinese)."""
    freeze = question(
        post(
            Post.Role.QUESTION,
            "怎样冻结预训练模型的一部分层？",
            "How do I freeze a part of the pretrained model?",
            zh_title="微调时如何冻结层",
            en_title="How to freeze layers when fine-tuning",
        ),
        post(
            Post.Role.ANSWER,
            "把`requires_grad`设为假：\n\n```python run\nimport torch\n\n"
            "layer = torch.nn.Linear(2, 1)\nlayer.requires_grad_(False)\n```",
            "Set `requires_grad` to false:\n\n```python run\nimport torch\n\n"
            "layer = torch.nn.Linear(2, 1)\nlayer.requires_grad_(False)\n```",
        ),
        slug="freeze",
        tags=("pytorch", "autograd"),
    )
    clip = question(
        post(
            Post.Role.QUESTION,
            None,
            "The loss becomes NaN because of exploding gradients.",
            en_title="How should gradients be clipped?",
        ),
        post(Post.Role.ANSWER, None, "Call `torch.nn.utils.clip_grad_norm_` before the step."),
        slug="clip",
        tags=("pytorch",),
    )
    label = question(
        post(Post.Role.QUESTION, "多边形标注要用哪个工具？", None, zh_title="图像标注工具"),
        post(Post.Role.ANSWER, "可以用 labelme，它支持多边形和矩形。", None),
        slug="label",
        tags=("keras",),
    )
    return {draft.slug: store(draft) for draft in (freeze, clip, label)}


@pytest.fixture
def index(articles: dict[str, Article]) -> SearchIndex:
    return rebuild()


@pytest.fixture
def catch_up() -> Callable[[], int]:
    """Drain the outbox once, as the drainer's process does; return how many articles it had."""

    def run() -> int:
        index = SearchIndex.objects.get(name=indexes.current_name())
        writer = indexes.open_writer(index.engine, index.name)
        try:
            return drain(index=index, writer=writer)
        finally:
            writer.close()

    return run
