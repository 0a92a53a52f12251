"""A line that an error of the importer would lose, double or change is noticed."""

import dataclasses

import pytest

from kb.archive.coverage import count_unplaced
from kb.archive.errors import ArchiveError
from kb.archive.page import ReadPage, read_page
from kb.models import Language


@pytest.fixture
def page(sample: str) -> ReadPage:
    return read_page(sample.encode())


def with_half_of_guide(page: ReadPage, change: str) -> ReadPage:
    """Return the page with the blocks of its last article dropped, doubled or misrendered."""
    *others, guide = page.articles
    (post,) = guide.posts
    (half,) = post.halves
    (draft,) = guide.draft.posts
    text = draft.translations[Language.ZH].markdown
    blocks = half.blocks
    if change == "article":
        return dataclasses.replace(page, articles=tuple(others))
    if change == "double":
        blocks = (*blocks, blocks[-1])
        text += "\n" + text[text.index("```bibtex") :]
    if change == "misrender":
        text = text.replace("strict=True", "strict=False")
    if change == "omit":
        text = text[: text.index("## 引用")]
    new = dataclasses.replace(draft.translations[Language.ZH], markdown=text)
    article = dataclasses.replace(
        guide,
        draft=dataclasses.replace(
            guide.draft, posts=(dataclasses.replace(draft, translations={Language.ZH: new}),)
        ),
        posts=(dataclasses.replace(post, halves=(dataclasses.replace(half, blocks=blocks),)),),
    )
    return dataclasses.replace(page, articles=(*others, article))


def test_whole_page_has_no_unplaced_line(page: ReadPage) -> None:
    assert count_unplaced(page) == 0


def test_lost_lines_are_counted(page: ReadPage) -> None:
    lost = with_half_of_guide(page, "article")

    assert count_unplaced(lost) == 7


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("double", "imported twice"),
        ("misrender", "would be imported as"),
        ("omit", "would become"),
    ],
)
def test_doubled_changed_and_omitted_lines_are_refused(
    page: ReadPage, change: str, reason: str
) -> None:
    with pytest.raises(ArchiveError, match=reason):
        count_unplaced(with_half_of_guide(page, change))
