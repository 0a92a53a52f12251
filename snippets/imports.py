"""Names that mean one import in any text about deep learning."""

import ast
from collections.abc import Iterable

COMMON = {
    "np": "import numpy as np",
    "numpy": "import numpy",
    "pd": "import pandas as pd",
    "pandas": "import pandas",
    "plt": "import matplotlib.pyplot as plt",
    "matplotlib": "import matplotlib",
    "Image": "from PIL import Image",
    "os": "import os",
    "sys": "import sys",
    "re": "import re",
    "io": "import io",
    "gc": "import gc",
    "math": "import math",
    "ceil": "from math import ceil",
    "floor": "from math import floor",
    "sqrt": "from math import sqrt",
    "log": "from math import log",
    "time": "import time",
    "datetime": "import datetime",
    "copy": "import copy",
    "deepcopy": "from copy import deepcopy",
    "random": "import random",
    "itertools": "import itertools",
    "chain": "from itertools import chain",
    "product": "from itertools import product",
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
    "glob": "import glob",
    "shutil": "import shutil",
    "logging": "import logging",
    "argparse": "import argparse",
    "types": "import types",
    "tempfile": "import tempfile",
    "warnings": "import warnings",
    "threading": "import threading",
    "contextlib": "import contextlib",
    "dataclass": "from dataclasses import dataclass",
    **{
        name: f"from typing import {name}"
        for name in ("Any", "Callable", "Dict", "Iterable", "List", "Optional", "Tuple", "Union")
    },
}

_TORCH_NN = """
    AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveMaxPool2d AvgPool1d AvgPool2d BCELoss
    BCEWithLogitsLoss BatchNorm1d BatchNorm2d BatchNorm3d CTCLoss Conv1d Conv2d Conv3d
    ConvTranspose1d ConvTranspose2d CosineSimilarity CrossEntropyLoss DataParallel Dropout2d
    EmbeddingBag GELU GRUCell GroupNorm HuberLoss Identity InstanceNorm2d KLDivLoss L1Loss
    LayerNorm LazyLinear LeakyReLU Linear LogSoftmax MSELoss MaxPool1d MaxPool2d Module
    ModuleDict ModuleList MultiheadAttention NLLLoss Parameter ParameterList PixelShuffle
    ReLU SELU SiLU Sigmoid SmoothL1Loss Softmax Softplus Tanh TransformerDecoder
    TransformerDecoderLayer TransformerEncoder TransformerEncoderLayer TripletMarginLoss
    Upsample
"""
_TORCH_SCHEDULERS = """
    CosineAnnealingLR CosineAnnealingWarmRestarts CyclicLR ExponentialLR LambdaLR LinearLR
    MultiStepLR OneCycleLR SequentialLR StepLR
"""
_TORCH_DISTRIBUTIONS = """
    Bernoulli Categorical Dirichlet MultivariateNormal Normal kl_divergence
"""
TORCH = {
    "torch": "import torch",
    "nn": "from torch import nn",
    "F": "import torch.nn.functional as F",
    "optim": "from torch import optim",
    "init": "from torch.nn import init",
    "Tensor": "from torch import Tensor",
    "Variable": "from torch.autograd import Variable",
    "Function": "from torch.autograd import Function",
    "autograd": "from torch import autograd",
    "cudnn": "from torch.backends import cudnn",
    "dist": "import torch.distributed as dist",
    "lr_scheduler": "from torch.optim import lr_scheduler",
    "AdamW": "from torch.optim import AdamW",
    "LBFGS": "from torch.optim import LBFGS",
    "AveragedModel": "from torch.optim.swa_utils import AveragedModel",
    "SWALR": "from torch.optim.swa_utils import SWALR",
    "update_bn": "from torch.optim.swa_utils import update_bn",
    "GradScaler": "from torch.amp import GradScaler",
    "autocast": "from torch import autocast",
    "functional_call": "from torch.func import functional_call",
    "vmap": "from torch.func import vmap",
    "jacrev": "from torch.func import jacrev",
    "gradcheck": "from torch.autograd import gradcheck",
    "profiler": "from torch import profiler",
    "prune": "from torch.nn.utils import prune",
    "DDP": "from torch.nn.parallel import DistributedDataParallel as DDP",
    "DistributedDataParallel": "from torch.nn.parallel import DistributedDataParallel",
    "DistributedSampler": "from torch.utils.data.distributed import DistributedSampler",
    "RandomSampler": "from torch.utils.data import RandomSampler",
    "SequentialSampler": "from torch.utils.data import SequentialSampler",
    "SummaryWriter": "from torch.utils.tensorboard import SummaryWriter",
    "PackedSequence": "from torch.nn.utils.rnn import PackedSequence",
    "pack_sequence": "from torch.nn.utils.rnn import pack_sequence",
    "clip_grad_value_": "from torch.nn.utils import clip_grad_value_",
    "spectral_norm": "from torch.nn.utils import spectral_norm",
    "weight_norm": "from torch.nn.utils import weight_norm",
    "parameters_to_vector": "from torch.nn.utils import parameters_to_vector",
    "vector_to_parameters": "from torch.nn.utils import vector_to_parameters",
    "data_utils": "import torch.utils.data as data_utils",
    "DataLoader": "from torch.utils.data import DataLoader",
    "Dataset": "from torch.utils.data import Dataset",
    "IterableDataset": "from torch.utils.data import IterableDataset",
    "TensorDataset": "from torch.utils.data import TensorDataset",
    "ConcatDataset": "from torch.utils.data import ConcatDataset",
    "Subset": "from torch.utils.data import Subset",
    "Sampler": "from torch.utils.data import Sampler",
    "random_split": "from torch.utils.data import random_split",
    "SubsetRandomSampler": "from torch.utils.data import SubsetRandomSampler",
    "WeightedRandomSampler": "from torch.utils.data import WeightedRandomSampler",
    "BatchSampler": "from torch.utils.data import BatchSampler",
    "default_collate": "from torch.utils.data import default_collate",
    "pack_padded_sequence": "from torch.nn.utils.rnn import pack_padded_sequence",
    "pad_packed_sequence": "from torch.nn.utils.rnn import pad_packed_sequence",
    "pad_sequence": "from torch.nn.utils.rnn import pad_sequence",
    "clip_grad_norm_": "from torch.nn.utils import clip_grad_norm_",
    "torchvision": "import torchvision",
    "transforms": "from torchvision import transforms",
    "pl": "import pytorch_lightning as pl",
    **{name: f"from torch.nn import {name}" for name in _TORCH_NN.split()},
    **{name: f"from torch.optim.lr_scheduler import {name}" for name in _TORCH_SCHEDULERS.split()},
    **{name: f"from torch.distributions import {name}" for name in _TORCH_DISTRIBUTIONS.split()},
}

_KERAS_LAYERS = """
    Activation Add Attention Average AveragePooling1D AveragePooling2D BatchNormalization
    Bidirectional Concatenate Conv1D Conv2D Conv1DTranspose Conv2DTranspose Conv3D
    ConvLSTM2D Cropping2D Dense DepthwiseConv2D Dot Dropout Embedding Flatten GRU
    GaussianNoise GlobalAveragePooling1D GlobalAveragePooling2D GlobalMaxPooling1D
    GlobalMaxPooling2D Input InputLayer LSTM LSTMCell Lambda Layer LayerNormalization
    LeakyReLU Masking MaxPooling1D MaxPooling2D MaxPool2D Maximum MultiHeadAttention
    Multiply PReLU Permute RNN RepeatVector Reshape SeparableConv2D SimpleRNN
    SpatialDropout1D SpatialDropout2D Subtract TextVectorization TimeDistributed
    UpSampling2D ZeroPadding2D add concatenate
"""
_KERAS_CALLBACKS = """
    Callback CSVLogger EarlyStopping LearningRateScheduler ModelCheckpoint ReduceLROnPlateau
    TensorBoard
"""
_KERAS_PARTS = """
    applications callbacks constraints datasets initializers layers losses metrics models
    optimizers preprocessing regularizers utils
"""
TENSORFLOW = {
    "tf": "import tensorflow as tf",
    "tensorflow": "import tensorflow",
    "keras": "from tensorflow import keras",
    "K": "from tensorflow.keras import backend as K",
    "Sequential": "from tensorflow.keras import Sequential",
    "Model": "from tensorflow.keras import Model",
    "load_model": "from tensorflow.keras.models import load_model",
    "clone_model": "from tensorflow.keras.models import clone_model",
    "model_from_json": "from tensorflow.keras.models import model_from_json",
    "to_categorical": "from tensorflow.keras.utils import to_categorical",
    "plot_model": "from tensorflow.keras.utils import plot_model",
    "Tokenizer": "from tensorflow.keras.preprocessing.text import Tokenizer",
    "one_hot": "from tensorflow.keras.preprocessing.text import one_hot",
    "img_to_array": "from tensorflow.keras.preprocessing.image import img_to_array",
    "load_img": "from tensorflow.keras.preprocessing.image import load_img",
    "pad_sequences": "from tensorflow.keras.preprocessing.sequence import pad_sequences",
    "ImageDataGenerator": "from tensorflow.keras.preprocessing.image import ImageDataGenerator",
    "Adam": "from tensorflow.keras.optimizers import Adam",
    "SGD": "from tensorflow.keras.optimizers import SGD",
    "RMSprop": "from tensorflow.keras.optimizers import RMSprop",
    "Adagrad": "from tensorflow.keras.optimizers import Adagrad",
    "Adadelta": "from tensorflow.keras.optimizers import Adadelta",
    "Nadam": "from tensorflow.keras.optimizers import Nadam",
    "mnist": "from tensorflow.keras.datasets import mnist",
    "cifar10": "from tensorflow.keras.datasets import cifar10",
    "l1": "from tensorflow.keras.regularizers import l1",
    "l2": "from tensorflow.keras.regularizers import l2",
    **{name: f"from tensorflow.keras import {name}" for name in _KERAS_PARTS.split()},
    **{name: f"from tensorflow.keras.callbacks import {name}" for name in _KERAS_CALLBACKS.split()},
    **{name: f"from tensorflow.keras.layers import {name}" for name in _KERAS_LAYERS.split()},
}
PROFILING = {"ProfileReport": "from ydata_profiling import ProfileReport"}
# The same names in code that is PyTorch's otherwise.
TORCH_INSTEAD = {
    "Sequential": "from torch.nn import Sequential",
    "Embedding": "from torch.nn import Embedding",
    "LSTM": "from torch.nn import LSTM",
    "GRU": "from torch.nn import GRU",
    "Dropout": "from torch.nn import Dropout",
    "LSTMCell": "from torch.nn import LSTMCell",
    "RNN": "from torch.nn import RNN",
    "PReLU": "from torch.nn import PReLU",
    "one_hot": "from torch.nn.functional import one_hot",
    "Adagrad": "from torch.optim import Adagrad",
    "Adadelta": "from torch.optim import Adadelta",
    "Flatten": "from torch.nn import Flatten",
    "LeakyReLU": "from torch.nn import LeakyReLU",
    "Adam": "from torch.optim import Adam",
    "SGD": "from torch.optim import SGD",
    "RMSprop": "from torch.optim import RMSprop",
    "ReduceLROnPlateau": "from torch.optim.lr_scheduler import ReduceLROnPlateau",
    "models": "from torchvision import models",
    "datasets": "from torchvision import datasets",
    "utils": "from torch import utils",
    "add": "from torch import add",
}
IMPORTS = {**TENSORFLOW, **TORCH, **COMMON, **PROFILING}


# As likely names of the author's own: modules only where they are used as such.
VAGUE = {
    "losses",
    "metrics",
    "utils",
    "models",
    "layers",
    "datasets",
    "optimizers",
    "callbacks",
    "applications",
    "init",
    "copy",
    "time",
    "random",
    "log",
    "add",
    "product",
    "chain",
    "preprocessing",
    "constraints",
    "initializers",
    "regularizers",
    "types",
    "concatenate",
    "glob",
    "l1",
    "one_hot",
    "profiler",
    "prune",
    "vmap",
    "Model",
    "autograd",
    "dist",
}


# `K.permute` is a tensor's, as attention has its keys.
OF_TENSORS = {"permute", "transpose", "size", "view", "unsqueeze", "T", "mT", "contiguous"}


def _is(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def explained(name: str, tree: ast.Module) -> bool:
    """Say whether an import explains an undefined name, by its meaning and by how it is used."""
    if name not in IMPORTS:
        return False
    if name == "K":
        used = {
            n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute) and _is(n.value, name)
        }
        return not used & OF_TENSORS
    if name not in VAGUE:
        return True
    owners = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
    called = {id(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)}
    bases = {id(b) for n in ast.walk(tree) if isinstance(n, ast.ClassDef) for b in n.bases}
    uses = [n for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id == name]
    return all(id(use) in owners | called | bases for use in uses)


def import_lines(names: Iterable[str], *, is_torch: bool = False) -> list[str]:
    """Return one import for each of `names` that is known, without repetition."""
    table = {**IMPORTS, **TORCH_INSTEAD} if is_torch else IMPORTS
    return list(dict.fromkeys(table[name] for name in names if name in table))
