"""Titles that people write where a calendar has ids: of its phases, of metrics."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Any

from campaign_calendars.measuring.metrics.catalogue import TARGETS, metric, metric_ids
from campaign_calendars.sheets.laying import Titles


def titles_of(data: dict[str, Any]) -> Titles:
    """The phases of a calendar's plain data by their titles, as far as those are of one phase only."""
    phases = data.get("phases")
    readable = [one for one in (phases if isinstance(phases, list) else ()) if isinstance(one, dict)]
    ids = [one["id"] for one in readable if isinstance(one.get("id"), str)]
    named = [(title, one["id"]) for one in readable if isinstance(one.get("id"), str) for title in _titles(one)]
    often = Counter(title for title, _ in named)
    return Titles({title: phase for title, phase in named if often[title] == 1}, ids, _metric)


def _titles(phase: dict[str, Any]) -> set[str]:
    title = phase.get("title")
    texts = title.values() if isinstance(title, dict) else (title,)
    return {text.strip() for text in texts if isinstance(text, str)}


def _metric(written: str) -> str:
    if written in TARGETS or written in metric_ids():
        return written
    return _metric_titles().get(written.casefold(), written)


@cache
def _metric_titles() -> dict[str, str]:
    """Titles in both languages; each metric is a file, read once and only where an id is not written."""
    found = {name: metric(name).title for name in metric_ids()}
    return {title.casefold(): name for name, text in found.items() for title in (text.zh, text.en) if title}
