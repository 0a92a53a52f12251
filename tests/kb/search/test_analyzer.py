"""Text and query become tokens by one path; offsets stay those of the original."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.search import analyzer
from kb.search.analyzer import LEXEME, analyze, index_text, words_of
from kb.search.normalising import normalise, normalise_words

# Everything that has gone wrong somewhere: marks, ligatures, emoji, half of a pair, and so on.
TEXT = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("模型張量怎么保存ＡＢｃ１２_.-:()[]\"'` \n\tﬁé\u0301\u200dİſK🔥\0\ud800"),
    ),
    max_size=200,
)


def texts(text: str) -> list[str]:
    return [token.text for token in analyze(text)]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("how to save models", ["how", "to", "save", "model"]),
        ("怎么保存模型", ["怎么", "保存", "模型"]),
        ("最大池化SAME", ["最大池化", "same"]),
        ("張量與記憶體", ["张量", "与", "记忆体"]),
        ("ＬＳＴＭ　１２", ["lstm", "12"]),
        ("torch.nn.MaxPool2d", ["torch", "nn", "max", "pool2d"]),
        ("max_pool", ["max", "pool"]),
        ("LSTMCell", ["lstm", "cell"]),
        ("Conv2DTranspose", ["conv2d", "transpos"]),
        ("PyTorch and TensorFlow", ["pytorch", "and", "tensorflow"]),
        ("café naïve", ["cafe", "naiv"]),
        ("model.eval()", ["model", "eval"]),
        ("", []),
        ("!!! … 🔥", []),
    ],
)
def test_text_is_cut_into_tokens(text: str, tokens: list[str]):
    assert texts(text) == tokens


def test_traditional_and_simplified_chinese_are_the_same():
    assert texts("保存訓練後的模型") == texts("保存训练后的模型")


@pytest.mark.parametrize("name", ["DataLoader", "data_loader", "dataloader"])
def test_every_spelling_of_a_name_has_its_joined_form(name: str):
    indexed = index_text(name)

    assert "dataload" in {*indexed.text.split(), *indexed.extras}


def test_long_chinese_word_is_found_by_its_parts():
    indexed = index_text("神经网络")

    assert indexed.text == "神经网络"
    assert {"神经", "网络"} <= indexed.extras


def test_words_are_latin_unstemmed_and_in_lower_case():
    lexemes = index_text("Saving DataLoader models, 模型, x, GPT4 and café").lexemes

    assert words_of(lexemes) == {"saving", "dataloader", "models", "and"}


def test_forgetting_what_was_worked_out_changes_nothing(monkeypatch: pytest.MonkeyPatch):
    text = "A DataLoader, max_pool, 神经网络 and the max_pool of a DataLoader again"
    indexed = index_text(text)
    words = words_of(indexed.lexemes)
    monkeypatch.setattr(analyzer, "MOST_REMEMBERED", 2)
    analyzer._known_tokens.clear()
    analyzer._known_words.clear()

    assert index_text(text) == indexed
    assert words_of(indexed.lexemes) == words
    assert len(analyzer._known_tokens) <= 2


def test_chinese_is_cut_into_pairs_without_a_dictionary(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(analyzer, "rjieba", None)
    analyzer._dictionary.cache_clear()
    analyzer._cut_han.cache_clear()
    try:
        assert texts("保存模型") == ["保存", "存模", "模型"]
        assert [(token.start, token.end) for token in analyze("模")] == [(0, 1)]
    finally:
        monkeypatch.undo()
        analyzer._dictionary.cache_clear()
        analyzer._cut_han.cache_clear()


@given(TEXT)
def test_normalising_keeps_every_character_in_its_place(text: str):
    assert len(normalise(text)) == len(text)


@given(TEXT)
def test_offsets_are_in_order_within_the_text_and_leave_marks_with_their_letters(text: str):
    end = 0
    for token in analyze(text):
        assert end <= token.start < token.end <= len(text)
        assert token.text
        assert not any(character.isspace() for character in token.text)
        assert not "\u0300" <= text[token.start] <= "\u036f"
        end = token.end


@given(TEXT)
def test_indexing_sees_the_tokens_that_highlighting_sees(text: str):
    assert index_text(text).text.split() == texts(text)


@given(TEXT)
def test_same_text_always_gives_the_same_tokens(text: str):
    assert analyze(text) == analyze(normalise(text))


def test_words_are_the_same_where_only_signs_would_be_normalised():
    characters = map(chr, range(0x10000))
    kept = [character for character in characters if normalise_words(character) == character]
    text = "".join(f"a{character}中{character} " for character in kept)

    assert normalise_words(text) == text != normalise(text)
    assert LEXEME.findall(text) == LEXEME.findall(normalise(text))
