"""Queries as readers type them, a stream without end of each kind; the same in every run."""

import random
from collections.abc import Callable, Iterator
from itertools import cycle
from typing import Any


def _words(reader: Any, lowest: int, count: int = 400) -> list[str]:
    """Return common words of the corpus, without the commonest, which say nothing."""
    found = [word for word, _ in reader.words("", lowest + count)]
    return found[lowest:] or found


def _one_word(reader: Any) -> Iterator[str]:
    randomness = random.Random(1)
    words = _words(reader, 60)
    while True:
        yield randomness.choice(words)


def _three_words(reader: Any) -> Iterator[str]:
    randomness = random.Random(2)
    words = _words(reader, 60)
    while True:
        yield " ".join(randomness.sample(words, 3))


def _chinese(_reader: Any) -> Iterator[str]:
    randomness = random.Random(3)
    terms = ["保存模型", "最大池化", "学习率预热", "梯度裁剪", "随机种子", "冻结层", "交叉熵损失",
             "隐藏状态的形状", "广播机制", "混合精度训练", "批归一化", "加载权重"]  # fmt: skip
    while True:
        yield " ".join(randomness.sample(terms, 2))


def _phrase(_reader: Any) -> Iterator[str]:
    phrases = ["the same", "learning rate", "hidden state", "the output", "file object",
               "batch norm", "loss scaling", "return value", "random seed",
               "last layer"]  # fmt: skip
    for phrase in cycle(phrases):
        yield f'"{phrase}"'


def _tag_and_words(reader: Any) -> Iterator[str]:
    tags = ["pytorch", "keras", "tensorflow", "training", "lstm", "padding"]
    for tag, words in zip(cycle(tags), _three_words(reader), strict=True):
        yield f"[{tag}] {words}"


def _mixed(reader: Any) -> Iterator[str]:
    for chinese, english in zip(_chinese(reader), _one_word(reader), strict=True):
        yield f"{chinese.split()[0]} {english} 怎么用"


def _identifier(_reader: Any) -> Iterator[str]:
    names = ["torch.save", "nn.Linear", "batch_input_shape", "clip_grad_norm_", "DataLoader",
             "model.state_dict()", "F.cross_entropy", "keras.layers.LSTM", "requires_grad",
             "torch.manual_seed"]  # fmt: skip
    yield from cycle(names)


KINDS: dict[str, Callable[[Any], Iterator[str]]] = {
    "one word": _one_word,
    "three words": _three_words,
    "phrase": _phrase,
    "tag and words": _tag_and_words,
    "chinese": _chinese,
    "mixed": _mixed,
    "identifier": _identifier,
}
