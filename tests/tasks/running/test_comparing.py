"""A replay beside what really ran, beside another calendar, beside itself with other figures, and simulated."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.measuring.sides import Pair, Persons, SideBySide
from tasks.documents.markdown import as_markdown
from tasks.replayed import read_record, replay_state
from tasks.running.comparing import Wanted, compare_replay, replay_alone, require_sense
from tasks.running.comparing_document import comparison_document
from tasks.running.phase import run_if_due
from tasks.runtime import Runtime, finished_replay, open_runtime
from tests.tasks.conftest import NOW, SALE, SMALL
from warehouse.shelf.lock import FileLock

CALENDAR = "queens-day-2020"
DAY = timedelta(days=1)


def beside(rt: Runtime, calendar: str, wanted: Wanted) -> SideBySide:
    with ExitStack() as stack:
        return compare_replay(rt, calendar, stack, wanted)[1]


def ran(rt: Runtime) -> Runtime:
    """The small project after its sale really ran, and the next day came."""
    run_if_due(rt, SMALL, "burst", SALE)
    return replace(rt, clock=lambda: SALE + DAY)


def test_a_second_replay_does_not_empty_the_state_of_one_that_is_under_way(small: Runtime) -> None:
    place = replay_state(small.settings, SMALL)
    place.mkdir(parents=True)
    (place / "under_way").touch()
    with FileLock(place.with_name(f".{place.name}.lock")) as lock, ExitStack() as stack:
        assert lock.take()
        with pytest.raises(UsageError, match="another replay of"):
            replay_alone(small, SMALL, stack, Wanted())
    assert (place / "under_way").exists()


def test_what_really_ran_is_found_again_person_by_person(small: Runtime) -> None:
    found = beside(ran(small), SMALL, Wanted(against="ran"))
    assert (found.a.ran, found.b.ran, found.simulated) == (False, True, False)
    assert found.totals.persons == Persons(both=8, only_a=0, only_b=0)
    assert found.totals.messages == Pair(a=8, b=8)
    assert found.totals.granted == Pair(a=8, b=8)
    assert found.totals.benefit_cents == Pair(a=80_00, b=80_00)
    assert (found.one_sided, found.samples, found.b.unsent) == ((), (), {})


def test_a_calendar_that_was_changed_since_reaches_others_and_says_why(small: Runtime) -> None:
    """Three really got it; then the file was lost and the calendar changed so that only members of one name do."""
    rt = ran(small)
    path = rt.calendar_path(SMALL)
    text = path.read_text("utf-8")
    path.write_text(text.replace('where: "joined"', "where: \"joined and joined_at < '2024-02-04'\""), "utf-8")
    found = beside(rt, SMALL, Wanted(against="ran"))
    persons = found.totals.persons
    assert persons.both + persons.only_b == 8
    assert persons.only_b > 0
    assert persons.only_a == 0
    assert {(one.on, one.reason) for one in found.one_sided} == {("b", "not in the audience")}
    assert len(found.samples) == persons.only_b
    assert all(re.fullmatch(r"zq\*\*\*0?\d+", one.member) for one in found.samples)


@pytest.fixture(scope="module")
def fewer(small_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Runtime, SideBySide]]:
    """The small project beside itself with three coupons."""
    root = shutil.copytree(small_template, tmp_path_factory.mktemp("fewer") / "project")
    with open_runtime(root, clock=lambda: SALE) as rt:
        yield rt, beside(rt, SMALL, Wanted(changes=("benefits.coupon_10.stock=3",)))


def test_another_figure_of_the_same_calendar(fewer: tuple[Runtime, SideBySide]) -> None:
    rt, found = fewer
    assert found.b.changes == ("benefits.coupon_10.stock=3",)
    assert found.totals.granted == Pair(a=8, b=3)
    assert sum(one.persons for one in found.one_sided) == 5
    assert {one.reason for one in found.one_sided} == {"benefit_stock"}
    assert rt.ledger.runs() == [], "nothing outside of replays is written"


def test_another_calendar_on_the_same_past(small: Runtime) -> None:
    path = small.calendar_path(SMALL)
    other = path.with_name("other-sale.yaml")
    text = path.read_text("utf-8").replace("calendar: small-sale", "calendar: other-sale")
    other.write_text(text.replace("coupon_10", "coupon_7").replace("value: 10.00", "value: 7.00"), "utf-8")
    found = beside(small, SMALL, Wanted(against="other-sale"))
    assert (found.a.calendar, found.b.calendar) == (SMALL, "other-sale")
    assert found.totals.benefit_cents == Pair(a=80_00, b=56_00)
    assert [(one.benefit, one.granted) for one in found.benefits] == [
        ("coupon_10", Pair(a=8, b=0)),
        ("coupon_7", Pair(a=0, b=8)),
    ]
    with finished_replay(small, "other-sale") as explored:
        assert len(explored.ledger.runs()) == 1


def test_what_did_not_run_is_said_with_what_did(small: Runtime) -> None:
    with pytest.raises(UsageError, match="nothing of that time has run yet"):
        beside(replace(small, clock=lambda: SALE - 2 * DAY), SMALL, Wanted(against="ran"))
    with pytest.raises(UsageError, match="no message of small-sale left"):
        beside(replace(small, clock=lambda: SALE + DAY), SMALL, Wanted(against="ran"))
    with pytest.raises(UsageError, match="no message of older left") as refused:
        beside(ran(small), SMALL, Wanted(against="ran:older"))
    assert "--against ran:small-sale" in refused.value.remedy_text("en")
    assert "--against ran:small-sale" in refused.value.remedy_text("zh")


def test_what_cannot_be_compared_is_refused_before_anything_is_replayed(small: Runtime) -> None:
    """A side that is over before it begins; money of two currencies."""
    with pytest.raises(UsageError, match="not before --until"):
        beside(small, SMALL, Wanted(changes=("benefits.coupon_10.stock=3",), until=SALE - 30 * DAY))
    path = small.calendar_path(SMALL)
    store = small.settings.root / "stores" / "corner.yaml"
    store.with_name("abroad.yaml").write_text(
        store.read_text("utf-8").replace("store: corner", "store: abroad\ncurrency: EUR"), "utf-8"
    )
    text = path.read_text("utf-8").replace("calendar: small-sale", "calendar: other-sale")
    path.with_name("other-sale.yaml").write_text(text.replace("store: corner", "store: abroad"), "utf-8")
    with pytest.raises(UsageError, match="small-sale counts in CNY, other-sale in EUR"):
        beside(small, SMALL, Wanted(against="other-sale"))
    assert not replay_state(small.settings, SMALL).exists()


def test_what_waits_for_an_approval_was_given_to_nobody(small: Runtime) -> None:
    path = small.calendar_path(SMALL)
    other = path.with_name("other-sale.yaml")
    text = path.read_text("utf-8").replace("calendar: small-sale", "calendar: other-sale")
    other.write_text(text.replace("audience: everyone", "audience: everyone\n        approve: {above: 0}"), "utf-8")
    found = beside(small, SMALL, Wanted(against="other-sale"))
    assert (found.totals.messages, found.totals.granted) == (Pair(a=8, b=0), Pair(a=8, b=0))
    assert found.totals.benefit_cents == Pair(a=80_00, b=0)
    assert found.b.unsent == {"awaiting_approval": 8}


def test_what_excludes_one_another_is_refused() -> None:
    with pytest.raises(UsageError, match="two comparisons"):
        require_sense(Wanted(against="ran", changes=("plan=planned",)))
    with pytest.raises(UsageError, match="not simulated"):
        require_sense(Wanted(against="ran:x", simulate=True))


def test_real_members_are_never_simulated(small: Runtime) -> None:
    with pytest.raises(UsageError, match="no generated store"):
        beside(small, SMALL, Wanted(changes=("plan=first_come",), simulate=True))


def test_two_policies_with_members_who_respond_are_called_simulated(shop: Runtime) -> None:
    until = NOW + 2 * DAY
    before = sorted(path.name for path in (shop.settings.root / "data").iterdir())
    found = beside(shop, CALENDAR, Wanted(changes=("plan=first_come",), simulate=True, until=until))
    assert found.simulated
    assert found.a.response is not None
    assert found.b.response is not None
    assert found.a.response.sales_cents > 0
    assert found.a.response.buyers > 0
    record = read_record(replay_state(shop.settings, CALENDAR))
    assert record is not None
    assert record.simulated
    assert sorted(path.name for path in (shop.settings.root / "data").iterdir()) == before, "the store stays as it is"
    loaded = shop.load_calendar(CALENDAR)
    for lang, word in (("en", "simulated"), ("zh", "模拟")):
        text = as_markdown(comparison_document(loaded, found, lang))
        figures = [line for line in text.splitlines() if re.match(r"\| (sales|buyers|成交额|买家|消息带来)", line)]
        assert len(figures) == 3
        assert all(word in line for line in figures)
        assert word.lower() in text.splitlines()[0].lower()


def test_the_document_says_it_all_in_one_language(fewer: tuple[Runtime, SideBySide]) -> None:
    rt, found = fewer
    loaded = rt.load_calendar(SMALL)
    chinese = as_markdown(comparison_document(loaded, found, "zh"))
    assert "权益库存" in chinese or "库存" in chinese
    prose = re.sub(r"benefits\.coupon\\_10\.stock=3|small-sale|burst|recall|coupon\\_10|CNY|Asia/Shanghai", "", chinese)
    assert not re.search(r"[A-Za-z]{4,}", prose)
    english = as_markdown(comparison_document(loaded, found, "en"))
    assert not re.search(r"[一-鿿]", english)
    assert english == as_markdown(comparison_document(loaded, found, "en"))
