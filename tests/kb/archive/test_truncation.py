"""A file that is cut off is refused with a line, or what is imported of it is whole.

Not detectable, and so not promised: a cut between two sections or articles, and a cut in
a guide's prose, which nothing follows that could be missed.
"""

import random

import pytest

from kb.archive.coverage import count_unplaced
from kb.archive.errors import ArchiveError
from kb.archive.page import ReadPage, read_page
from kb.models import Article


def read_or_refuse(data: bytes) -> ReadPage | None:
    try:
        page = read_page(data)
    except ArchiveError as error:
        refused = error
    else:
        assert count_unplaced(page) == 0
        return page
    assert 1 <= refused.line <= data.count(b"\n") + 1
    assert refused.message
    return None


def require_whole_questions(page: ReadPage, whole: ReadPage) -> None:
    """Every question of the cut page is the same as in the whole page, as far as it goes."""
    for cut, full in zip(page.articles, whole.articles, strict=False):
        assert cut.draft.source == full.draft.source
        if cut.draft.kind == Article.Kind.QUESTION:
            assert cut.draft.posts == full.draft.posts[: len(cut.draft.posts)]


def test_sample_cut_after_any_line_is_refused_or_whole(sample: str) -> None:
    whole = read_page(sample.encode())
    lines = sample.splitlines(keepends=True)

    accepted = {}
    for count in range(len(lines)):
        page = read_or_refuse("".join(lines[:count]).encode())
        if page is not None:
            require_whole_questions(page, whole)
            accepted[count] = len(page.articles)

    ends = [
        number for number, line in enumerate(lines, 1) if line.startswith(("回答 1", "Gridkit-"))
    ]
    assert {count for count, articles in accepted.items() if articles == 1} <= {
        count for end in ends for count in range(end - 4, end)
    }


def test_sample_cut_at_any_byte_never_crashes(sample: str) -> None:
    data = sample.encode()

    for size in range(len(data)):
        read_or_refuse(data[:size])


@pytest.mark.parametrize("seed", range(8))
def test_real_page_cut_anywhere_is_refused_or_whole(archive: bytes, seed: int) -> None:
    whole = read_page(archive)
    chance = random.Random(seed)

    for _ in range(5):
        page = read_or_refuse(archive[: chance.randrange(len(archive))])
        if page is not None:
            require_whole_questions(page, whole)


@pytest.mark.parametrize("seed", range(8))
def test_damaged_bytes_never_crash(sample: str, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(40):
        data = bytearray(sample.encode())
        for _ in range(chance.randrange(1, 4)):
            at = chance.randrange(len(data))
            if chance.random() < 0.5:
                data[at] = chance.randrange(256)
            else:
                del data[at : at + chance.randrange(1, 60)]
        read_or_refuse(bytes(data))


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        ("\n\n@misc{a,\n  title = {B},", "in the middle of this bibtex block"),
        ("\n\nx = f(1,\n", "in the middle of this python block"),
        ("\n\nfor i in x:", "in the middle of this python block"),
        ("\n\npip install a \\", "in the middle of this shell block"),
    ],
)
def test_code_that_visibly_goes_on_is_refused(sample: str, end: str, reason: str) -> None:
    with pytest.raises(ArchiveError, match=reason):
        read_page((sample.rstrip("\n") + end).encode())
