"""Figures that are not final when they are measured: balances are still paid, articles still sent back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from campaign_calendars.findings.said import Said
from campaign_calendars.measuring.metrics.figures import Figure
from campaign_calendars.time.timeline import utc

RETURN_PERIOD = timedelta(days=30)
"""So long after the window articles are sent back [S3: returns within 30 days]."""
_RETURNS = frozenset({"return_rate", "return_rate_any", "return_rate_full"})
_BALANCES = frozenset({
    "balance_payment_rate", "deposits_forfeited", "presale_member_share", "presale_member_share_settled",
})  # fmt: skip

Due = tuple[datetime, datetime, datetime]
"""Balances of orders placed from, to (not included) can be paid until."""


def with_finality(figures: Iterable[Figure], dues: Iterable[Due], known_at: datetime) -> list[Figure]:
    """Each figure with until when it may become another, as far as that lies beyond `known_at`."""
    spans = list(dues)
    return [replace(one, open_until=until) if (until := _until(one, spans, known_at)) else one for one in figures]


def _until(one: Figure, dues: Iterable[Due], known_at: datetime) -> datetime | None:
    if one.state == "not_measurable":
        return None
    if one.metric in _RETURNS:
        until = one.ends_at + RETURN_PERIOD
        return until if utc(known_at) < utc(until) else None
    if one.metric not in _BALANCES:
        return None
    mine = [until for start, end, until in dues if utc(start) < utc(one.ends_at) and utc(end) > utc(one.starts_at)]
    later = [until for until in mine if utc(known_at) < utc(until)]
    return max(later, key=utc, default=None)


def in_words(metric: str, until: str) -> Said:
    """Why it is not final; `until` as people read it."""
    if metric in _RETURNS:
        return f"not final: articles are sent back until {until}", f"非最终值：{until} 前仍可能退货"
    return f"so far: balances can be paid until {until}", f"截至目前：尾款可付至 {until}"
