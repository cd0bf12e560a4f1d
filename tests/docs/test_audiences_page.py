"""Every expression of the page of audiences is one, and somebody can be in it."""

from __future__ import annotations

import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from campaign_calendars.audiences.language import AudienceExpr, parse_audience
from campaign_calendars.audiences.names import AudienceNames, NamedAudience

DOCS = Path(__file__).parents[2] / "docs"
ROW = re.compile(r"^\| (.+?) \| `(.+)` \|$", re.MULTILINE)
NAMES = AudienceNames(
    calendar="spring",
    phases=("burst",),
    plays=("recall",),
    benefits=("coupon-30",),
    tiers=("basic", "silver", "gold"),
    timezone=ZoneInfo("Asia/Shanghai"),
    audiences=(NamedAudience("active", "visits_7d > 0"), NamedAudience("not-bought", "not bought_in_campaign")),
    of_store=(NamedAudience("vip", "m_score = 5"),),
)


@pytest.mark.parametrize("page", ["audiences.md", "audiences.zh.md"])
def test_every_expression_of_the_page_can_hold(page: str) -> None:
    rows = ROW.findall((DOCS / page).read_text("utf-8"))
    assert len(rows) > 30
    for name, where in rows:
        parsed = parse_audience(where, names=NAMES)
        assert isinstance(parsed, AudienceExpr), (name, parsed)
        assert parsed.can_hold, name
