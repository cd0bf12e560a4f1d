"""What every chart is drawn with: elements, escaped texts, scales with round ticks, days along the bottom."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from math import ceil, floor, log10

from tasks.reporting.charts.colours import GRID, INK, MUTED

FONT = "system-ui,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC','Noto Sans SC',sans-serif"
NARROW = 500
"""Below this width labels stand above what they name, not beside it."""
_SIZE = 12
_WIDE = 0x2E80
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_DAY = timedelta(days=1)
_LABEL_OF_DAY = 44


@dataclass(frozen=True, slots=True)
class Told:
    """What a chart is called, and what it shows in words, for those who do not see it."""

    title: str = ""
    text: str = ""


def picture(width: int, height: float, told: Told, parts: Iterable[str]) -> str:
    """A whole SVG that scales with its place; role, title and description are for screen readers."""
    words = "".join(
        f"<{tag}>{clean(text)}</{tag}>" for tag, text in (("title", told.title), ("desc", told.text)) if text
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" viewBox="0 0 {width} {height:g}"'
        f' font-family="{FONT}" font-size="{_SIZE}">{words}{"".join(parts)}</svg>'
    )


def clean(text: str) -> str:
    """A text as XML takes it."""
    return escape(_UNSEEN.sub("", text))


def rect(x: float, y: float, width: float, height: float, colour: str, *, more: str = "") -> str:
    size = f'width="{max(width, 0):.1f}" height="{max(height, 0):.1f}"'
    return f'<rect x="{x:.1f}" y="{y:.1f}" {size} fill="{colour}"{more}/>'


def line(x1: float, y1: float, x2: float, y2: float, colour: str = GRID, *, more: str = "") -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"{more}/>'


def label(x: float, y: float, text: str, *, colour: str = MUTED, anchor: str = "start", size: int = _SIZE) -> str:
    about = f'fill="{colour}" text-anchor="{anchor}"' + (f' font-size="{size}"' if size != _SIZE else "")
    return f'<text x="{x:.1f}" y="{y:.1f}" {about}>{clean(text)}</text>'


def path(points: Sequence[tuple[float, float]], *, more: str) -> str:
    drawn = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    return f'<path d="M{drawn}" {more}/>'


def width_of(text: str, size: int = _SIZE) -> float:
    """About how wide a text is in the fonts that readers have."""
    return sum(1.0 if ord(one) >= _WIDE else 0.58 for one in text) * size


def shortened(text: str, room: float, size: int = _SIZE) -> str:
    """As much of a text as fits; what is left out is marked."""
    if width_of(text, size) <= room:
        return text
    kept = text
    while kept and width_of(kept + "…", size) > room:
        kept = kept[:-1]
    return kept + "…"


@dataclass(frozen=True, slots=True)
class Scale:
    """Numbers from `low` to `high` onto pixels from `start` to `end`."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        span = self.high - self.low
        return self.start + (self.end - self.start) * ((value - self.low) / span if span else 0.5)


def ticks(low: float, high: float, most: int) -> list[float]:
    """Round numbers that cover the span, at most about `most`."""
    span = (high - low) or abs(high) or 1.0
    raw = span / max(most, 1)
    power = 10 ** floor(log10(raw))
    step = next(power * one for one in (1, 2, 2.5, 5, 10) if power * one >= raw * (1 - 1e-9))
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return [round(n * step, 12) for n in range(first, last + 1)]


def short_number(value: float) -> str:
    """A number for an axis: 1.2k, 3.5M."""
    for size, unit in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:g}{unit}"
    return f"{value:g}"


@dataclass(frozen=True, slots=True)
class Clock:
    """Local moments along a width."""

    first: datetime
    last: datetime
    start: float
    end: float

    def __call__(self, moment: datetime) -> float:
        span = (self.last - self.first) / _DAY
        return self.start + (self.end - self.start) * ((moment - self.first) / _DAY / span if span else 0.5)

    def axis(self, top: float, bottom: float) -> Iterable[str]:
        """A thin line and a label for every so many midnights, as many as there is room for."""
        days = max((self.last - self.first) / _DAY, 1.0)
        most = max((self.end - self.start) / _LABEL_OF_DAY, 1)
        step = next((n for n in (1, 2, 3, 7, 14, 28, 56, 91, 182) if days / n <= most), 364)
        day = self.first.replace(hour=0, minute=0, second=0, microsecond=0)
        day += _DAY if day < self.first else timedelta()
        while day <= self.last:
            x = self(day)
            yield line(x, top, x, bottom)
            if x <= self.end - _LABEL_OF_DAY / 2:
                yield label(x + 2, bottom + 14, f"{day:%m-%d}")
            day += step * _DAY


def value_axis(scale: Scale, values: Sequence[float], texts: Sequence[str], left: float, right: float) -> Iterable[str]:
    """Lines across for values of a vertical scale, labels to their left."""
    for value, text in zip(values, texts, strict=True):
        y = scale(value)
        yield line(left, y, right, y)
        yield label(left - 6, y + 4, text, anchor="end")


def legend(x: float, y: float, entries: Sequence[tuple[str, str]]) -> Iterable[str]:
    """Squares of colour with their names, in a row."""
    for text, colour in entries:
        yield rect(x, y - 9, 10, 10, colour)
        yield label(x + 14, y, text, colour=INK)
        x += 14 + width_of(text) + 18
