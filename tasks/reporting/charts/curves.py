"""Lines over local days, some with a band around them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from tasks.reporting.charts.colours import INK
from tasks.reporting.charts.drawing import NARROW, Clock, Scale, Told, legend, line, path, picture, ticks, value_axis

_HEIGHT, _LEFT, _TOP = 190, 62, 28


@dataclass(frozen=True, slots=True)
class Curve:
    """A line by day, at the end of each; None where nothing can be said. `band`: low and high end, day by day."""

    name: str
    values: Sequence[float | None]
    colour: str
    band: Sequence[tuple[float, float] | None] = field(default_factory=tuple)


def curves(
    days: Sequence[date],
    lines: Sequence[Curve],
    *,
    figure: Callable[[float], str],
    width: int = 860,
    told: Told | None = None,
) -> str:
    """`days` in order, not empty; the scale holds zero and every band."""
    numbers = [0.0, *(one for curve in lines for one in curve.values if one is not None)]
    numbers += [end for curve in lines for band in curve.band if band for end in band]
    marks = ticks(min(numbers), max(numbers), 4)
    scale = Scale(marks[0], marks[-1], _TOP + _HEIGHT, _TOP)
    first, ends = datetime.combine(days[0], time()), [datetime.combine(day, time()) + timedelta(days=1) for day in days]
    clock = Clock(first, ends[-1], _LEFT, width - 10)
    parts = [*clock.axis(_TOP, _TOP + _HEIGHT)]
    parts += value_axis(scale, marks, [figure(one) for one in marks], clock.start, clock.end)
    parts.append(line(clock.start, scale(0), clock.end, scale(0), INK, more=' stroke-dasharray="3 3"'))
    for curve in lines:
        parts += _curve(curve, [clock(end) for end in ends], scale)
    entries = [(curve.name, curve.colour) for curve in lines]
    named = legend(_LEFT if width >= NARROW else 6, 14, entries)
    return picture(width, _TOP + _HEIGHT + 20, told or Told(), [*parts, *named])


def _curve(curve: Curve, at: Sequence[float], scale: Scale) -> Iterator[str]:
    known = [(x, band) for x, band in zip(at, curve.band, strict=False) if band]
    if len(known) > 1:
        around = [(x, scale(band[1])) for x, band in known] + [(x, scale(band[0])) for x, band in reversed(known)]
        yield path(around, more=f'fill="{curve.colour}" fill-opacity=".18" stroke="none"')
    points = [(x, scale(value)) for x, value in zip(at, curve.values, strict=True) if value is not None]
    if points:
        yield path(points, more=f'fill="none" stroke="{curve.colour}" stroke-width="2"')
        x, y = points[-1]
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{curve.colour}"/>'
