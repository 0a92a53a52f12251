"""Figures are compared by how they look."""

import io

from PIL import Image, ImageDraw

from snippets.figures import look_alike, perceptual_hash


def drawn(*lines: tuple[int, int, int, int], width: int = 2, size: tuple[int, int] = (320, 240)):
    picture = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(picture)
    for line in lines:
        pen.line(line, fill="black", width=width)
    data = io.BytesIO()
    picture.save(data, "PNG")
    return perceptual_hash(data.getvalue())


RISING = (10, 230, 310, 10)
FALLING = (10, 10, 310, 230)


def test_thicker_line_looks_alike() -> None:
    assert look_alike([drawn(RISING)], [drawn(RISING, width=3)])


def test_other_curve_and_other_number_of_figures_do_not() -> None:
    assert not look_alike([drawn(RISING)], [drawn(FALLING)])
    assert not look_alike([drawn(RISING)], [])


def test_bytes_that_are_no_picture_are_compared_with_nothing() -> None:
    assert perceptual_hash(b"no picture") == ""
    assert look_alike([""], [drawn(RISING)])
