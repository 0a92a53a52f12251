"""The real archive page is read whole, with the counts that were made by hand."""

from kb.archive.coverage import count_unplaced
from kb.archive.page import read_page
from kb.markdown.fences import Fence, FenceKind, scan
from kb.models import Article, Language


def fences(markdown: str) -> list[tuple[str, str, str]]:
    return [(p.kind, p.language, p.code) for p in scan(markdown) if isinstance(p, Fence)]


def test_counts_are_those_of_the_page(archive: bytes) -> None:
    assert read_page(archive).counts() == {
        "articles": 10,
        "questions": 3,
        "guides": 7,
        "answers": 23,
        "sections": 26,
        "blocks": {
            "python": 94,
            "shell": 25,
            "output": 3,
            "console": 2,
            "drawing": 10,
            "names": 6,
            "bibtex": 3,
            "json": 1,
        },
        "snippets": 50,
    }


def test_questions_have_5_3_and_15_answers(archive: bytes) -> None:
    drafts = [article.draft for article in read_page(archive).articles]

    assert [len(d.posts) - 1 for d in drafts if d.kind == Article.Kind.QUESTION] == [5, 3, 15]


def test_every_line_is_in_exactly_one_post(archive: bytes) -> None:
    assert count_unplaced(read_page(archive)) == 0


def test_both_languages_of_a_post_hold_the_same_fences_in_the_same_order(archive: bytes) -> None:
    runs = 0
    for article in read_page(archive).articles:
        for post in article.draft.posts:
            if article.draft.kind == Article.Kind.QUESTION:
                ours, theirs = (fences(post.translations[key].markdown) for key in Language)
                assert ours == theirs
                runs += 2 * sum(kind == FenceKind.RUN for kind, _, _ in ours)
            else:
                (only,) = post.translations.values()
                runs += sum(kind == FenceKind.RUN for kind, _, _ in fences(only.markdown))
    assert runs == 92


def test_english_halves_hold_no_chinese(archive: bytes) -> None:
    for article in read_page(archive).articles:
        for post in article.draft.posts:
            if english := post.translations.get(Language.EN):
                assert not [c for c in english.markdown if "\u4e00" <= c <= "\u9fff"]
