"""What a translator writes waits for a reviewer, and nobody reviews their own."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from kb.desk.queue import Filters
from kb.desk.texts import sent_back, to_review
from kb.editing import save_text
from kb.editing.reviewing import accept_text, may_review, send_back_text, writers_of
from kb.models import Article, AuditEntry, Language, SentBack, Translation
from kb.people.roles import Role
from snippets.services import NotAllowed

EN = Language.EN
pytestmark = pytest.mark.django_db
PersonIn = Callable[[Role], User]


def write(article: Article, user: User, words: str) -> Translation:
    post = article.posts.get(position=0)
    text = post.translations.get(language=EN)
    save_text(
        post=post,
        language=EN,
        title=text.title,
        markdown=words,
        user=user,
        base=text.revision_number,
    )
    return Translation.objects.get(pk=text.pk)


@pytest.mark.parametrize(
    ("role", "waits"),
    [
        (Role.TRANSLATOR, True),
        (Role.REVIEWER, True),
        (Role.AUTHOR, False),
        (Role.CURATOR, False),
        (Role.ADMINISTRATOR, False),
    ],
)
def test_what_waits_for_a_review(freezing: Article, person_in: PersonIn, role: Role, waits: bool):
    text = write(freezing, person_in(role), "Other words.")

    assert (text.review_since == 2) is waits


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.CURATOR, Role.ADMINISTRATOR])
def test_reviewer_accepts_what_another_wrote(freezing: Article, person_in: PersonIn, role: Role):
    text = write(freezing, person_in(Role.TRANSLATOR), "Other words.")
    reviewer = person_in(role)

    accept_text(text=text, user=reviewer, until=2)

    text.refresh_from_db()
    assert text.review_since is None
    revision = text.revisions.get(number=2)
    assert revision.reviewed_by == reviewer
    assert revision.reviewed_at is not None
    assert AuditEntry.objects.filter(verb="reviewed-text", user=reviewer).count() == 1


def test_nobody_reviews_their_own(freezing: Article, person_in: PersonIn):
    reviewer = person_in(Role.REVIEWER)
    text = write(freezing, reviewer, "Other words.")

    assert not may_review(text=text, user=reviewer)
    with pytest.raises(NotAllowed):
        accept_text(text=text, user=reviewer, until=2)

    text.refresh_from_db()
    assert text.review_since == 2


def test_own_revision_under_another_one_is_not_reviewed_either(
    freezing: Article, person_in: PersonIn
):
    reviewer = person_in(Role.REVIEWER)
    write(freezing, reviewer, "Mine.")
    text = write(freezing, person_in(Role.TRANSLATOR), "Mine, and more.")

    with pytest.raises(NotAllowed):
        accept_text(text=text, user=reviewer, until=3)

    assert writers_of(text) == ["the-reviewer", "the-translator"]


@pytest.mark.parametrize("role", [Role.READER, Role.TRANSLATOR, Role.AUTHOR])
def test_others_do_not_review(freezing: Article, person_in: PersonIn, outsider: User, role: Role):
    text = write(freezing, person_in(Role.REVIEWER), "Other words.")

    with pytest.raises(NotAllowed):
        accept_text(text=text, user=person_in(role), until=2)


def test_what_was_written_while_the_reviewer_read_waits_on(freezing: Article, person_in: PersonIn):
    translator = person_in(Role.TRANSLATOR)
    write(freezing, translator, "Seen.")
    text = write(freezing, translator, "Seen, and not seen.")

    accept_text(text=text, user=person_in(Role.REVIEWER), until=2)

    text.refresh_from_db()
    assert text.review_since == 3
    assert text.revisions.get(number=3).reviewed_at is None


def test_text_is_reviewed_once(freezing: Article, person_in: PersonIn):
    text = write(freezing, person_in(Role.TRANSLATOR), "Other words.")
    accept_text(text=text, user=person_in(Role.REVIEWER), until=2)

    with pytest.raises(NotAllowed):
        accept_text(text=text, user=person_in(Role.CURATOR), until=2)


def test_curator_who_writes_over_a_translation_has_reviewed_it(
    freezing: Article, person_in: PersonIn
):
    write(freezing, person_in(Role.TRANSLATOR), "Other wrods.")

    text = write(freezing, person_in(Role.CURATOR), "Other words.")

    assert text.review_since is None
    assert text.revisions.get(number=2).reviewed_by == person_in(Role.CURATOR)


def test_reviewer_who_writes_over_a_translation_leaves_their_own_words_to_another(
    freezing: Article, person_in: PersonIn
):
    write(freezing, person_in(Role.TRANSLATOR), "Other wrods.")

    text = write(freezing, person_in(Role.REVIEWER), "Other words.")

    assert text.review_since == 3
    assert text.revisions.get(number=2).reviewed_by == person_in(Role.REVIEWER)


def test_author_who_writes_over_a_translation_has_not_reviewed_it(
    freezing: Article, person_in: PersonIn
):
    write(freezing, person_in(Role.TRANSLATOR), "Other wrods.")

    text = write(freezing, person_in(Role.AUTHOR), "Other words.")

    assert text.review_since == 2


def test_readers_are_told_until_it_is_reviewed(
    client: Client, freezing: Article, person_in: PersonIn
):
    said = "This translation has not been reviewed yet."
    english, chinese = (f"/{lang}/q/{freezing.pk}/freeze" for lang in ("en", "zh"))
    text = write(freezing, person_in(Role.TRANSLATOR), "Other words.")

    assert said in client.get(english).content.decode()
    assert "此译文尚未审校" not in client.get(chinese).content.decode()
    accept_text(text=text, user=person_in(Role.REVIEWER), until=2)

    assert said not in client.get(english).content.decode()


def waiting() -> tuple[list[int], list[int]]:
    """Return what waits for a reviewer, and what for a translator."""
    queues = (to_review(Filters()), sent_back(Filters()))
    return tuple(list(found.values_list("revision_number", flat=True)) for found in queues)


@pytest.mark.parametrize("role", Role)
def test_who_sends_a_translation_back(
    freezing: Article, person_in: PersonIn, owner: User, role: Role
):
    writer = owner
    writer.groups.set(person_in(Role.TRANSLATOR).groups.all())
    text = write(freezing, writer, "Other wrods.")
    may = role in {Role.REVIEWER, Role.CURATOR, Role.ADMINISTRATOR}

    if may:
        send_back_text(text=text, user=person_in(role), until=2, note="wrods?")
    else:
        with pytest.raises(NotAllowed):
            send_back_text(text=text, user=person_in(role), until=2, note="wrods?")

    assert waiting() == (([], [2]) if may else ([2], []))
    assert AuditEntry.objects.filter(verb="sent-back-text", why="wrods?").count() == int(may)


def test_nobody_sends_back_their_own(freezing: Article, person_in: PersonIn):
    text = write(freezing, person_in(Role.REVIEWER), "Other wrods.")

    with pytest.raises(NotAllowed):
        send_back_text(text=text, user=person_in(Role.REVIEWER), until=2, note="wrods?")


def test_note_on_an_earlier_text_is_not_left(freezing: Article, person_in: PersonIn):
    write(freezing, person_in(Role.TRANSLATOR), "Other wrods.")
    text = write(freezing, person_in(Role.TRANSLATOR), "Other words.")

    with pytest.raises(NotAllowed):
        send_back_text(text=text, user=person_in(Role.REVIEWER), until=2, note="wrods?")

    assert SentBack.objects.count() == 0


def test_mended_translation_waits_for_its_review_again(freezing: Article, person_in: PersonIn):
    reviewer = person_in(Role.REVIEWER)
    text = write(freezing, person_in(Role.TRANSLATOR), "Other wrods.")
    send_back_text(text=text, user=reviewer, until=2, note="wrods?")

    text = write(freezing, person_in(Role.TRANSLATOR), "Other words.")

    assert waiting() == ([3], [])
    assert may_review(text=text, user=reviewer)


def test_who_accepts_it_after_all_takes_the_note_away(freezing: Article, person_in: PersonIn):
    text = write(freezing, person_in(Role.TRANSLATOR), "Other wrods.")
    send_back_text(text=text, user=person_in(Role.REVIEWER), until=2, note="wrods?")

    accept_text(text=text, user=person_in(Role.CURATOR), until=2)

    assert waiting() == ([], [])


def test_translator_finds_the_note_in_their_queue_and_beside_the_text(
    freezing: Article, person_in: PersonIn, client_of: Callable[[User], Client]
):
    text = write(freezing, person_in(Role.TRANSLATOR), "Other wrods.")
    reviewer, translator = (client_of(person_in(one)) for one in (Role.REVIEWER, Role.TRANSLATOR))
    address = f"/en/desk/texts/{text.pk}/back"

    silent = reviewer.post(address, {"until": 2, "note": " "}, follow=True).content.decode()
    answer = reviewer.post(address, {"until": 2, "note": "wrods?"})
    queue = translator.get("/en/desk/queues/sent-back").content.decode()
    editor = translator.get(f"/zh/desk/posts/{text.post_id}/edit").content.decode()

    assert "Say what is to be mended" in silent
    assert answer.headers["Location"] == f"/en/desk/posts/{text.post_id}/edit"
    assert "wrods?" in queue
    assert "退回" in editor
    assert "wrods?" in editor
    assert "desk/texts" not in editor
