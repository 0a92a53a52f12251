"""Whether two figures look alike: a difference hash over their brightness.

Source: N. Krawetz, "Kind of like that", 2013 (dHash). Each bit says whether a
cell of a coarse grid is brighter than its right neighbour.
"""

import io
import warnings
from collections.abc import Sequence

from PIL import Image, UnidentifiedImageError

SIDE = 16
"""Bits a row and rows: 256 bits, for plots are mostly white and differ in thin lines."""
BITS_AT_MOST = 26
"""About a tenth: another font or line width stays below, another curve does not."""


def perceptual_hash(png: bytes) -> str:
    """Return the hash as hexadecimal digits; empty for what is no picture."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(png)) as picture:
                flat = Image.new("RGB", picture.size, "white")
                whole = picture.convert("RGBA")
                flat.paste(whole, mask=whole.getchannel("A"))
                small = flat.convert("L").resize((SIDE + 1, SIDE), Image.Resampling.BOX)
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombWarning):
        return ""
    cells = small.tobytes()
    bits = 0
    for row in range(SIDE):
        for column in range(SIDE):
            at = row * (SIDE + 1) + column
            bits = bits << 1 | (cells[at] > cells[at + 1] + 2)
    return f"{bits:0{SIDE * SIDE // 4}x}"


def look_alike(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    """Say whether as many figures look pairwise alike; one that could not be read is like any."""
    if len(ours) != len(theirs):
        return False
    return all(
        not first or not second or _distance(first, second) <= BITS_AT_MOST
        for first, second in zip(ours, theirs, strict=True)
    )


def _distance(first: str, second: str) -> int:
    return (int(first, 16) ^ int(second, 16)).bit_count()
