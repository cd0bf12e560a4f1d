"""The shop's items: what is sold out is on no list, and a benefit of nothing else is given to nobody."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from campaign_calendars.deciding.items import sold_out_benefits, without_sold_out
from campaign_calendars.messages.material import goods_rows, on_sale
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.reading.loading import LoadedCalendar, bind, load_calendar
from campaign_calendars.set_up.goods import goods_against_items
from tasks.deciding.known import as_known
from tests.warehouse.decision.giving import PARAMS, bound, build, decide, moment
from warehouse.snapshots.items import items_of, on_hand
from warehouse.snapshots.snapshot import Snapshot, build_snapshot
from warehouse.sources import SourceSpec

MEMBERS = "member_id,joined_at\nann,2020-01-01 09:00\n"
POINTS = "member_id,channel,address,consented_at\nann,mail,a@example.com,2020-01-01 09:00\n"
ITEMS = """\
item_id,sku,title,list_price,stock,state,at
i1,t1,tea,99.00,5,在售,2021-11-01 00:00
i1,t1,tea,99.00,0,在售,2021-11-05 00:00
i1,t1,tea,99.00,9,在售,2021-11-25 00:00
i2,n1,nuts,59.00,,已售罄,
i2,n2,nuts,59.00,3,,
i3,c1,cup,,,下架,
i4,m1,mug,,,whatever,
i5,s1,soap,,-1,,
i5,s1,soap,,4,,
,x1,nobody,,1,,
i6,b1,bag,ten,many,,
"""
THERE = {
    "i1": False,
    "t1": False,
    "i2": True,
    "n1": False,
    "n2": True,
    "i3": False,
    "c1": False,
    "i4": True,
    "m1": True,
}


def snapshot_of(base: Path, items: str = ITEMS) -> Snapshot:
    return build(base, {"members": MEMBERS, "contact_points": POINTS, "orders": ORDERS, "items": items})


ORDERS = "order_id,member_id,ordered_at,paid_at,amount\no1,ann,2021-11-02 10:00,2021-11-02 10:00,100\n"


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return snapshot_of(tmp_path_factory.mktemp("shop"))


def test_the_newest_row_before_the_moment_says_what_is_sold_out(snapshot: Snapshot) -> None:
    there = on_hand(items_of(snapshot))
    assert {name: there[name] for name in THERE} == THERE
    assert there["s1"] is False, "of two rows for one moment the smaller stock counts"
    assert {"x1", "i6"}.isdisjoint(there), "without an id, with a stock that is none"
    said = {finding.message.partition("rule ")[2].rstrip(")") for finding in snapshot.findings}
    assert {
        "shop-item-id-missing",
        "shop-item-stock-unreadable",
        "shop-item-state-unknown",
        "shop-item-repeated",
    } <= said
    assert {one.item_id: one.list_price_cents for one in items_of(snapshot)}["i1"] == 9_900


@pytest.mark.parametrize(
    ("benefit", "given"),
    [
        ({"kind": "member_price", "item": "tea", "price": 50, "goods": ["t1"]}, False),
        ({"kind": "member_price", "item": "both", "price": 50, "goods": ["t1", "n2"]}, True),
        ({"kind": "member_price", "item": "nobody knows", "price": 50, "goods": ["z9"]}, True),
        ({"kind": "member_price", "item": "any", "price": 50}, True),
        ({"kind": "birthday_gift", "item": "cup", "sku": "c1", "needs_order": False}, False),
        ({"kind": "lucky_bag", "item": "mug", "sku": "m1"}, True),
        ({"kind": "early_bird_price", "rate": 0.9, "days": ["2021-11-11"], "goods": ["i3"]}, False),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else str(value),
)
def test_a_benefit_of_what_is_sold_out_is_given_to_nobody(
    snapshot: Snapshot, benefit: dict[str, object], given: bool
) -> None:
    loaded = as_known(bound(benefit), snapshot)
    status, reason, chain, _ = decide(snapshot, loaded, "2021-11-11 10:00")["ann"]
    refused = ("excluded", "benefit_sold_out", "it:benefit_sold_out")
    assert (status == "chosen") if given else (status, reason, chain) == refused


def _with_list(*items: str) -> LoadedCalendar:
    loaded = bound({"kind": "service", "offers": "after_sales"})
    written = yaml.safe_load(loaded.text)
    rows = [{"item": one, "title": one, "price": 120, "link": f"https://example.com/{one}"} for one in items]
    written["lists"] = {"stars": {"title": "stars", "items": rows}}
    return bind(load_calendar(yaml.safe_dump(written), "cal.yaml"), loaded.store)


def test_of_five_items_four_leave_with_ranks_one_to_four(snapshot: Snapshot) -> None:
    loaded = as_known(_with_list("i2", "i1", "i4", "z1", "z2"), snapshot)
    rows = goods_rows(on_sale(loaded.calendar.lists["stars"], date(2021, 11, 20)))
    assert [(row.rank, row.item) for row in rows] == [(1, "i2"), (2, "i4"), (3, "z1"), (4, "z2")]
    assert loaded.text == _with_list("i2", "i1", "i4", "z1", "z2").text, "what was written stays"
    assert as_known(_with_list("i1", "i3"), snapshot).calendar.lists["stars"].items == [], "it holds the job"


def test_the_pack_tells_what_of_a_list_is_not_to_be_had_or_costs_less(snapshot: Snapshot) -> None:
    items = items_of(snapshot)
    prices = {one.item_id: one.list_price_cents for one in items if one.list_price_cents is not None}
    lists = _with_list("i2", "i1", "i4", "z1").calendar.lists
    told = [(one.name, *one.reason) for one in goods_against_items(lists, on_hand(items), prices)]
    assert told == [
        ("stars i2", "the list says 120, the shop asks 59 at most", "清单写 120 元，店铺一口价为 59 元"),
        ("stars i1", "sold out: messages leave without it", "已售罄：发送时不列出"),
        ("stars z1", "the shop's items do not have it", "店铺商品中没有此商品"),
    ]
    assert list(goods_against_items(lists, {}, {})) == [], "without items nobody knows"


def test_nothing_changes_where_nothing_is_known(tmp_path: Path) -> None:
    made = build(tmp_path, {"members": MEMBERS, "contact_points": POINTS, "orders": ORDERS})
    loaded = _with_list("i1")
    assert items_of(made) == ()
    assert as_known(loaded, made) is loaded
    assert without_sold_out(loaded.calendar, {"i9": False}) is loaded.calendar
    assert sold_out_benefits(Calendar.model_validate(yaml.safe_load(loaded.text)), {}) == frozenset()


def test_the_export_of_goods_on_sale_is_read_by_its_map(tmp_path: Path) -> None:
    (tmp_path / "members.csv").write_text(MEMBERS, "utf-8")
    (tmp_path / "orders.csv").write_text(ORDERS, "utf-8")
    goods = "宝贝ID,商家编码,宝贝标题,一口价,库存,宝贝状态\n"
    goods += "610000000000000001,t1,茶,¥99.00,0,出售中\n2,n1,坚果,59,12,出售中\n"
    (tmp_path / "出售中的宝贝.csv").write_text(goods, "gb18030")
    sources = [
        SourceSpec("members", "csv", "members.csv", timezone="Asia/Shanghai"),
        SourceSpec("orders", "csv", "orders.csv", timezone="Asia/Shanghai"),
        SourceSpec("items", "csv", "出售中的宝贝.csv", mapping="taobao-goods"),
    ]
    made = build_snapshot(
        sources, base_dir=tmp_path, directory=tmp_path / "var", as_of=moment("2021-11-20"), params=PARAMS
    )
    assert on_hand(items_of(made)) == {"610000000000000001": False, "t1": False, "2": True, "n1": True}
