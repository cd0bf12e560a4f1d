"""Days with a benefit online: as planned until the data says what was online; status and report warn."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from tasks.reporting.report import report
from tasks.running.status import status
from tasks.runtime import Runtime, open_runtime
from tests.pulling import refresh
from tests.tasks.conftest import CALENDAR

AT = datetime.fromisoformat("2020-03-10T09:00:00+08:00")


def test_what_was_online_counts_instead_of_the_plan(shop: Runtime) -> None:
    shop.clock = lambda: AT
    planned = status(shop, CALENDAR).benefit_days
    assert planned is not None
    assert (planned.source, planned.needed, planned.short) == ("planned", 10, False)
    assert status(shop).benefit_days is None

    root = shop.settings.root
    rows = "c1,2020-02-27,2020-03-01\nc2,2020-03-01,2020-03-02\nc3,2020-03-09,\nc4,2020-03-11,\n"
    (root / "data" / "offers.csv").write_text("benefit,starts_on,ends_on\n" + rows, "utf-8")
    settings = root / "promocal.toml"
    settings.write_text(settings.read_text("utf-8") + '\n[sources.offers]\npath = "data/offers.csv"\n', "utf-8")
    reopened = open_runtime(root, clock=lambda: AT)
    refresh(reopened, CALENDAR, AT - timedelta(hours=1))
    known = status(reopened, CALENDAR).benefit_days
    assert known is not None
    assert (known.source, known.today, known.online, known.short) == ("facts", date(2020, 3, 10), 7, True)
    page = root / "report.html"
    measured = report(reopened, CALENDAR, AT, page)
    assert measured.benefit_days == known
    assert "days with a member benefit online, of 15 (2020-03-10): 7, needed 10" in page.read_text("utf-8")
