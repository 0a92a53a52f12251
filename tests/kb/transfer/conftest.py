"""A site with a row or more in every table, and a look at all of them."""

import datetime
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType

from kb.curation.snippets import keep_shared
from kb.models import (
    AcceptedReason,
    ApiToken,
    Article,
    Deed,
    DeletedArticle,
    EditorDraft,
    ImportJob,
    Language,
    OldAddress,
    Picture,
    Post,
    Report,
    Revision,
    SentBack,
    TagSuggestion,
    Translation,
    Vote,
    Webhook,
    WebhookDelivery,
)
from kb.people.auditing import note_deed
from kb.services import save_article
from kb.storing.drafts import ArticleDraft, PostDraft, SourceDraft, TranslationDraft
from kb.tagging import TagDraft, save_tags
from kb.transfer.tables import exported_models, key_names, label, named_target
from snippets.curating import Curated, curate_snippet
from snippets.models import Artifact, Batch, Run, Snippet, Trial, TrialCell, Verification

Everything = dict[str, list[dict[str, Any]]]


@pytest.fixture
def site(db: None) -> User:
    """Return a user of a site with every kind of row."""
    save_tags(
        drafts=[
            TagDraft(slug="pytorch", name_zh="火炬", name_en="PyTorch", synonyms=("Torch",)),
            TagDraft(slug="autograd", name_zh="求导", name_en="Autograd", parent="pytorch"),
        ]
    )
    code = "```python run\nprint('☃')\n```\n\n```output\n☃\n```"
    save_article(draft=_article(code, "v1"))
    save_article(draft=_article(code, "v2"), comment="better")
    user = User.objects.create_user("ada", "ada@example.org", "secret words here")
    group = Group.objects.create(name="curators")
    group.permissions.add(Permission.objects.get(codename="change_snippet"))
    user.groups.add(group)
    user.user_permissions.add(Permission.objects.get(codename="add_tag"))
    post = Post.objects.get(position=1)
    Vote.objects.create(post=post, user=user, value=1)
    Report.objects.create(
        post=post, kind="outdated", user=user, comment="old\u2028news", language="en"
    )
    Picture.objects.create(digest="0" * 64, media_type="image/png", data=bytes(range(256)))
    OldAddress.objects.create(address="/questions/1", article=Article.objects.get())
    run = Run.objects.create(
        snippet=Snippet.objects.get(),
        runtime="torch-2.13",
        code="x\n\t'\"",
        output=[{"stream": "stdout", "text": "a\u2028b"}],
        wall_seconds=0.1 + 0.2,
    )
    Artifact.objects.create(
        run=run, name="p.png", kind="figure", media_type="image/png", data=b"\0\xff"
    )
    Verification.objects.create(snippet=Snippet.objects.get(), runtime="torch-2.13", key="k",
                                outcome="verified", run=run)  # fmt: skip
    Revision.objects.update(created_by=user)
    Post.objects.update(created_at=datetime.datetime(1969, 7, 20, 20, 17, 40, 123456, datetime.UTC))
    LogEntry.objects.create(user=user, content_type=ContentType.objects.get_for_model(Post),
                            object_id="1", action_flag=1)  # fmt: skip
    _use_the_desk(user)
    return user


def _use_the_desk(user: User) -> None:
    """Leave what curators and other programs leave."""
    article, snippet = Article.objects.get(), Snippet.objects.get()
    note_deed(user=user, verb=Deed.SAVED_TEXT, target=article, why="so")
    EditorDraft.objects.create(user=user, place="post:1", fields={"markdown_zh": "半句\u2028"})
    TagSuggestion.objects.create(article=article, name="jax", user=user)
    DeletedArticle.objects.create(article=999, rows=[["kb.article", [{"id": 999}]]])
    AcceptedReason.objects.create(
        digest=snippet.digest, runtime="tf-2.15", outcome="fails", user=user
    )
    SentBack.objects.create(translation=Translation.objects.first(), note="半\u2028句", user=user)
    keep_shared(scope="tag:pytorch", code="x = 1", note="so", user=user)
    curate_snippet(curated=Curated(digest="2" * 64, setup="y = 2"), user=user)
    Batch.objects.create(total=3)
    trial = Trial.objects.create(snippet=snippet, values={"setup": "x = 1"}, requested_by=user)
    TrialCell.objects.create(trial=trial, runtime="torch-2.13")
    ImportJob.objects.create(format="archive", file_name="a.txt", requested_by=user)
    ApiToken.objects.create(user=user, name="ci", digest="1" * 64, hint="abcd", scopes=["run"])
    hook = Webhook.objects.create(url="https://example.org/h", secret="whsec_x", events=["broke"])
    WebhookDelivery.objects.create(webhook=hook, message_id="msg_1", event="broke", body="{}")


def _article(code: str, words: str) -> ArticleDraft:
    def both(zh: str, en: str, title: str = "") -> dict[Language, TranslationDraft]:
        return {
            Language.ZH: TranslationDraft(markdown=zh, title=title and f"{title}？"),
            Language.EN: TranslationDraft(markdown=en, title=title and f"{title}?"),
        }

    return ArticleDraft(
        kind=Article.Kind.QUESTION,
        slug="snow",
        source=SourceDraft(kind="test", external_id="1", author="Ada", licence="CC0"),
        posts=(
            PostDraft(role=Post.Role.QUESTION, translations=both("问题", f"Q {words}", "Snow")),
            PostDraft(role=Post.Role.ANSWER, translations=both(code, code), is_accepted=True),
        ),
        tags=("autograd", "pytorch"),
    )


def everything() -> Everything:
    """Return every field of every row; what is numbered differently on each site by its name."""
    found: Everything = {}
    for model in exported_models():
        fields = model._meta.concrete_fields
        names = {f.attname: key_names(target) for f in fields if (target := named_target(f))}
        rows = []
        for row in model._base_manager.order_by("pk").values():
            for name, by_key in names.items():
                row[name] = by_key.get(row[name])
            rows.append({k: bytes(v) if isinstance(v, memoryview) else v for k, v in row.items()})
        found[label(model)] = rows
    return found
