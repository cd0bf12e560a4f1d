"""A text says what is the member's own: when his tier may buy, what he still has to spend, until when."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from promocal.scaffold import create_project
from tasks.deciding.decisions import decision_path
from tasks.duties.ticking import tick
from tasks.outreach.work_lists import work
from tasks.planning.previewing import preview
from tasks.running.phase import run_phase
from tasks.runtime import Runtime, open_runtime
from tests.pulling import refresh
from warehouse.decision.tiers import tiers_of_chosen
from warehouse.snapshots.recipients import spent_since

AT = datetime.fromisoformat("2021-10-20T09:00:00+08:00")
SINCE = datetime.fromisoformat("2021-10-01T00:00:00+08:00")
CALENDAR = "tell"
TEXT = """\
calendar: tell
store: demo-food
timezone: Asia/Shanghai
source: test
budget: {total: 100000.00}
audiences: {members: joined}
benefits:
  first:
    kind: member_presale_right
    item: 茶
    needs: [build]
    windows: [{tier: diamond, opens_at: 2021-10-20 10:00}, {tier: gold, opens_at: 2021-10-20 14:00}]
  race: {kind: challenge, item: 礼盒, spend: 1200, unit_cost: 5, from: 2021-10-01}
  coupon: {kind: member_coupon, value: 5, valid: 7d}
  gift: {kind: member_extra_gift, item: 茶, items: 2, stock: 2, unit_cost: 5}
phases:
  - id: presale
    kind: presale
    window: {from: 2021-10-01 00:00, to: 2021-11-11 23:59:59}
    duties: [{id: build, text: build the page, due: 2021-10-19}]
    plays:
      - {id: told, audience: members, channels: [group], BENEFITS, at: 2021-10-20 09:00, message: messages/own.txt}
"""


def shop(tmp_path: Path, benefits: str) -> Runtime:
    root = tmp_path / "shop"
    create_project(root, "queens-day-2020")
    (root / "calendars" / f"{CALENDAR}.yaml").write_text(TEXT.replace("BENEFITS", benefits), "utf-8")
    store = root / "stores" / "demo-food.yaml"
    store.write_text(store.read_text("utf-8") + "\nadmitted_to: [challenge]\n", "utf-8")
    (root / "messages" / "own.txt").write_text(
        "<{{ benefit.opens_at }}|{{ benefit.missing }}|{{ benefit.valid_until }}>", "utf-8"
    )
    from warehouse.sample.generate import generate

    generate(root / "data", members=300, seed=5, as_of=AT)
    rt = open_runtime(root, clock=lambda: AT)
    refresh(rt, CALENDAR, AT)
    return rt


def sent(rt: Runtime) -> dict[str, str]:
    """Member → what stands between the marks of his message."""
    files = list((rt.settings.root / "var").rglob("*.csv"))
    found = {}
    for file in files:
        for line in file.read_text("utf-8-sig").splitlines():
            if "<" in line:
                found[line.split(",")[1].strip('"')] = line.partition("<")[2].partition(">")[0]
    return found


def test_each_tier_reads_its_own_opening(tmp_path: Path) -> None:
    rt = shop(tmp_path, "announces: [first]")
    waiting = run_phase(rt, CALENDAR, "presale", AT)
    assert waiting.chosen > 0
    assert waiting.waiting == {"waits for duty build": waiting.chosen}, "an undone duty holds what is announced"
    tick(rt, CALENDAR, "build", "li")
    rt.clock = lambda: AT + timedelta(minutes=2)
    outcome = run_phase(rt, CALENDAR, "presale", AT)
    assert outcome.dispatch.sent == waiting.chosen
    tiers = tiers_of_chosen(decision_path(rt, outcome.run_id), ["told"])
    opens = {"diamond": "10-20 10:00", "gold": "10-20 14:00"}
    told = sent(rt)
    assert len(told) == waiting.chosen
    for member, text in told.items():
        assert text.split("|")[:2] == [opens.get(tiers["told"][member] or "", ""), ""]


def test_a_preview_reads_what_the_member_would_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.planning.previewing.masked_id", str)
    rt = shop(tmp_path, "announces: [first]")
    path = rt.calendar_path(CALENDAR)
    text = path.read_text("utf-8")
    path.write_text(text.replace("tier: diamond", "tier: silver").replace("tier: gold", "tier: basic"), "utf-8")
    opens = {"silver": "10-20 10:00", "basic": "10-20 14:00"}
    rt.clock = lambda: AT - timedelta(hours=1)
    previewed = preview(rt, CALENDAR, members=20)
    tick(rt, CALENDAR, "build", "li")
    rt.clock = lambda: AT
    tiers = tiers_of_chosen(decision_path(rt, run_phase(rt, CALENDAR, "presale", AT).run_id), ["told"])["told"]
    known = [one for one in previewed if one.member in tiers]
    assert {tiers[one.member] for one in known} >= set(opens), "members of both are among them"
    for one in known:
        assert one.text == f"<{opens.get(tiers[one.member] or '', '')}||11-11 23:59>"


def test_a_preview_of_a_challenge_says_what_is_missing(tmp_path: Path) -> None:
    rt = shop(tmp_path, "benefits: [race]")
    paid = spent_since(rt.current_snapshot(), SINCE, AT)
    short = {f"{max(120_000 - cents, 0) / 100:.2f}".removesuffix(".00") for cents in (*paid.values(), 0)}
    found = [one.text.strip("<>").split("|") for one in preview(rt, CALENDAR, members=20)]
    assert len(found) == 20
    assert all(opens == "" and missing in short and until == "11-11 23:59" for opens, missing, until in found)
    rt.clock = lambda: AT + timedelta(days=300)
    assert preview(rt, CALENDAR)[0].text.endswith("11-11 23:59>"), "a calendar that is over is read as on its last day"


def test_a_work_list_says_what_is_the_members_own(tmp_path: Path) -> None:
    rt = shop(tmp_path, "benefits: [coupon]")
    path = rt.calendar_path(CALENDAR)
    path.write_text(
        path.read_text("utf-8").replace("channels: [group]", "channels: [dedicated_service], lane: human"), "utf-8"
    )
    run_phase(rt, CALENDAR, "presale", AT)
    items = work(rt, CALENDAR)
    assert items
    assert {item.words for item in items} == {"<||10-27 23:59>"}


def test_a_challenge_tells_what_is_missing_and_a_coupon_until_when(tmp_path: Path) -> None:
    rt = shop(tmp_path, "benefits: [race]")
    outcome = run_phase(rt, CALENDAR, "presale", AT)
    assert outcome.dispatch.sent > 0
    paid = spent_since(rt.current_snapshot(), SINCE, AT)
    missing = {member: 120_000 - paid.get(member, 0) for member in sent(rt)}
    assert any(cents < 120_000 for cents in missing.values()), "somebody has bought something"
    for member, text in sent(rt).items():
        assert text == f"|{missing[member] / 100:.2f}|11-11 23:59".replace(".00|", "|")


def test_a_grant_of_seven_days_ends_with_the_seventh_day(tmp_path: Path) -> None:
    rt = shop(tmp_path, "benefits: [coupon]")
    assert run_phase(rt, CALENDAR, "presale", AT).dispatch.sent > 0
    assert set(sent(rt).values()) == {"||10-27 23:59"}


@pytest.mark.parametrize(("stock", "reason"), [(9_000, None), (2, "benefit_stock")])
def test_what_is_used_up_is_announced_to_nobody_when_it_is_decided(
    tmp_path: Path, stock: int, reason: str | None
) -> None:
    rt = shop(tmp_path, "announces: [gift]")
    path = rt.calendar_path(CALENDAR)
    path.write_text(path.read_text("utf-8").replace("stock: 2", f"stock: {stock}"), "utf-8")
    (play,) = run_phase(rt, CALENDAR, "presale", AT).plays
    books = rt.ledger.books(CALENDAR)
    assert books is not None
    assert 2 <= sum(block.uses for block in books.blocks) < 9_000, "orders of two pieces since the phase began"
    assert (play.chosen > 0) == (reason is None)
    assert set(play.excluded) & {"benefit_stock"} == ({reason} if reason else set())
