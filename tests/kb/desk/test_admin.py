"""Every record has its pages in the admin, in both languages and for a constant number of queries."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from kb.models import (
    AcceptedReason,
    ApiToken,
    Article,
    AuditEntry,
    DeletedArticle,
    EditorDraft,
    ImportJob,
    IndexChange,
    OldAddress,
    Picture,
    PostSnippet,
    Report,
    SearchIndex,
    SentBack,
    SharedSetup,
    SharedSetupRevision,
    Tag,
    TagSuggestion,
    TitleVector,
    Vote,
    Webhook,
    WebhookDelivery,
)
from snippets.models import Artifact, Batch, Curation, Run, Snippet, Trial, Verification

pytestmark = pytest.mark.django_db
MODELS = list(admin.site._registry)
LANGUAGES = {"zh-hans": "zh-CN", "en": "en-GB"}
CHINESE = re.compile("[\u4e00-\u9fff]")
# What Chinese engineers write in Latin letters too.
SAME = {"ID", "Webhook"}


@pytest.fixture
def operator(db: None) -> User:
    user = get_user_model().objects.create_superuser("op", password="x")
    TOTP.activate(user, generate_totp_secret())
    return user


@pytest.fixture
def operating(client: Client, operator: User) -> Client:
    client.force_login(operator)
    return client


@pytest.fixture
def everything(freezing: Article, operator: User) -> None:
    """A record of each model."""
    post = freezing.posts.get(position=1)
    snippet = PostSnippet.objects.get(post__article=freezing).snippet
    run = Run.objects.create(snippet=snippet, runtime="torch-2.13", code="1")
    Artifact.objects.create(run=run, name="a.png", kind="figure", media_type="image/png", data=b"a")
    batch = Batch.objects.create()
    verification = Verification.objects.create(
        snippet=snippet, runtime="torch-2.13", key="k", outcome="runs", run=run, batch=batch
    )
    Curation.objects.create(digest=snippet.digest, setup="x = 1", updated_by=operator)
    trial = Trial.objects.create(snippet=snippet, requested_by=operator)
    trial.cells.create(runtime="torch-2.13", run=run)
    Vote.objects.create(post=post, user=operator, value=1)
    Report.objects.create(post=post, kind="outdated", language="en", user=operator)
    OldAddress.objects.create(address="/a/1", article=freezing)
    Picture.objects.create(digest="d" * 64, media_type="image/png", data=b"a")
    index = SearchIndex.objects.create(name="i", engine="fts5", version="1")
    IndexChange.objects.create(index=index, article_id=freezing.pk)
    TitleVector.objects.create(article=freezing, language="en", digest="d", vector=b"v")
    SharedSetup.objects.create(scope="tag:pytorch", code="x = 1")
    SharedSetupRevision.objects.create(scope="tag:pytorch", code="x = 1", user=operator)
    SentBack.objects.create(translation=post.translations.first(), note="mend", user=operator)
    AcceptedReason.objects.create(digest=snippet.digest, runtime="torch-2.13", outcome="fails")
    AuditEntry.objects.create(user=operator, verb="imported", target_kind="article", target_id=1)
    DeletedArticle.objects.create(article=99, rows=[], deleted_by=operator)
    EditorDraft.objects.create(user=operator, place="post:1")
    ImportJob.objects.create(format="wxr", file_name="a.xml", requested_by=operator)
    TagSuggestion.objects.create(article=freezing, name="lstm")
    ApiToken.objects.create(user=operator, name="t", digest="e" * 64, hint="abcd")
    webhook = Webhook.objects.create(url="https://a.example/", secret="whsec_1", site_url="https://b.example/")  # fmt: skip
    WebhookDelivery.objects.create(
        webhook=webhook, message_id="m", event="snippet.broke", body="{}", verification=verification
    )


def address(model: type[models.Model], page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_opens(operating: Client, everything: None, language: str):
    headers = {"accept-language": LANGUAGES[language]}
    for model in MODELS:
        name = model._meta.label
        listed = operating.get(address(model, "changelist"), {"q": "x"}, headers=headers)
        added = operating.get(address(model, "add"), headers=headers)
        known = model._default_manager.first()
        if known is not None:
            changed = operating.get(address(model, "change", known.pk), headers=headers)
            assert changed.status_code == 200, name
        assert listed.status_code == 200, name
        assert added.status_code in {200, 403}, name
        assert f'<html lang="{language}"' in listed.content.decode(), name


def test_each_of_our_models_is_there():
    ours = {model._meta.label for model in MODELS if model._meta.app_label in {"kb", "snippets"}}

    # Parts of others, edited or shown with them.
    assert {"kb.Article", "snippets.Curation", "kb.AuditEntry", "kb.ImportJob"} <= ours
    assert _unregistered() == {"kb.ImportChunk", "kb.TagSynonym", "snippets.TrialCell"}


def _unregistered() -> set[str]:
    from django.apps import apps

    return {
        model._meta.label
        for label in ("kb", "snippets")
        for model in apps.get_app_config(label).get_models()
        if model not in admin.site._registry
    }


def test_every_name_is_chinese_in_chinese():
    left: list[str] = []
    with translation.override("zh-hans"):
        for model in MODELS:
            names = [model._meta.verbose_name, model._meta.verbose_name_plural]
            names += [field.verbose_name for field in model._meta.fields]
            names += [field.verbose_name for field in model._meta.many_to_many]
            names += [label for field in model._meta.fields for _, label in field.flatchoices]
            left += [
                f"{model._meta.label}: {name}"
                for name in map(str, names)
                if not CHINESE.search(name) and name not in SAME | LATIN
            ]

    assert left == []


LATIN = {"Python 3", "Python 2", "English", "TOTP Authenticator", "WebAuthn"}


@pytest.mark.parametrize("model", [Verification, PostSnippet, Run, Snippet])
def test_lists_cost_the_same_for_many(
    operating: Client, everything: None, shown: Callable[..., Snippet], model: type[models.Model]
):
    with CaptureQueriesContext(
        connection,
    ) as few:
        operating.get(address(model, "changelist"))
    for number in range(5):
        snippet = shown(f"print({number})")
        run = Run.objects.create(snippet=snippet, runtime="torch-2.13", code="1")
        Verification.objects.create(
            snippet=snippet, runtime="torch-2.13", key="k", outcome="runs", run=run
        )

    with CaptureQueriesContext(connection) as many:
        operating.get(address(model, "changelist"))

    assert len(many) == len(few)


def test_evidence_cannot_be_changed(operating: Client, everything: None):
    for model in (Run, Verification, AuditEntry, Curation, Snippet):
        known = model._default_manager.first()
        assert known is not None
        sent = operating.post(address(model, "change", known.pk), {"outcome": "verified"})
        gone = operating.post(address(model, "delete", known.pk), {"post": "yes"})
        assert (sent.status_code, gone.status_code) == (403, 403), model


def test_change_of_a_record_is_in_the_desks_history(operating: Client, everything: None):
    tag = Tag.objects.get(slug="lstm")
    values = {
        "slug": "lstm", "name_zh": "长短期记忆", "name_en": "LSTM",
        "synonyms-TOTAL_FORMS": "0", "synonyms-INITIAL_FORMS": "0",
    }  # fmt: skip

    operating.post(address(Tag, "change", tag.pk), values)

    deed = AuditEntry.objects.get(verb="edited-tag")
    assert (deed.user_name, deed.target_id) == ("op", tag.pk)


def test_secrets_are_on_no_page(operating: Client, everything: None, operator: User):
    factor = operator.authenticator_set.get()
    for model, pk, secret in (
        (type(factor), factor.pk, factor.data["secret"]),
        (Webhook, Webhook.objects.get().pk, "whsec_1"),
        (ApiToken, ApiToken.objects.get().pk, "e" * 64),
    ):
        assert secret not in operating.get(address(model, "change", pk)).content.decode()


def test_operator_chooses_the_language_and_finds_the_desk(operating: Client):
    page = operating.get("/admin/", headers={"accept-language": "en"}).content.decode()

    answer = operating.post("/admin/language", {"language": "zh-hans", "next": "/admin/"})

    assert 'href="/en/desk/"' in page
    assert answer.headers["Location"] == "/admin/"
    again = operating.get("/admin/", headers={"accept-language": "en"}).content.decode()
    assert '<html lang="zh-hans"' in again
