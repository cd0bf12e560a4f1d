"""Control groups of one salt: within a campaign an error, between calendars of one directory a warning."""

from __future__ import annotations

from pathlib import Path

import pytest

from campaign_calendars.checks import check, load_store
from campaign_calendars.findings.problem import Problem
from campaign_calendars.reading.loading import bind, load_calendar
from tasks.calendars.checking import read_calendar

from .examples import CALENDAR, STORE, patched, problems_of


def found(tmp_path: Path, own: str, **others: str) -> list[Problem]:
    (tmp_path / "stores").mkdir()
    (tmp_path / "stores" / "shop.yaml").write_text(STORE, "utf-8")
    (tmp_path / "promocal.toml").write_text("", "utf-8")
    (tmp_path / "m.txt").write_text("春茶上架了。", "utf-8")
    folder = tmp_path / "calendars"
    folder.mkdir()
    for name, text in {"own": own, **others}.items():
        (folder / f"{name}.yaml").write_text(patched(CALENDAR, f"calendar: {name}\n{text}"), "utf-8")
    problems = read_calendar(folder / "own.yaml", with_messages=True)[1]
    return [problem for problem in problems if problem.code in ("C137", "C138", "C190", "C191")]


@pytest.mark.parametrize(
    ("holdout", "codes"),
    [
        ("holdout: {campaign: 5%, salt: shop-2026}\n", {"C137"}),
        ("holdout: {campaign: 0%, salt: shop-2026}\n", {"C137"}),
        ("holdout: {campaign: 5%, salt: shop-2027}\n", set()),
        ("holdout: {campaign: 30%, by: city, salt: shop-2026}\n", set()),  # names of cities, not members
        ("", set()),
    ],
)
def test_the_salt_of_the_store_is_not_that_of_the_campaign(holdout: str, codes: set[str]) -> None:
    assert {problem.code for problem in problems_of(holdout)} & {"C137", "C138"} == codes


def test_a_play_does_not_draw_with_the_salt_of_the_store() -> None:
    shop = load_store(STORE.replace("salt: shop-2026", "salt: small:burst/p")).model
    assert shop is not None
    text = CALENDAR.replace("message: m.txt", "message: m.txt\n        holdout: 10%")
    assert "C137" not in {problem.code for problem in check(bind(load_calendar(CALENDAR), shop))}
    (problem,) = [problem for problem in check(bind(load_calendar(text), shop)) if problem.code == "C137"]
    assert text.splitlines()[problem.location.line - 1].strip() == "holdout: 10%"


def test_two_calendars_of_one_salt_are_named_and_can_be_accepted(tmp_path: Path) -> None:
    same = "holdout: {campaign: 5%, salt: same}\n"
    (problem,) = found(tmp_path, same, autumn=same, winter="holdout: {campaign: 5%, salt: other}\n")
    assert (problem.code, problem.severity) == ("C138", "warning")
    assert "autumn" in problem.message
    assert "autumn" in problem.zh
    file = tmp_path / "calendars" / "own.yaml"
    file.write_text(file.read_text("utf-8") + "accept: {C138: the same people rest in both on purpose}\n", "utf-8")
    loaded, problems = read_calendar(file, with_messages=True)
    assert {p.code: p.severity for p in problems if p.code in ("C138", "C191")} == {"C138": "info"}
    # A run looks at its calendar alone: the acceptance stands.
    assert loaded is not None
    assert "C191" not in {p.code for p in read_calendar(file)[1]}


def test_a_broken_neighbour_is_its_own_matter(tmp_path: Path) -> None:
    assert found(tmp_path, "holdout: {campaign: 5%, salt: same}\n", broken="holdout: {salt: [same\n") == []


def test_plays_of_a_calendar_without_holdout_are_drawn_with_its_id(tmp_path: Path) -> None:
    (problem,) = found(tmp_path, "title: own\n", autumn="holdout: {campaign: 5%, salt: own}\n")
    assert (problem.code, problem.location.line) == ("C138", 1)
    assert "autumn" in problem.message


@pytest.mark.parametrize(
    ("holdout", "told"),
    [
        ("{campaign: 5%, by: province, salt: x}", "about 2"),
        ("{campaign: 0%, by: province, salt: x}", "about 0"),
        ("{campaign: 95%, by: province, salt: x}", "about 29"),
        ("{campaign: 1%, by: city, salt: x}", "about 3"),
        ("{campaign: 30%, by: province, salt: x}", None),
        ("{campaign: 2%, by: city, salt: x}", None),
        ("{campaign: 1%, by: member, salt: x}", None),
        ("{campaign: 1%, salt: x}", None),
    ],
)
def test_a_share_of_regions_draws_enough_of_them(holdout: str, told: str | None) -> None:
    problems = [one for one in problems_of(f"holdout: {holdout}\n") if one.code == "C148"]
    assert len(problems) == (told is not None)
    assert all(told in one.message and one.severity == "warning" for one in problems if told)
