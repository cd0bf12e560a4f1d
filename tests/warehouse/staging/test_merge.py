"""Increments publish what one full build publishes, row for row, however a history is cut."""

from __future__ import annotations

import csv
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from warehouse.models.catalogue import Outcome
from warehouse.sample import taobao
from warehouse.snapshots.snapshot import Snapshot, open_snapshot
from warehouse.sources import DATASETS, SourceSpec

Row = dict[str, str]
History = list[tuple[str, Row]]
AS_OF = datetime(2026, 2, 15, tzinfo=UTC)
START = datetime(2026, 1, 1)
GLOBBED = tuple(DATASETS)


def moment(draw: random.Random, *, until: int = 60) -> str:
    return f"{START + timedelta(minutes=draw.randrange(until * 24 * 60)):%Y-%m-%d %H:%M:%S}"


def history(seed: int, size: int) -> History:
    """Rows in the order in which exports bring them, with all that goes wrong in real ones."""
    draw = random.Random(seed)
    rows: History = []
    orders: list[Row] = []
    members = [f"m{n}" for n in range(max(size // 8, 4))]
    rows += [("members", member(draw, name)) for name in members[::2]]
    kinds = {"member": 3, "order": 8, "later": 4, "event": 6, "point": 3, "tag": 3, "item": 4, "entry": 2, "refund": 4}
    for _ in range(size):
        (kind,) = draw.choices(list(kinds), list(kinds.values()))
        who = draw.choice([*members, *members, f"late{draw.randrange(5)}", "", "nobody"])
        if kind == "member":
            rows.append(("members", member(draw, draw.choice([*members, f"late{draw.randrange(5)}", ""]))))
        elif kind == "order":
            orders.append(order(draw, f"o{draw.randrange(size)}", who))
            rows.append(("orders", orders[-1]))
        elif kind == "later" and orders:
            rows.append(("orders", changed(draw, draw.choice(orders))))
        elif kind == "event":
            number = draw.randrange(size)
            rows.append(("events", {"event_id": f"e{number}", "member_id": who, "kind": "Visit", "at": moment(draw)}))
        elif kind == "point":
            channel, withdrawn = draw.choice(["sms", "push"]), draw.choice(["", "", "?", moment(draw)])
            row = {"channel": channel, "consented_at": moment(draw), "withdrawn_at": withdrawn}
            rows.append(("contact_points", {"member_id": who, **row}))
        elif kind == "tag":
            row = {"tag": draw.choice(["tea", "", "new"]), "at": draw.choice(["", "2026-01-05"])}
            rows.append(("tags", {"member_id": who, **row}))
        elif kind in {"item", "refund"} and orders:
            rows.append(about_order(draw, kind, orders))
        elif kind == "entry":
            number = draw.randrange(size)
            entry = {
                "entry_id": f"p{number}",
                "kind": draw.choice(["earn", "redeem"]),
                "points": str(draw.randrange(90)),
            }
            rows.append(("points", {**entry, "member_id": who, "at": moment(draw)}))
            rows.append(("referrals", {"referrer_id": who, "referred_id": draw.choice(members), "at": moment(draw)}))
            use = {"redemption_id": f"r{number}", "member_id": who, "benefit": "b", "redeemed_at": moment(draw)}
            rows.append(("redemptions", use))
    return with_identities(with_plain_orders(rows, draw), draw, members)


def with_plain_orders(rows: History, draw: random.Random) -> History:
    """Some orders that nothing is wrong with, so that no history is all quarantine."""
    rows.insert(0, ("members", {"member_id": "steady", "joined_at": "2026-01-01 08:00:00", "left_at": "", "city": ""}))
    for number in range(6):
        plain = {"order_id": f"plain{number}", "member_id": "steady", "ordered_at": moment(draw), "amount": "99"}
        rows.insert(draw.randrange(1, len(rows)), ("orders", plain))
    return rows


def with_identities(rows: History, draw: random.Random, members: Sequence[str]) -> History:
    """Accounts linked and torn apart again, among the other rows; some links are known late."""
    size = len(members)
    kinds = ["crm_id", "unionid", "open_uid", "phone_hash", "nick"]
    for _ in range(size):
        row = {
            "member_id": draw.choice([*members, "late1", "nobody"]),
            "kind": draw.choice(kinds),
            "value": draw.choice([*(f"v{n}" for n in range(size // 3)), *members[:3], "138****8000"]),
            "at": draw.choice(["", "2026-01-05", "2026-02-15 09:30:00"]),
        }
        rows.insert(draw.randrange(len(rows)), ("identities", row))
    return rows


def member(draw: random.Random, name: str) -> Row:
    left = draw.choice([*[""] * 7, moment(draw), "soon"])
    return {"member_id": name, "joined_at": moment(draw), "left_at": left, "city": draw.choice(["", "杭州", "上海"])}


def order(draw: random.Random, number: str, who: str) -> Row:
    row = {"order_id": draw.choice([number, number, f'="{number}"']), "member_id": who, "ordered_at": moment(draw)}
    if draw.random() < 0.7:
        row["paid_at"] = f"{datetime.fromisoformat(row['ordered_at']) + timedelta(minutes=5):%Y/%m/%d %H:%M:%S}"
    row["amount"] = draw.choice(["12.50", "99", "1,200.00", "8", "31", "free", "-3"])
    if draw.random() < 0.15:
        row["status"] = draw.choice(["交易成功", "交易关闭"])
    return row


def changed(draw: random.Random, known: Row) -> Row:
    """The same order again: as it was, refunded, paid later, or of somebody else."""
    refund = {"refunded": draw.choice(["1.00", "12.50"]), "refunded_at": draw.choice(["", moment(draw, until=80)])}
    change: Row = draw.choice([{}, {}, refund, {"paid_at": moment(draw, until=80)}, {"member_id": "m1"}])
    return known | change


def item(draw: random.Random, number: str) -> Row:
    return {"order_id": number, "line_id": draw.choice(["", "1", "2"]), "sku": "s", "price": draw.choice(["3.20", "x"])}


def about_order(draw: random.Random, kind: str, orders: list[Row]) -> tuple[str, Row]:
    if kind == "item":
        return "order_items", item(draw, draw.choice(orders)["order_id"])
    return "refunds", refund(draw, draw.choice([*orders[-5:], {"order_id": "nowhere"}])["order_id"])


def refund(draw: random.Random, number: str) -> Row:
    done = draw.choice(
        [{"status": "退款成功", "completed_at": moment(draw, until=80)}, {"status": "退款成功"}, {"status": "退款关闭"}]
    )
    row = {
        "order_id": number,
        "refund_id": f"{number}-{draw.randrange(3)}",
        "amount": draw.choice(["1.00", "4.00", "x"]),
    }
    return {**row, **done, "requested_at": draw.choice(["", moment(draw)])}


def sources(base: Path) -> list[SourceSpec]:
    """A project whose sources are globs; every increment is one more file of each dataset."""
    return [SourceSpec(name, "csv", f"{name}-*.csv") for name in GLOBBED]


def export(base: Path, number: int, rows: Sequence[tuple[str, Row]]) -> None:
    for dataset in GLOBBED:
        mine = [row for name, row in rows if name == dataset]
        if mine or number == 1:
            write(base / f"{dataset}-{number:03}.csv", dataset, mine)


def cut(rows: History, parts: int, draw: random.Random) -> list[History]:
    places = sorted(draw.sample(range(1, len(rows)), parts - 1))
    return [rows[start:end] for start, end in zip([0, *places], [*places, len(rows)], strict=True)]


@pytest.fixture
def open_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    """Histories that are this bad would never be published; what becomes of their rows is the question here."""
    monkeypatch.setattr(Outcome, "beyond_tolerance", False)


@pytest.fixture
def exports(empty_shop: Any) -> Any:
    empty_shop.specs = {spec.dataset: spec for spec in sources(empty_shop.base)}
    return empty_shop


def compare_with_full(exports: Any, seed: int, *, size: int, parts: int) -> Snapshot:
    draw = random.Random(seed)
    for number, rows in enumerate(cut(history(seed, size), parts, draw), 1):
        export(exports.base, number, rows)
        grown = exports.build(as_of=AS_OF + timedelta(hours=number))
        assert grown.build.mode == ("full" if number == 1 else "incremental")
    is_like_a_full_build(exports, grown)
    return grown


def is_like_a_full_build(exports: Any, grown: Snapshot) -> None:
    whole = exports.build(as_of=grown.as_of, directory=exports.base / "whole")
    assert whole.build.mode == "full"
    assert (whole.snapshot_id, whole.counts) == (grown.snapshot_id, grown.counts)
    one, other = content(grown), content(whole)
    assert list(one) == list(other)
    for table, rows_of_one in one.items():
        assert rows_of_one == other[table], table


@pytest.mark.usefixtures("open_gate")
@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 15))])
def test_any_cut_of_a_history_publishes_what_a_full_build_does(exports: Any, seed: int) -> None:
    grown = compare_with_full(exports, seed, size=150, parts=3 + seed % 3)
    refused = {name: account.quarantined for name, account in grown.counts.items()}
    assert refused["orders"] > 5
    assert grown.counts["orders"].duplicates > 5
    assert grown.counts["orders"].accepted > 5
    with open_snapshot(grown) as con:
        assert con.execute("select count(*) from snap.member_map").fetchall()[0][0] > 0


def test_lines_of_old_orders_are_there_when_the_orders_have_to_be_read_whole(exports: Any) -> None:
    bought: Row = {"order_id": "o1", "member_id": "m1", "ordered_at": "2026-01-05 10:00:00", "amount": "99"}
    line: Row = {"order_id": "o1", "line_id": "1", "price": "33", "quantity": "3"}
    export(exports.base, 1, [("members", {"member_id": "m1"}), ("orders", bought), ("order_items", line)])
    exports.build(as_of=AS_OF)
    refunded = bought | {"refunded": "1.00", "refunded_at": "2026-01-09 10:00:00"}
    export(exports.base, 2, [("orders", refunded)])
    grown = exports.build(as_of=AS_OF + timedelta(hours=1))
    assert grown.build.sources["orders"].reason == "the column refunded has values now"
    assert grown.build.sources["order_items"].reason == "orders was read whole"
    with open_snapshot(grown) as con:
        assert con.execute("select items, refunded_cents from snap.stg_orders").fetchall() == [(3, 100)]


def test_exports_read_by_a_column_map_go_on_too(empty_shop: Any) -> None:
    maps = {"orders": "List", "members": "List", "order_items": "DetailList", "refunds": "Refund"}
    known = {"orders": "orders", "members": "orders", "order_items": "items", "refunds": "refunds"}
    empty_shop.specs = {
        name: SourceSpec(name, "auto", f"ExportOrder{kind}2*.csv", mapping=f"taobao-{known[name]}")
        for name, kind in maps.items()
    }
    made = taobao.make_orders(150)
    done = [replace(order, status="success") if order.status in {"paid", "shipped"} else order for order in made[60:]]
    for number, orders in enumerate((made[:90], done), 1):
        files = {
            "List": taobao.order_export(orders, items=False),
            "DetailList": taobao.item_export(orders),
            "Refund": taobao.refund_export(taobao.refunds_of(made)[: 10 * number]),
        }
        for kind, text in files.items():
            (empty_shop.base / f"ExportOrder{kind}202{number}.csv").write_bytes(text)
        grown = empty_shop.build(as_of=AS_OF + timedelta(hours=number))
    modes = {name: record.mode for name, record in grown.build.sources.items() if name in maps}
    assert modes == {"orders": "incremental", "members": "full", "order_items": "incremental", "refunds": "incremental"}
    assert grown.counts["orders"].duplicates == 30
    is_like_a_full_build(empty_shop, grown)


def write(path: Path, dataset: str, rows: Sequence[Row]) -> None:
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, DATASETS[dataset].columns, restval="")
        writer.writeheader()
        writer.writerows(rows)


def content(snapshot: Snapshot) -> dict[str, list[tuple[Any, ...]]]:
    with open_snapshot(snapshot) as con:
        tables = con.execute(
            "select table_name from duckdb_tables() where database_name = 'snap' order by 1"
        ).fetchall()
        return {name: con.execute(f"from snap.{name} order by all").fetchall() for (name,) in tables}
