"""The queries that search was built for, on our whole content and the real archive page."""

import io
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command

from kb.models import Article
from kb.search.draining import rebuild
from kb.search.searching import search
from snippets.models import Snippet, Verification

ARCHIVE = Path(django_settings.BASE_DIR).parent / "shared" / "archive" / "deep-learning.txt"

SAVING = "save-and-load-pytorch-models"
PADDING = "same-vs-valid-padding"
KERAS = "keras-2-to-keras-3"
TRACEBACK = """Traceback (most recent call last):
  File "/home/me/model.py", line 7, in <module>
    model.add(keras.layers.LSTM(3, stateful=True, batch_input_shape=(4, 5, 2)))
  File "/usr/lib/python3/dist-packages/keras/src/layers/rnn/lstm.py", line 482, in __init__
    super().__init__(
  File "/usr/lib/python3/dist-packages/keras/src/layers/layer.py", line 291, in __init__
    raise ValueError(
ValueError: Unrecognized keyword arguments passed to LSTM: {'batch_input_shape': (4, 5, 2)}
"""


@pytest.fixture
def site(db: None) -> None:
    call_command("load_content", stdout=io.StringIO())
    if ARCHIVE.exists():
        call_command("import_archive", str(ARCHIVE), "--json", stdout=io.StringIO())
    # As after `make up`: our own snippets work.
    Verification.objects.bulk_create(
        Verification(snippet=snippet, runtime="tf-2.21", key="k", outcome="verified")
        for snippet in Snippet.objects.filter(
            placements__post__article__source__kind="content"
        ).distinct()
    )
    rebuild()


QUERIES = [
    ("怎么保存模型", {SAVING, "pytorch"}),
    ("how to save model", {SAVING}),
    ("torch.sav", {SAVING}),
    ("UnpicklingError weights_only", {"torch-load-weights-only"}),
    ("最大池化 SAME", {PADDING, "max_pool"}),
    ("max_pool padding [tensorflow] verified:yes", {PADDING}),
    ("batch_input_shape", {KERAS, "keras-stateful-lstm"}),
    (TRACEBACK, {KERAS, "keras-stateful-lstm"}),
    (" ".join(TRACEBACK.split()), {KERAS, "keras-stateful-lstm"}),
]


def test_right_article_is_first_in_either_language(site: None):
    slugs = dict(Article.objects.values_list("pk", "slug"))
    firsts = {
        (query, lang): (slugs[search(text=query, lang=lang).hits[0].article], right)
        for query, right in QUERIES
        for lang in ("zh", "en")
    }

    wrong = {
        asked: slug
        for asked, (slug, right) in firsts.items()
        if not any(name in slug for name in right)
    }
    assert wrong == {}
