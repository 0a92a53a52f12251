"""A reader's suggestion becomes a revision that names the reader, also when the text went on."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser, User

from kb.editing import EditConflict, save_text
from kb.editing.suggesting import (
    AlreadyDecided,
    accept_suggestion,
    decline_suggestion,
    view_suggestion,
)
from kb.errors import AuthoringError
from kb.feedback import suggest_edit
from kb.models import Article, AuditEntry, Language, Report, Translation
from kb.people.roles import Role

EN = Language.EN
pytestmark = pytest.mark.django_db


@pytest.fixture
def judge(person_in: Callable[[Role], User]) -> User:
    return person_in(Role.CURATOR)


@pytest.fixture
def text(freezing: Article) -> Translation:
    return freezing.posts.get(position=1).translations.get(language=EN)


def suggest(text: Translation, old: str, new: str, user: object = None) -> Report:
    return suggest_edit(
        translation=text,
        markdown=text.markdown.replace(old, new),
        comment="reads better",
        user=user or AnonymousUser(),
        session_key="s",
    )


def write(text: Translation, old: str, new: str, user: User) -> None:
    save_text(
        post=text.post,
        language=EN,
        markdown=text.markdown.replace(old, new),
        user=user,
        base=text.revision_number,
    )


def accept(report: Report, user: User, **values) -> None:
    found = view_suggestion(report)
    assert found is not None
    given = {
        "markdown": found.proposed,
        "title": found.title,
        "base": found.text.revision_number,
        "decision": "thanks",
        **values,
    }
    accept_suggestion(report=report, user=user, **given)


def test_accepted_suggestion_is_a_revision_that_credits_the_reader(
    text: Translation, judge: User, owner: User
):
    report = suggest(text, "Done.", "That is all.", owner)

    accept(report, judge)

    revision = text.revisions.get(number=2)
    assert "That is all." in revision.markdown
    assert revision.comment == "suggested by owner: reads better"
    assert revision.created_by == judge
    report.refresh_from_db()
    assert (report.status, report.decision, report.decided_by) == ("accepted", "thanks", judge)
    assert set(AuditEntry.objects.values_list("verb", flat=True)) == {
        "saved-text",
        "accepted-report",
    }


def test_article_has_less_to_mend_after_the_decision(text: Translation, judge: User):
    report = suggest(text, "Done.", "That is all.")
    before = Article.objects.get().work

    decline_suggestion(report=report, decision="it was right", user=judge)

    assert Article.objects.get().work == before - 2
    report.refresh_from_db()
    assert (report.status, report.decision) == ("declined", "it was right")


def test_suggestion_for_an_older_text_keeps_what_came_since(text: Translation, judge: User):
    report = suggest(text, "Done.", "That is all.")
    write(text, "So:", "Like this:", judge)

    found = view_suggestion(report)
    accept(report, judge)

    assert found is not None
    assert (found.is_old, found.is_clean) == (True, True)
    text.refresh_from_db()
    assert text.markdown.startswith("Like this:")
    assert text.markdown.endswith("That is all.")


def test_suggestion_for_lines_that_changed_since_is_shown_as_it_is(text: Translation, judge: User):
    report = suggest(text, "Done.", "That is all.")
    write(text, "Done.", "Finished.", judge)

    found = view_suggestion(report)

    assert found is not None
    assert (found.is_old, found.is_clean) == (True, False)
    assert "That is all." in found.proposed


def test_curator_may_change_it_before(text: Translation, judge: User):
    report = suggest(text, "Done.", "Thats all.")

    accept(report, judge, markdown=report.markdown.replace("Thats", "That's"))

    text.refresh_from_db()
    assert text.markdown.endswith("That's all.")


def test_suggestion_is_decided_once(text: Translation, judge: User):
    report = suggest(text, "Done.", "That is all.")
    accept(report, judge)

    with pytest.raises(AlreadyDecided):
        decline_suggestion(report=report, decision="no", user=judge)


def test_text_saved_while_the_curator_read_is_not_overwritten(text: Translation, judge: User):
    report = suggest(text, "Done.", "That is all.")
    write(text, "So:", "Like this:", judge)

    with pytest.raises(EditConflict):
        accept(report, judge, markdown=report.markdown, base=1)

    report.refresh_from_db()
    assert report.status == "open"


def test_suggested_code_needs_the_other_language_too(text: Translation, judge: User):
    report = suggest(text, "print(1)", "print(2)")

    with pytest.raises(AuthoringError):
        accept(report, judge)
    accept(report, judge, carries_code=True)

    zh = text.post.translations.get(language=Language.ZH)
    assert "print(2)" in zh.markdown
