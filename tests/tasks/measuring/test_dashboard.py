"""The dashboard of members holds the catalogue's own figures, for any two dates, with a year before beside them."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from campaign_calendars.measuring.metrics.catalogue import metric
from campaign_calendars.measuring.metrics.figures import Figure, figure
from promocal import cli
from tasks.documents.parts import Document, Paragraph, Table, in_figures
from tasks.measuring.dashboard import NAMES, _change, _year_before, dashboard, dashboard_document
from tasks.measuring.metrics import Asked
from tasks.runtime import Runtime
from tests.tasks.measuring.tiny_project import CALENDAR
from tests.warehouse.measurement.tiny_store import AS_OF, at


@pytest.fixture(scope="module")
def pages(tiny: Runtime) -> dict[str, Document]:
    loaded = tiny.load_calendar(CALENDAR)
    made = dashboard(tiny, loaded, Asked((), AS_OF, min_pair_orders=1))
    return {lang: dashboard_document(loaded, made, lang) for lang in ("en", "zh")}


def test_a_window_that_the_data_do_not_reach_says_until_when_they_are(tiny: Runtime) -> None:
    """Nothing known is not nothing sold."""
    loaded = tiny.load_calendar(CALENDAR)
    made = dashboard(tiny, loaded, Asked((), AS_OF, min_pair_orders=1))
    early = replace(made, now=replace(made.now, known_at=made.now.figures[0].starts_at))
    whole, cut = (dashboard_document(loaded, one, "zh") for one in (made, early))
    said = [part for one in cut.sections for part in one.parts if isinstance(part, Paragraph)]
    warned = [part.text for part in said if part.tone == "warning"]
    assert any(text.startswith("数据截至 ") for text in warned)
    assert "数据截至 " in cut.about
    assert "数据" not in [one.title for one in whole.sections]


def table(document: Document, name: str) -> dict[str, tuple[str, ...]]:
    """Rows of the tables of that name or title by their first cell."""
    parts = [part for section in document.sections for part in section.parts if isinstance(part, Table)]
    return {
        str(row[0]): tuple(in_figures(value) for value in row[1:])
        for part in parts
        if name in (part.name, part.title)
        for row in part.rows
    }


def test_known_answers_of_the_tiny_store_stand_on_it(pages: dict[str, Document]) -> None:
    """metrics: scale, sales, per buyer, points, heat of hours and tiers, moves."""
    figures = table(pages["en"], "figures")
    known = {
        "Members": "9", "Joins": "3", "Leaves": "1", "Sales": "1,329.40", "Buyers": "8",
        "Members' share of sales": "82.86%",
        "Points outstanding": "850", "Points issued": "850",
    }  # fmt: skip
    assert {name: figures[name][0] for name in known} == known
    assert figures["Premium of old members"][0] == "1.1885"
    tiers = table(pages["en"], "tier_counts")
    assert {name: row[0] for name, row in tiers.items()} == {"Normal": "6", "Silver": "2", "Gold": "1"}
    assert list(tiers) == ["Normal", "Silver", "Gold"], "from the lowest up"
    moves = table(pages["en"], "tier_moves")
    assert moves["Normal"][:3] == ("4", "1", "1")
    hours = table(pages["en"], "heat_hour_tier")
    assert hours["00"][0] == "2"


def test_the_year_before_stands_beside_and_changes_are_told(tiny: Runtime) -> None:
    loaded = tiny.load_calendar(CALENDAR)
    since, until = at("2026-01-01 00:00"), at("2026-09-01 00:00")
    document = dashboard_document(loaded, dashboard(tiny, loaded, Asked((), AS_OF, since=since, until=until)), "en")
    members, before, change = table(document, "figures")["Members"][:3]
    assert (members, before) == ("9", "0"), "both are cut at the moment of measuring"
    assert change == ""
    assert "2026-01-01 – 2026-03-16 beside 2025-01-01 – 2025-03-16" in document.about


def test_shares_change_by_points_and_others_in_percent() -> None:
    def one(name: str, numerator: int, denominator: int | None) -> Figure:
        return figure(
            name, ("", AS_OF, AS_OF), (), dict(zip(counted(name), (numerator, denominator or 0), strict=False))
        )

    def counted(name: str) -> list[str]:
        found = metric(name)
        return [part for part in (found.numerator, found.denominator) if part]

    rate = metric("repeat_rate")
    assert _change(rate, one("repeat_rate", 3, 10), one("repeat_rate", 1, 4))[0] == "+5.00 points"
    assert _change(metric("joins"), one("joins", 3, None), one("joins", 4, None)) == ("-25.0%", "-25.0%")
    assert _change(metric("joins"), one("joins", 3, None), one("joins", 0, None)) == ("", "")


def test_a_leap_day_stays_a_day() -> None:
    assert _year_before(datetime(2028, 2, 29, tzinfo=UTC)) == datetime(2027, 3, 1, tzinfo=UTC)


def test_what_lacks_its_data_says_so_once(pages: dict[str, Document]) -> None:
    texts = [part.text for section in pages["en"].sections for part in section.parts if isinstance(part, Paragraph)]
    assert len(texts) == len(set(texts))


def test_nothing_is_0_and_what_cannot_be_measured_is_not(pages: dict[str, Document]) -> None:
    """Nobody was silver a year before."""
    tiers = table(pages["en"], "tier_counts")
    assert tiers["Silver"] == ("2", "0")
    assert list(table(pages["en"], "orders_histogram"))[:3] == ["0", "1", "2"]


def test_a_window_without_its_data_is_named(tiny: Runtime) -> None:
    loaded = tiny.load_calendar(CALENDAR)
    since, until = at("2025-01-20 00:00"), at("2025-03-01 00:00")
    document = dashboard_document(loaded, dashboard(tiny, loaded, Asked((), AS_OF, since=since, until=until)), "en")
    texts = [part.text for section in document.sections for part in section.parts if isinstance(part, Paragraph)]
    assert any("2024-01-20 – 2024-03-01: not measurable" in text for text in texts)


def test_each_figure_is_defined_below_and_chinese_is_chinese(pages: dict[str, Document]) -> None:
    for lang, document in pages.items():
        defined = [str(row[0]) for part in document.sections[-1].parts if isinstance(part, Table) for row in part.rows]
        assert all(any(f"({name})" in one for one in defined) for name in NAMES)
        if lang == "zh":
            tables = [part for section in document.sections for part in section.parts if isinstance(part, Table)]
            assert not [head for one in tables for head in one.head if re.search(r"[a-z]{3}", head)]


def test_the_command_prints_and_writes(
    tiny: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def say(*more: str) -> tuple[int, str]:
        line = ["promocal", "dashboard", CALENDAR, "-C", str(tiny.settings.root), "--as-of", AS_OF.isoformat(), *more]
        monkeypatch.setattr(sys, "argv", line)
        with pytest.raises(SystemExit) as ended:
            cli.main()
        told = capsys.readouterr()
        return int(ended.value.code or 0), told.out + told.err

    code, printed = say("--lang", "zh", "--members", "1.0")
    assert (code, "会员口径 1.0" in printed) == (0, True)
    for name in ("board.html", "board.xlsx", "board.md"):
        assert say("-o", str(tmp_path / name))[0] == 0
        assert (tmp_path / name).stat().st_size > 1_000
    code, printed = say("-o", str(tmp_path / "board.pdf"))
    assert (code, "end the name with .html" in printed) == (2, True)


def warnings(document: Document) -> list[str]:
    parts = [part for section in document.sections for part in section.parts]
    return [part.text for part in parts if isinstance(part, Paragraph) and part.tone == "warning"]


def test_where_the_sources_do_not_reach_a_year_back_it_says_so(tiny: Runtime) -> None:
    """Events begin on 2026-03-01, points in August 2025, uses in March 2026; orders are complete from 2024 on."""
    loaded = tiny.load_calendar(CALENDAR)
    made = dashboard(tiny, loaded, Asked((), AS_OF))
    english, chinese = (dashboard_document(loaded, made, lang) for lang in ("en", "zh"))
    said = warnings(english)
    assert [text.split(" reach back")[0] for text in said] == ["The events", "The points", "The uses of benefits"]
    assert all("nothing that rests on them is told" in text for text in said)
    assert len(warnings(chinese)) == 3
    figures = table(english, "figures")
    assert figures["Interactions"][:2] == ("6", "–"), "not 0: nobody knows"
    assert figures["Sales"][2] == "0.00", "orders are known: there were none; peers stand between"


def test_a_window_that_is_known_in_part_is_counted_and_named(tiny: Runtime) -> None:
    loaded = tiny.load_calendar(CALENDAR)
    since, until = at("2026-08-01 00:00"), at("2026-09-01 00:00")
    later = Asked((), at("2026-09-01 00:00"), since=since, until=until)
    said = warnings(dashboard_document(loaded, dashboard(tiny, loaded, later), "en"))
    assert any(text.startswith("The points reach back to 2025-08-2") and "look larger" in text for text in said)


def test_a_source_that_begins_hours_into_the_first_day_reaches_back_far_enough(tiny: Runtime) -> None:
    """The first fact of a day is hardly ever at midnight: that is no gap of the source."""
    loaded = tiny.load_calendar(CALENDAR)
    since, until = at("2026-08-01 00:00"), at("2026-09-01 00:00")
    made = dashboard(tiny, loaded, Asked((), until, since=since, until=until))
    said = {}
    for begins in ("2025-08-01 09:30", "2025-08-02 00:10"):
        before = replace(made.before, reaches_back_to={**made.before.reaches_back_to, "points": at(begins)})
        found = warnings(dashboard_document(loaded, replace(made, before=before), "en"))
        said[begins] = any(text.startswith("The points reach back") for text in found)
    assert said == {"2025-08-01 09:30": False, "2025-08-02 00:10": True}


def test_tiers_of_a_time_before_the_orders_are_not_told(tiny: Runtime) -> None:
    """Where orders begin after August 2025, no order tells who had reached a tier by then."""
    loaded = tiny.load_calendar(CALENDAR)
    since, until = at("2026-08-01 00:00"), at("2026-09-01 00:00")
    made = dashboard(tiny, loaded, Asked((), until, since=since, until=until))
    known = table(dashboard_document(loaded, made, "en"), "tier_counts")
    assert "3" in {row[1] for row in known.values()}
    late = replace(made, before=replace(made.before, reaches_back_to={"orders": at("2026-01-01 00:00")}))
    document = dashboard_document(loaded, late, "en")
    assert {row[1] for row in table(document, "tier_counts").values()} == {"–"}
    assert table(document, "figures")["Members"][1] == "3", "who had joined is known all the same"
