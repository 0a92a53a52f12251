"""Lines to run before a fragment, proposed where that is safe."""

from collections.abc import Iterable, Sequence
from enum import StrEnum

from snippets import code as codes

SETUP_BYTES = 64 * 1024
"""A longer session is not proposed: it is somebody's whole notebook, not a setup."""


class Origin(StrEnum):
    AS_IS = "as-is"
    AUTHORED = "authored"
    IMPORTS = "imports"
    SESSION = "session"


# Names that mean one thing in any text about deep learning.
COMMON = {
    "np": "import numpy as np",
    "numpy": "import numpy",
    "pd": "import pandas as pd",
    "plt": "import matplotlib.pyplot as plt",
    "matplotlib": "import matplotlib",
    "os": "import os",
    "sys": "import sys",
    "re": "import re",
    "math": "import math",
    "time": "import time",
    "copy": "import copy",
    "random": "import random",
    "itertools": "import itertools",
    "functools": "import functools",
    "collections": "import collections",
    "defaultdict": "from collections import defaultdict",
    "Counter": "from collections import Counter",
    "OrderedDict": "from collections import OrderedDict",
    "namedtuple": "from collections import namedtuple",
    "deque": "from collections import deque",
    "partial": "from functools import partial",
    "Path": "from pathlib import Path",
    "pickle": "import pickle",
    "json": "import json",
    "warnings": "import warnings",
}

TORCH = {
    "torch": "import torch",
    "nn": "from torch import nn",
    "F": "import torch.nn.functional as F",
    "optim": "from torch import optim",
    "Tensor": "from torch import Tensor",
    "Variable": "from torch.autograd import Variable",
    "autograd": "from torch import autograd",
    "DataLoader": "from torch.utils.data import DataLoader",
    "Dataset": "from torch.utils.data import Dataset",
    "TensorDataset": "from torch.utils.data import TensorDataset",
    "ConcatDataset": "from torch.utils.data import ConcatDataset",
    "Subset": "from torch.utils.data import Subset",
    "random_split": "from torch.utils.data import random_split",
    "SubsetRandomSampler": "from torch.utils.data import SubsetRandomSampler",
    "WeightedRandomSampler": "from torch.utils.data import WeightedRandomSampler",
    "pack_padded_sequence": "from torch.nn.utils.rnn import pack_padded_sequence",
    "pad_packed_sequence": "from torch.nn.utils.rnn import pad_packed_sequence",
    "pad_sequence": "from torch.nn.utils.rnn import pad_sequence",
    "torchvision": "import torchvision",
    "transforms": "from torchvision import transforms",
}

_KERAS_LAYERS = [
    "Activation",
    "AveragePooling2D",
    "BatchNormalization",
    "Bidirectional",
    "Conv1D",
    "Conv2D",
    "Dense",
    "Dropout",
    "Embedding",
    "Flatten",
    "GRU",
    "GlobalAveragePooling2D",
    "GlobalMaxPooling1D",
    "Input",
    "InputLayer",
    "LSTM",
    "LSTMCell",
    "Lambda",
    "LayerNormalization",
    "Masking",
    "MaxPooling1D",
    "MaxPooling2D",
    "MaxPool2D",
    "MultiHeadAttention",
    "RepeatVector",
    "Reshape",
    "SimpleRNN",
    "TimeDistributed",
    "UpSampling2D",
    "ZeroPadding2D",
]
TENSORFLOW = {
    "tf": "import tensorflow as tf",
    "tensorflow": "import tensorflow",
    "keras": "from tensorflow import keras",
    "layers": "from tensorflow.keras import layers",
    "models": "from tensorflow.keras import models",
    "K": "from tensorflow.keras import backend as K",
    "Sequential": "from tensorflow.keras import Sequential",
    "Model": "from tensorflow.keras import Model",
    "load_model": "from tensorflow.keras.models import load_model",
    "ModelCheckpoint": "from tensorflow.keras.callbacks import ModelCheckpoint",
    "EarlyStopping": "from tensorflow.keras.callbacks import EarlyStopping",
    "to_categorical": "from tensorflow.keras.utils import to_categorical",
    **{name: f"from tensorflow.keras.layers import {name}" for name in _KERAS_LAYERS},
}
IMPORTS = {**TENSORFLOW, **TORCH, **COMMON}


def implied_roots(code: str) -> set[str]:
    """Return the top-level packages that `code` imports, or names as if it had."""
    implied = "\n".join(import_lines(codes.undefined_names(code)))
    return codes.imported_roots(code) | codes.imported_roots(implied)


def import_lines(names: Iterable[str]) -> list[str]:
    """Return one import for each of `names` that is known, without repetition."""
    return list(dict.fromkeys(IMPORTS[name] for name in names if name in IMPORTS))


def ladder(code: str, setup: str = "", earlier: Sequence[str] = ()) -> list[dict[str, str]]:
    """Return the setups to try for `code`, the best first; only those that change something.

    `setup` is what its author wrote and stands alone. `earlier` are the code
    blocks that precede it in the same post, in order.
    """
    if setup.strip():
        return [{"origin": Origin.AUTHORED.value, "code": codes.tidy(setup)}]
    missing = codes.undefined_names(code)
    imports = import_lines(missing)
    candidates = [(Origin.AS_IS, ""), (Origin.IMPORTS, "\n".join(imports))]
    if earlier and (session := _session(missing, earlier)):
        candidates.append((Origin.SESSION, session))
    rungs: dict[str, Origin] = {}
    for origin, text in candidates:
        rungs.setdefault(text, origin)
    return [{"origin": origin.value, "code": text} for text, origin in rungs.items()]


def _session(missing: Sequence[str], earlier: Sequence[str]) -> str:
    """Return the earlier blocks as one session, or nothing where they do not help.

    A block that cannot run here, because it does not compile or lacks a value,
    would stop the session before it reaches the fragment: it is left out.
    """
    lines: list[str] = []
    blocks: list[str] = []
    known: set[str] = set()
    for block in dict.fromkeys(map(codes.tidy, earlier)):
        lacking = [name for name in codes.undefined_names(block) if name not in known]
        if codes.syntax_error(block) is not None or set(lacking) - set(IMPORTS):
            continue
        lines += import_lines(lacking)
        known |= codes.defined_names(block) | set(lacking)
        blocks.append(block)
    if not known & (set(missing) - set(IMPORTS)):
        return ""
    lines += import_lines(name for name in missing if name not in known)
    session = "\n\n".join(["\n".join(dict.fromkeys(lines)), *blocks]).strip("\n")
    return session if len(session.encode()) <= SETUP_BYTES else ""
