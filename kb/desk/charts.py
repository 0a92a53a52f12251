"""Numbers → the geometry of charts, in the units of an SVG's view box. Pure."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

WIDTH = 640
LEFT, RIGHT, TOP, BOTTOM = 52, 34, 12, 26


@dataclasses.dataclass(frozen=True, kw_only=True)
class Bar:
    """A part of a stacked bar."""

    x: float
    y: float
    width: float
    height: float
    tone: str
    hint: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Mark:
    """A label at an axis."""

    x: float
    y: float
    text: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Line:
    points: str  # of an SVG polyline
    tone: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Chart:
    height: float
    bars: Sequence[Bar] = ()
    lines: Sequence[Line] = ()
    dots: Sequence[Mark] = ()  # where each line ends, with its value
    rules: Sequence[Mark] = ()  # horizontal lines with their value
    marks: Sequence[Mark] = ()
    width: float = WIDTH
    left: float = LEFT

    @property
    def right(self) -> float:
        return self.width - RIGHT


@dataclasses.dataclass(frozen=True, kw_only=True)
class Part:
    count: int
    tone: str
    label: Any


def share_bar(parts: Sequence[Part], *, width: float = 100, height: float = 10) -> list[Bar]:
    """Return one bar that the parts share by their counts; nothing where all are 0."""
    total = sum(part.count for part in parts)
    bars: list[Bar] = []
    x = 0.0
    for part in parts:
        if not part.count:
            continue
        own = width * part.count / total
        bars.append(
            Bar(x=_r(x), y=0, width=_r(own), height=height, tone=part.tone,
                hint=_("%(name)s: %(what)s") % {"name": part.label, "what": part.count})
        )  # fmt: skip
        x += own
    return bars


def percent_lines(
    series: Sequence[tuple[str, Sequence[float | None]]], labels: Sequence[str], height: float = 260
) -> Chart:
    """Draw shares of 0 to 1 over time as lines; None is a gap before anything was known."""
    count = len(labels)
    step = (WIDTH - LEFT - RIGHT) / max(count - 1, 1)
    depth = height - TOP - BOTTOM

    def points(values: Sequence[float | None]) -> list[Mark]:
        known = ((n, value) for n, value in enumerate(values) if value is not None)
        return [
            Mark(x=_r(LEFT + n * step), y=_r(TOP + depth * (1 - value)), text=f"{value:.0%}")
            for n, value in known
        ]

    rules = [
        Mark(x=LEFT - 6, y=_r(TOP + depth * (1 - part)), text=f"{part:.0%}")
        for part in (0, 0.25, 0.5, 0.75, 1)
    ]
    return Chart(
        height=height,
        lines=[
            Line(points=" ".join(f"{one.x},{one.y}" for one in points(values)), tone=tone)
            for tone, values in series
        ],
        dots=[known[-1] for _tone, values in series if (known := points(values))],
        rules=rules,
        marks=_dates(labels, step, height),
    )


def columns(stacks: Sequence[Sequence[Part]], labels: Sequence[str], height: float = 260) -> Chart:
    """Draw stacked columns, one a label."""
    most = max((sum(part.count for part in stack) for stack in stacks), default=0)
    top = _round_up(most)
    step = (WIDTH - LEFT - RIGHT) / max(len(stacks), 1)
    depth = height - TOP - BOTTOM
    bars: list[Bar] = []
    for number, stack in enumerate(stacks):
        y = height - BOTTOM
        for part in stack:
            own = depth * part.count / top
            y -= own
            if part.count:
                bars.append(
                    Bar(x=_r(LEFT + number * step + step * 0.12), y=_r(y), width=_r(step * 0.76),
                        height=_r(own), tone=part.tone,
                        hint=_("%(name)s: %(what)s")
                        % {"name": f"{labels[number]} · {part.label}", "what": part.count})
                )  # fmt: skip
    rules = [
        Mark(x=LEFT - 6, y=_r(TOP + depth * (1 - part)), text=f"{round(top * part)}")
        for part in (0, 0.5, 1)
    ]
    marks = [
        Mark(x=_r(LEFT + (number + 0.5) * step), y=height - 6, text=label)
        for number, label in enumerate(labels)
        if number % 6 == 0
    ]
    return Chart(height=height, bars=bars, rules=rules, marks=marks)


def _dates(labels: Sequence[str], step: float, height: float) -> list[Mark]:
    last = len(labels) - 1
    chosen = [number for number in range(0, len(labels), 7) if last - number >= 4] + [last]
    return [Mark(x=_r(LEFT + n * step), y=height - 6, text=labels[n]) for n in chosen if last >= 0]


def _round_up(number: int) -> int:
    """Return the next 2, 4, 10, 20, 40, 100, …: its half is whole too."""
    size = 2
    while True:
        for factor in (1, 2, 5):
            if size * factor >= number:
                return size * factor
        size *= 10


def _r(value: float) -> float:
    return round(value, 2)
