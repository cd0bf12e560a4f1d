"""The files of the catalogue, read when they are asked for: ids alone cost a look into a few folders."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from campaign_calendars.findings.unknown import no_such
from campaign_calendars.measuring.metrics.metric import Grain, Metric

BLOCKS: Mapping[str, tuple[str, str]] = {
    "scale": ("Scale", "规模"),
    "value": ("Value", "价值"),
    "activity": ("Activity", "活跃"),
    "points": ("Points", "积分"),
    "presale": ("Presale and waves", "预售与波段"),
    "contact": ("Contact and channels", "触达与渠道"),
    "benefit": ("Benefits", "权益"),
    "recruiting": ("Recruiting", "招募"),
    "goods": ("Goods", "商品"),
    "moves": ("Time and moves", "时间与迁移"),
    "economics": ("Economics", "经营"),
}
"""Folder → its name in English and Chinese, in the order they are shown."""

TARGETS: Mapping[str, str] = {"reach": "contacted", "redemption_rate": "redeemer_rate"}
"""Names that targets of calendars had before there was a catalogue → the metric they mean."""


@cache
def metric_ids() -> tuple[str, ...]:
    """Ids of all metrics, block by block; reads no file."""
    return tuple(_places())


@cache
def metric(name: str) -> Metric:
    """The metric of that id. UsageError: there is none."""
    place = _places().get(name)
    if place is None:
        raise no_such("metric", name, metric_ids(), _LISTED)
    import yaml  # ids are asked for where nothing else is read

    block, file = place
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return Metric(id=name, block=block, **yaml.load(file.read_text("utf-8"), Loader=loader))  # noqa: S506 - both are safe


def target_metric(name: str) -> Metric:
    """The metric that a target of a calendar names. UsageError: there is none."""
    return metric(TARGETS.get(name, name))


def is_target(found: Metric, of: Grain = "phase") -> bool:
    """Whether it has one value for each phase (wave, or the calendar), so that a figure can be aimed at."""
    return of in found.grains and not found.split


def aim_in_words(name: str, figure: float) -> str:
    """A figure to reach as people write it: shares in percent."""
    return f"{figure * 100:,.10g}%" if target_metric(name).unit == "share" else f"{figure:,.10g}"


_LISTED = ("promocal metrics lists them", "promocal metrics 可列出全部指标")


@cache
def _places() -> dict[str, tuple[str, Traversable]]:
    """Id → its block and file."""
    root = files(__package__)
    return {
        file.name.removesuffix(".yaml"): (block, file)
        for block in BLOCKS
        for file in sorted((root / block).iterdir(), key=lambda one: one.name)
        if file.name.endswith(".yaml")
    }
