"""Whose code it is, told from how it is used where no import and no name says so."""

import re
from collections.abc import Collection
from enum import StrEnum


class Flavour(StrEnum):
    """In whose terms values stand in."""

    TORCH = "torch"
    KERAS = "keras"
    PLAIN = "plain"


def flavour_of_libraries(libraries: Collection[str]) -> Flavour:
    """Return the flavour of a runtime, or of code that uses these libraries."""
    if "torch" in libraries:
        return Flavour.TORCH
    return Flavour.KERAS if {"keras", "tensorflow"} & set(libraries) else Flavour.PLAIN


TORCH = re.compile(
    r"\.(?:state_dict|load_state_dict|zero_grad|backward|cuda|detach|unsqueeze|squeeze|permute|"
    r"parameters|named_parameters|requires_grad_?|contiguous|narrow|data_ptr|scatter_|index_select|"
    r"masked_fill_?|no_grad|item\(\)|size\(|view\(|cpu\(\)|grad\b)|(?<!\w)(?:nn|torch|F|optim)\."
    r"|\bdef forward\b|DataLoader|\.to\(device\)"
)
KERAS = re.compile(
    r"\.(?:reset_states|fit_generator|predict_generator|predict_on_batch|train_on_batch|"
    r"load_weights|save_weights|get_layer|compile\(|summary\(\)|predict\(|predict_classes|"
    r"evaluate\(|fit\([^)]*epochs|layers\b|trainable_weights|get_weights|set_weights|trainable\s*=)"
    r"|(?<!\w)(?:tf|keras|K)\.|batch_input_shape|input_shape=|return_sequences"
)


def hinted_library(code: str) -> str | None:
    """Return `torch` or `keras` where the code's own words point at one of them, else None."""
    torch, keras = len(TORCH.findall(code)), len(KERAS.findall(code))
    if torch == keras:
        return None
    return "torch" if torch > keras else "keras"
