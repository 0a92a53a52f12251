"""Matplotlib figures become PNG files: when shown, and those still open at the end."""

import sys
from typing import Any

FOLDER = "/box/told"
FIGURES_AT_MOST = 16
_kept = 0


def _pyplot() -> Any:
    return sys.modules.get("matplotlib.pyplot")


def watch() -> None:
    """Make `plt.show()` keep the figures; a runtime without matplotlib has nothing to watch."""
    pyplot = _pyplot()
    if pyplot is not None:
        pyplot.show = _show


def _show(*_: object, **__: object) -> None:
    keep_open_ones()


def keep_open_ones() -> None:
    global _kept
    pyplot = _pyplot()
    if pyplot is None:
        return
    for number in pyplot.get_fignums():
        figure = pyplot.figure(number)
        if _kept < FIGURES_AT_MOST and (figure.axes or figure.texts or figure.images):
            _kept += 1
            figure.savefig(f"{FOLDER}/figure-{_kept:02}.png", format="png", bbox_inches="tight")
        pyplot.close(figure)


def forget() -> None:
    """Drop what a setup drew."""
    pyplot = _pyplot()
    if pyplot is not None:
        pyplot.close("all")


def is_plot(value: object) -> bool:
    """Say whether a bare expression's value is a piece of a plot, which is shown as the figure."""
    items = value if isinstance(value, list | tuple) else [value]
    return bool(items) and all(type(i).__module__.startswith("matplotlib.") for i in items)
