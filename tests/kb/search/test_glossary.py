"""The glossary: enough terms, well formed, and of use in both directions."""

import pytest

from kb.search.glossary import GlossaryError, entries, parse
from kb.search.translating import translations


def test_there_are_at_least_250_terms():
    assert len(entries()) >= 250


def test_every_name_stands_once_for_one_meaning():
    names = [name for entry in entries() for name in entry.zh]

    assert sorted(name for name in set(names) if names.count(name) > 1) == []


@pytest.mark.parametrize(
    ("tokens", "other"),
    [
        (["张量"], ("tensor",)),
        (["tensor"], ("张量",)),
        (["learn", "rate"], ("学习率",)),
        (["max", "pool"], ("最大池化",)),
        (["检查点"], ("checkpoint",)),
    ],
)
def test_term_leads_to_the_other_language(tokens: list[str], other: tuple[str, ...]):
    assert other in {tokens for found in translations(tokens) for tokens in found.others}


@pytest.mark.parametrize("text", ["- a\n- b", "张量: 3", "张量: []", "a: [b"])
def test_wrong_file_says_what_is_wrong(text: str):
    with pytest.raises(GlossaryError, match=r"content/glossary\.yaml"):
        parse(text)
