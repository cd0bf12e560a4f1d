"""The set-up pack of a calendar, ids on their way back, and a store that sends nothing without them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from openpyxl import Workbook, load_workbook

from campaign_calendars.checks import load_store
from campaign_calendars.deciding.intent import intent_key
from campaign_calendars.findings.errors import UsageError
from campaign_calendars.reading.loading import bind, load_calendar
from campaign_calendars.set_up.benefits import Known, setup_rows
from tasks.exporting.crowds import CrowdMember, write_crowds
from tasks.exporting.ids import read_ids
from tasks.exporting.pack import export_pack
from tasks.planning.plan import plan
from tasks.running.phase import run_phase
from tasks.runtime import Runtime
from tests.flows.small_project import NAMES, PHONES
from warehouse.ledger.audit import AuditFilter

CALENDAR = "queens-day-2020"
SMALL = "small-sale"
SALE = datetime.fromisoformat("2026-03-08T10:00:00+08:00")
SHEETS = [
    "优惠券",
    "券包与礼包",
    "礼品",
    "价格",
    "积分",
    "权益与服务",
    "阵地",
    "文案",
    "兑换码",
    "链接",
    "清单",
    "人群",
    "群",
    "专属客服",
    "标签",
    "计划价",
    "任务",
    "平台会拒绝",
]


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_pack_of_a_whole_calendar(shop: Runtime, tmp_path: Path) -> None:
    made = export_pack(shop, CALENDAR, tmp_path, lang="zh", crowds=False)
    book = load_workbook(tmp_path / f"{CALENDAR}.xlsx")
    assert book.sheetnames == SHEETS
    coupons = table(tmp_path / "coupons.csv")
    assert len(coupons) == book["优惠券"].max_row - 1 == made.sheets["coupons"]
    thirty = next(row for row in coupons if row["权益id"] == "member-coupon-30")
    assert (thirty["面额"], thirty["门槛元"], thirty["设置方式"], thirty["平台编号"]) == ("30", "199", "人工设置", "")
    assert "member-coupon-30" in made.without_id
    assert made.sheets["positions"] > 20
    assert made.sheets["texts"] > 20
    assert (made.checksum, made.batches, made.crowd_members) == ("", 0, 0)


def test_crowds_are_the_persons_of_a_plan(small: Runtime, tmp_path: Path) -> None:
    made = export_pack(small, SMALL, tmp_path, lang="en")
    planned = plan(small, SMALL)
    assert made.checksum == planned.checksum
    crowd = table(tmp_path / "crowds" / "burst.recall.coupon_10.csv")
    assert len(crowd) == made.crowd_members == planned.benefits["coupon_10"].granted > 0
    key = intent_key(SMALL, "burst", "recall", SALE, crowd[0]["member"], "sms")
    assert crowd[0]["intent key"] == key, "what a run would send has the same"
    assert [row["members"] for row in table(tmp_path / "crowds.csv")] == [str(len(crowd))]
    assert not list(small.plans_dir.glob("*.parquet")), "the persons of the plan are not left behind"
    everything = b"".join(path.read_bytes() for path in tmp_path.rglob("*.csv") if "small" not in path.parts)
    assert not any(one.encode() in everything for one in (*PHONES, *NAMES))
    assert {row.reason.split(":")[0] for row in made.refused} == {"no number to issue", "no time of use"}


def test_nobody_of_an_earlier_pack_is_left_in_the_folder(small: Runtime, tmp_path: Path) -> None:
    stale = tmp_path / "crowds" / "burst.recall.other.csv"
    stale.parent.mkdir()
    stale.write_text("member\nm1\n", "utf-8")
    export_pack(small, SMALL, tmp_path, lang="en")
    assert [path.name for path in stale.parent.iterdir()] == ["burst.recall.coupon_10.csv"]
    export_pack(small, SMALL, tmp_path, lang="en", crowds=False)
    assert list(stale.parent.iterdir()) == []


def test_ids_that_were_exchanged_are_put_right_by_one_sheet(shop: Runtime, tmp_path: Path) -> None:
    one, other = ("member-coupon-30", ""), ("member-coupon-50", "")
    for first, second in (("71", "72"), ("72", "71")):
        found = read_ids(
            shop, CALENDAR, sheet(tmp_path / "ids.xlsx", (*one, first), (*other, second)), by="li", lang="en"
        )
        assert (found.problems, found.changed) == ((), 2)
    twice = sheet(tmp_path / "ids.xlsx", (*one, "73"), (*other, "73"))
    assert len(read_ids(shop, CALENDAR, twice, by="li", lang="en").problems) == 1


def test_a_damaged_workbook_of_ids_is_one_message(shop: Runtime, tmp_path: Path) -> None:
    (tmp_path / "ids.xlsx").write_bytes(b"PK\x03\x04 nothing of it")
    with pytest.raises(UsageError, match="no workbook that can be read"):
        read_ids(shop, CALENDAR, tmp_path / "ids.xlsx", by="li", lang="en")


def test_crowds_are_cut_as_the_tool_takes_them(tmp_path: Path) -> None:
    """B2: 250 pushed coupons are 3 calls of 100, 100 and 50."""
    text = (
        "calendar: c\nstore: s\ntimezone: Asia/Shanghai\naudiences: {all: joined}\n"
        "benefits: {b: {kind: member_coupon, value: 20, stock: 500, valid: 7d},"
        " h: {kind: lucky_bag, item: x, unit_cost: 1}}\n"
        "phases: [{id: p, kind: burst, window: {from: 2026-03-01, to: 2026-03-02}}]\n"
    )
    store = load_store(
        "store: s\ntiers: {window: 365d, levels: [{id: basic}]}\nchannels: {sms: {consent: required}}\n"
    ).model
    assert store is not None
    known = bind(load_calendar(text), store)
    rows = {row.benefit: row for row in setup_rows(known.calendar, known.timeline, Known({("b", ""): "77"}))}
    at = datetime(2026, 3, 1, 2, tzinfo=UTC)
    members = [CrowdMember("p", "q", "b", at, f"m{n:03d}", "sms") for n in range(250)]
    members += [CrowdMember("p", "q", "b", at + timedelta(days=1), "m000", "sms")]
    members += [CrowdMember("p", "q", "h", at, "m000", "sms")]
    batches = write_crowds(tmp_path, known, reversed(members), rows)
    assert [(batch.number, batch.members, batch.platform_id) for batch in batches] == [
        (1, 100, "77"), (2, 100, "77"), (3, 50, "77"), (4, 1, "77"),
    ]  # fmt: skip
    assert batches[0].at == at.astimezone(ZoneInfo("Asia/Shanghai"))
    assert [path.name for path in tmp_path.iterdir()] == ["p.q.b.csv"], "what people hand out is no crowd"
    lines = table(tmp_path / "p.q.b.csv")
    assert [line["batch"] for line in lines].count("3") == 50
    assert set(lines[0]) == {
        "member", "batch", "play", "benefit", "platform_id", "use from", "use to", "intent key",
    }  # fmt: skip
    assert {(line["batch"], line["use from"], line["use to"]) for line in lines} == {
        ("1", "2026-03-01 10:00:00", "2026-03-08 23:59:59"),
        ("2", "2026-03-01 10:00:00", "2026-03-08 23:59:59"),
        ("3", "2026-03-01 10:00:00", "2026-03-08 23:59:59"),
        ("4", "2026-03-02 10:00:00", "2026-03-09 23:59:59"),
    }, "valid: 7d, counted from the moment of the batch"


def sheet(path: Path, *rows: Sequence[object]) -> Path:
    book = Workbook()
    page = book.active
    for row in (("exported on Monday",), ("权益id", "分项", "平台编号"), *rows):
        page.append(list(row))
    book.save(path)
    return path


def test_ids_come_back_row_by_row(shop: Runtime, tmp_path: Path) -> None:
    file = sheet(
        tmp_path / "ids.xlsx",
        ("member-coupon-30", "", "7700880011223344556"),
        ("new-member-pack", "1", "71"),
        ("member-coupon-31", "", "5"),
        ("new-member-pack", "9", "72"),
        ("member-coupon-50", "", "71"),
        ("big-coupon-80", "", 7700880011223344556),
        ("big-coupon-80", "", "7.70E+18"),
        ("invite-coupon", "parent", 4711),
        ("store-coupon", "", None),
    )
    found = read_ids(shop, CALENDAR, file, by="Li Wei", lang="en")
    assert (found.taken, found.changed) == (3, 3)
    said = [(problem.line, problem.code, problem.message) for problem in found.problems]
    assert [line for line, _, _ in said] == [5, 6, 7, 8, 9]
    assert {code for _, code, _ in said} == {"S610"}
    assert said[0][2] == "the calendar has no benefit 'member-coupon-31'"
    assert found.problems[0].hint.endswith("member-coupon-30")
    assert "has no part '9'" in said[1][2]
    assert "is that of new-member-pack 1" in said[2][2]
    assert said[3][2].endswith("has lost digits")
    known = {(one.benefit, one.part): one.platform_id for one in shop.ledger.platform_ids(CALENDAR)}
    assert known == {
        ("member-coupon-30", ""): "7700880011223344556",
        ("new-member-pack", "1"): "71",
        ("invite-coupon", "parent"): "4711",
    }
    assert "member-coupon-30" not in found.missing
    assert {"new-member-pack", "invite-coupon"} <= set(found.missing), "some of their parts are still to come"
    assert [entry.count for entry in shop.ledger.audit(AuditFilter(action="platform_ids"))] == [3]
    assert read_ids(shop, CALENDAR, file, by="Li Wei", lang="en").changed == 0

    text = tmp_path / "ids.csv"
    text.write_text("benefit,platform_id\nmember-coupon-50,'88\n", "utf-8")
    assert read_ids(shop, CALENDAR, text, by="Li Wei", lang="en").taken == 1
    text.write_text("name,number\na,1\n", "utf-8")
    with pytest.raises(UsageError, match="no columns of benefits and ids"):
        read_ids(shop, CALENDAR, text, by="Li Wei", lang="en")
    with pytest.raises(UsageError, match="brought by somebody"):
        read_ids(shop, CALENDAR, text, by="", lang="en")
    with pytest.raises(UsageError, match="there is no file"):
        read_ids(shop, CALENDAR, tmp_path / "gone.csv", by="Li Wei", lang="en")


def test_rows_written_as_their_remedies_say_are_taken(shop: Runtime, tmp_path: Path) -> None:
    """A benefit by its right id, a part that exists, an id of its own, the digits as text."""
    wrong = (
        ("member-coupon-31", "", "5"),
        ("new-member-pack", "9", "72"),
        ("invite-coupon", "parent", "5001"),
        ("big-coupon-80", "", 7700880011223344556),
    )
    taken = ("member-coupon-50", "", "5001")
    found = read_ids(shop, CALENDAR, sheet(tmp_path / "wrong.xlsx", taken, *wrong), by="li", lang="en")
    hints = [problem.hint for problem in found.problems]
    assert len(hints) == len(wrong)
    assert all(hints)
    right = (
        (hints[0].split()[-1], "", "5"),
        ("new-member-pack", "1", "72"),
        ("invite-coupon", "parent", "5002"),
        ("big-coupon-80", "", "7700880011223344556"),
    )
    assert read_ids(shop, CALENDAR, sheet(tmp_path / "right.xlsx", taken, *right), by="li", lang="en").problems == ()


def test_the_workbook_of_the_pack_brings_the_ids_back(shop: Runtime, tmp_path: Path) -> None:
    export_pack(shop, CALENDAR, tmp_path, lang="zh", crowds=False)
    path = tmp_path / f"{CALENDAR}.xlsx"
    book = load_workbook(path)
    for page in book:
        head = [cell.value for cell in page[1]]
        if "平台编号" in head and "官方工具" in head:
            for number, row in enumerate(page.iter_rows(min_row=2)):
                row[head.index("平台编号")].value = f"{page.title}-{number}"
    book.save(path)
    found = read_ids(shop, CALENDAR, path, by="Li Wei", lang="zh")
    assert found.problems == ()
    assert found.missing == ()
    assert export_pack(shop, CALENDAR, tmp_path, lang="zh", crowds=False).without_id == ()


def test_a_store_that_requires_ids_sends_nothing_by_guess(small: Runtime, tmp_path: Path) -> None:
    store = small.settings.root / "stores" / "corner.yaml"
    store.write_text(store.read_text("utf-8") + "platform_ids: required\n", "utf-8")
    (held,) = plan(small, SMALL).held
    assert (held.play, held.without_id, held.duties) == ("recall", ("coupon_10",), ())
    first = run_phase(small, SMALL, "burst", SALE)
    assert first.waiting == {"waits for the platform's id of coupon_10": first.chosen}
    assert first.chosen > 0
    read_ids(small, SMALL, sheet(tmp_path / "ids.xlsx", ("coupon_10", "", "77")), by="Li Wei", lang="en")
    small.clock = lambda: SALE + timedelta(minutes=5)
    again = run_phase(small, SMALL, "burst", SALE)
    assert again.dispatch.sent == first.chosen
    assert again.waiting == {}
    assert plan(small, SMALL).held == ()
