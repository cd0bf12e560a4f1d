"""Lists of WeCom customers and of group members: who is there, since when, and who has left."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from tests.warehouse.conftest import PARAMS
from tests.warehouse.figures import ask
from tests.warehouse.sources.test_shops import NOW, Shop
from warehouse.snapshots.bindings import members_there
from warehouse.snapshots.snapshot import Snapshot, build_snapshot
from warehouse.sources import SourceSpec

MEMBERS = "member_id\nm1\nm2\nm3\n"
READ = "select member_id, group_id, bound_at, unbound_at from snap.stg_contact_points order by all"


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    made = Shop(tmp_path)
    made.put("people.csv", MEMBERS)
    return made


def test_members_of_several_groups_and_who_left(shop: Shop) -> None:
    rows = "群ID,群昵称,会员号,入群时间,退群时间\n"
    rows += "g1,小一,m1,2026-03-01 10:00:00,\ng2,小一,m1,2026-03-02 10:00:00,2026-03-03 10:00:00\n"
    rows += "g1,小二,m2,2026-03-01 10:00:00,unknown\ng1,小三,m3,tomorrow,\ng1,过客,x9,2026-03-01 10:00:00,\n"
    shop.put("群成员.csv", rows)
    made = build(shop, "群成员.csv", "group-members", ["contact_points"])
    first, left = datetime(2026, 3, 1, 2), datetime(2026, 3, 3, 2)
    assert ask(made, READ) == [
        ("m1", "g1", first, None),
        ("m1", "g2", datetime(2026, 3, 2, 2), left),
        ("m2", "g1", first, first),
    ]
    said = {p.message.partition("rule ")[2].rstrip(")") for p in made.findings}
    assert {"unbinding-unreadable", "binding-unreadable", "contact-of-unknown-member"} <= said
    assert members_there(made, ["group", "wecom"], NOW) == {"group": {"g1": 1, "g2": 0}}


def test_a_later_export_that_knows_of_leaving_wins_and_coming_back_wins_again(shop: Shop) -> None:
    shop.put("群成员-1.csv", "群ID,会员号,入群时间,退群时间\ng1,m1,2026-03-01 10:00:00,\ng1,m2,2026-03-01 10:00:00,\n")
    later = "g1,m1,2026-03-01 10:00:00,2026-03-04 10:00:00\ng1,m2,2026-03-01 10:00:00,2026-03-04 10:00:00\n"
    shop.put("群成员-2.csv", f"群ID,会员号,入群时间,退群时间\n{later}g1,m2,2026-03-05 10:00:00,\n")
    made = build(shop, "群成员-*.csv", "group-members", ["contact_points"])
    assert [row[:2] + row[3:] for row in ask(made, READ)] == [
        ("m1", "g1", datetime(2026, 3, 4, 2)),
        ("m2", "g1", None),
    ]


def test_customers_of_wecom_and_whose_they_are(shop: Shop) -> None:
    rows = "外部联系人ID,会员编号,添加人,添加时间,流失时间\n"
    rows += "wmA,m1,li,2026-03-01 10:00:00,\nwmB,m2,wang,2026-03-01 10:00:00,2026-03-02 10:00:00\n"
    shop.put("客户.csv", rows)
    made = build(shop, "客户.csv", "wecom-customers", ["contact_points", "tags"])
    points = "select member_id, channel, address, unbound_at is null from snap.stg_contact_points order by 1"
    assert ask(made, points) == [("m1", "wecom", "wmA", True), ("m2", "wecom", "wmB", False)]
    assert ask(made, "select member_id, tag from snap.stg_tags order by 1") == [("m1", "li"), ("m2", "wang")]
    assert members_there(made, ["wecom"], NOW) == {"wecom": {None: 1}}


def build(shop: Shop, path: str, mapping: str, datasets: list[str]) -> Snapshot:
    specs = [SourceSpec(name, path=path, mapping=mapping, timezone="Asia/Shanghai") for name in datasets]
    shop.put("orders.csv", "order_id,member_id,ordered_at,amount\n")
    specs += [SourceSpec("members", path="people.csv"), SourceSpec("orders", path="orders.csv")]
    return build_snapshot(specs, as_of=NOW, params=PARAMS, base_dir=shop.base, directory=shop.base / "w")
