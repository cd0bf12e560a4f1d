"""What boards, bills, stock lists and invitations say: read, and set aside with its reason where it cannot be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest

from tests.warehouse.conftest import AS_OF, Shop
from warehouse.ledger.erasing import DIGESTED
from warehouse.snapshots.snapshot import Snapshot
from warehouse.sources import SourceSpec

Read = Callable[..., list[tuple[Any, ...]]]
NEW = ("traffic", "costs", "stock", "invitations", "benchmarks")
NOON = "2026-03-01 12:00"
NOON_UTC = datetime(2026, 3, 1, 4)

TRAFFIC = [
    {"position": "live", "day": "2026-03-01", "audience": "非会员", "visitors": "50"},
    {"position": "全店", "day": "2026/3/1", "visitors": "1,000", "page_views": "3000", "sessions": "1300",
     "exposures": "9000", "one_session": "800", "followers": "12000"},
    {"position": "home", "day": "2026-03-01", "audience": "member", "visitors": "0", "page_views": "0"},
    {"position": "home", "day": "2026-03-02", "audience": "member", "visitors": "5", "page_views": "4"},
    {"position": "", "day": "2026-03-01", "visitors": "1"},
    {"position": "a", "day": "gestern", "visitors": "1"},
    {"position": "b", "day": "", "visitors": "1"},
    {"position": "c", "day": "2026-03-01", "visitors": "many"},
    {"position": "d", "day": "2026-03-01", "visitors": "-1"},
    {"position": "live", "day": "2026-03-01", "audience": "non_member", "visitors": "60"},
]  # fmt: skip
COSTS = [
    {"kind": "拉新", "amount": "90.00", "at": NOON},
    {"kind": "直通车", "channel": "search", "amount": "¥48", "at": NOON, "clicks": "60"},
    {"kind": "advertising", "amount": "1", "at": NOON, "cost_id": "i1"},
    {"kind": "advertising", "amount": "2", "at": NOON, "cost_id": "i2"},
    {"kind": "tea for all", "amount": "3", "at": NOON, "clicks": "some"},
    {"kind": "", "amount": "3", "at": NOON},
    {"kind": "gifts", "amount": "free", "at": NOON},
    {"kind": "gifts", "amount": "", "at": NOON},
    {"kind": "gifts", "amount": "-3", "at": NOON},
    {"kind": "gifts", "amount": "3", "at": "soon"},
    {"kind": "gifts", "amount": "3", "at": ""},
    {"kind": "messages", "amount": "3", "at": NOON, "clicks": "-1"},
    {"kind": "短信", "amount": "3", "at": NOON},
    {"kind": "短信", "amount": "4", "at": NOON},
]
STOCK = [
    {"sku": "A", "pieces": "10", "at": NOON},
    {"sku": "", "pieces": "10", "at": NOON},
    {"sku": "B", "pieces": "a few", "at": NOON},
    {"sku": "C", "pieces": "", "at": NOON},
    {"sku": "D", "pieces": "-1", "at": NOON},
    {"sku": "E", "pieces": "1", "at": "then"},
    {"sku": "F", "pieces": "1", "at": ""},
    {"sku": "A", "pieces": "12", "at": NOON},
]
INVITATIONS = [
    {"inviter_id": "m1", "at": NOON, "invitation_id": "1"},
    {"inviter_id": "m1", "at": NOON, "invitation_id": "2", "invited_id": "m2"},
    {"inviter_id": "m1", "at": NOON, "invitation_id": "2"},
    {"inviter_id": "", "at": NOON},
    {"inviter_id": "m3", "at": "then"},
    {"inviter_id": "m4", "at": ""},
    {"inviter_id": "m5", "at": NOON, "invited_id": "m5"},
    {"inviter_id": "stranger", "at": NOON},
]
BENCHMARKS = [
    {"metric": "repeat_rate", "value": "30％", "source": "同行", "at": NOON},
    {"metric": "member_share", "value": "0.425", "source": "platform"},
    {"metric": "order_value", "value": "157.36", "source": "platform"},
    {"metric": "", "value": "1", "source": "peers"},
    {"metric": "a", "value": "high", "source": "peers"},
    {"metric": "b", "value": "", "source": "peers"},
    {"metric": "c", "value": "1", "source": ""},
    {"metric": "d", "value": "1", "source": "peers", "at": "then"},
    {"metric": "order_value", "value": "160", "source": "platform"},
]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    shop = Shop(tmp_path_factory.mktemp("facts"))
    shop.write("members", [{"member_id": f"m{n}"} for n in range(1, 6)])
    shop.write("orders", [{"order_id": "o", "member_id": "m1", "ordered_at": NOON, "amount": "5"}])
    for name, rows in zip(NEW, (TRAFFIC, COSTS, STOCK, INVITATIONS, BENCHMARKS), strict=True):
        shop.write(name, rows)
    return shop.build()


def test_what_can_be_read_is(built: Snapshot, rows_of: Read) -> None:
    day, next_day = date(2026, 3, 1), date(2026, 3, 2)
    columns = "position, day, audience, whole_store, visitors, page_views, sessions, exposures, one_session, followers"
    assert rows_of(built, f"select {columns} from snap.stg_traffic order by 1, 2") == [
        ("home", day, "member", False, 0, 0, None, None, None, None),
        ("home", next_day, "member", False, 5, 4, None, None, None, None),
        ("live", day, "non_member", False, 60, None, None, None, None, None),
        ("全店", day, "all", True, 1000, 3000, 1300, 9000, 800, 12000),
    ]
    columns = 'kind, counts_as, channel, amount_cents, "at", clicks, cost_id'
    assert rows_of(built, f"select {columns} from snap.stg_costs order by amount_cents") == [
        ("advertising", "advertising", None, 100, NOON_UTC, None, "i1"),
        ("advertising", "advertising", None, 200, NOON_UTC, None, "i2"),
        ("tea for all", "other", None, 300, NOON_UTC, None, None),
        ("短信", "messages", None, 400, NOON_UTC, None, None),
        ("直通车", "advertising", "search", 4800, NOON_UTC, 60, None),
        ("拉新", "acquisition", None, 9000, NOON_UTC, None, None),
    ]
    assert rows_of(built, 'select sku, pieces, "at" from snap.stg_stock') == [("A", 12, NOON_UTC)]
    columns = 'inviter_id, "at", invitation_id, invited_id'
    assert rows_of(built, f"select {columns} from snap.stg_invitations order by 3") == [
        ("m1", NOON_UTC, "1", None),
        ("m1", NOON_UTC, "2", "m2"),
    ]
    columns = 'metric, value_millionths, source, "at"'
    assert rows_of(built, f"select {columns} from snap.stg_benchmarks order by 1") == [
        ("member_share", 425_000, "platform", None),
        ("order_value", 160_000_000, "platform", None),
        ("repeat_rate", 300_000, "同行", NOON_UTC),
    ]


def test_what_cannot_be_read_is_set_aside_with_its_reason(built: Snapshot, rows_of: Read) -> None:
    found: dict[str, list[str]] = {}
    names = ", ".join(f"'{name}'" for name in NEW)
    for dataset, rule in rows_of(
        built, f"select dataset, rule from snap.quarantine where dataset in ({names}) order by all"
    ):
        found.setdefault(dataset, []).append(rule)
    assert found == {
        "traffic": [
            "traffic-day-missing", "traffic-day-unreadable", "traffic-figure-unreadable", "traffic-negative",
            "traffic-position-missing",
        ],
        "costs": [
            "cost-amount-missing", "cost-amount-unreadable", "cost-at-missing", "cost-at-unreadable",
            "cost-clicks-negative", "cost-kind-missing", "cost-negative",
        ],
        "stock": [
            "stock-at-missing", "stock-at-unreadable", "stock-pieces-missing", "stock-pieces-negative",
            "stock-pieces-unreadable", "stock-sku-missing",
        ],
        "invitations": [
            "invitation-at-missing", "invitation-at-unreadable", "invitation-of-oneself",
            "invitation-of-unknown-member", "inviter-missing",
        ],
        "benchmarks": [
            "benchmark-at-unreadable", "benchmark-metric-missing", "benchmark-source-missing",
            "benchmark-value-missing", "benchmark-value-unreadable",
        ],
    }  # fmt: skip
    for name, rows in zip(NEW, (TRAFFIC, COSTS, STOCK, INVITATIONS, BENCHMARKS), strict=True):
        assert built.counts[name].rows_in == len(rows)
        assert built.counts[name].duplicates == 1
    said = "\n".join(finding.message for finding in built.findings)
    for rule in ("traffic-views-below-visitors", "cost-kind-unknown", "cost-clicks-unreadable"):
        assert f"rule {rule}" in said


def test_what_no_project_has_is_absent_and_not_empty(shop: Shop) -> None:
    assert not shop.build().build.sources.keys() & set(NEW)
    shop.write("traffic", [])
    built = shop.build()
    assert built.build.sources.keys() & set(NEW) == {"traffic"}
    assert built.counts["traffic"].rows_in == 0


def test_new_columns_of_orders_members_and_events(shop: Shop, rows_of: Read) -> None:
    shop.write(
        "orders",
        [
            {"order_id": f"o{n}", "member_id": "a", "ordered_at": NOON, "amount": "5", "store": store}
            for n, store in enumerate((" 太原店 ", "-", ""))
        ],
    )
    shop.write(
        "members",
        [
            {"member_id": name, "pending": word}
            for name, word in zip("abcde", ("待激活", "No", "已激活", "?", ""), strict=True)
        ],
    )
    shop.write(
        "events",
        [
            {"event_id": "1", "member_id": "a", "kind": "入会授权", "at": NOON, "position": " live "},
            {"event_id": "2", "member_id": "a", "kind": "入会页访问", "at": NOON},
            {"event_id": "3", "member_id": "a", "kind": "分享", "at": NOON},
            {"event_id": "4", "member_id": "a", "kind": "coupon_claim", "at": NOON, "benefit": "c20"},
            {"event_id": "5", "member_id": "a", "kind": "cart_add", "at": NOON, "sku": '="000123"'},
        ],
    )
    built = shop.build()
    assert rows_of(built, "select store from snap.stg_orders order by order_id") == [("太原店",), (None,), (None,)]
    assert rows_of(built, "select member_id, pending from snap.stg_members order by 1") == [
        ("a", True),
        ("b", False),
        ("c", False),
        ("d", None),
        ("e", None),
    ]
    assert any("rule pending-unreadable" in finding.message for finding in built.findings)
    assert rows_of(built, "select kind, position, benefit, sku from snap.stg_events order by event_id") == [
        ("join_authorise", "live", None, None),
        ("join_view", None, None, None),
        ("share", None, None, None),
        ("coupon_claim", None, "c20", None),
        ("cart_add", None, None, "000123"),
    ]


def test_a_day_that_is_exported_again_is_known_better(shop: Shop, rows_of: Read) -> None:
    """The later file counts, also when it comes with a later refresh that reads nothing else."""
    shop.write("traffic", TRAFFIC[:1])
    first = shop.base / "traffic-1.csv"
    (shop.base / "traffic.csv").rename(first)
    shop.specs["traffic"] = SourceSpec("traffic", "csv", "traffic-*.csv")
    shop.build()
    (shop.base / "traffic-2.csv").write_text(first.read_text("utf-8").replace("50", "70"), "utf-8")
    later = shop.build(as_of=AS_OF + timedelta(hours=1))
    assert later.build.mode == "incremental"
    assert rows_of(later, "select visitors from snap.stg_traffic") == [(70,)]
    assert later.counts["traffic"].duplicates == 1


def test_accounts_of_one_person_invite_as_one(shop: Shop, rows_of: Read) -> None:
    shop.write("identities", [{"member_id": m, "kind": "crm_id", "value": "c"} for m in ("m1", "m2")])
    shop.write(
        "invitations",
        [
            {"inviter_id": "m2", "at": NOON, "invitation_id": "1"},
            {"inviter_id": "m2", "at": NOON, "invitation_id": "2", "invited_id": "m1"},
            {"inviter_id": "m3", "at": NOON, "invitation_id": "3", "invited_id": "m2"},
        ],
    )
    built = shop.build()
    person = rows_of(built, "select distinct member_id from snap.member_map")[0][0]
    assert rows_of(built, "select inviter_id, invited_id from snap.stg_invitations order by invitation_id") == [
        (person, None),
        ("m3", person),
    ]


def test_somebody_with_one_activated_card_waits_for_none(shop: Shop, rows_of: Read) -> None:
    shop.write(
        "members",
        [
            *(
                {"member_id": m, "pending": word}
                for m, word in (("m1", "yes"), ("m2", ""), ("m3", "yes"), ("m4", "yes"))
            ),
            {"member_id": "m5"},
        ],
    )
    links = (("m1", "a"), ("m2", "a"), ("m3", "b"), ("m4", "b"))
    shop.write("orders", [{"order_id": "o", "member_id": "m5", "ordered_at": NOON, "amount": "5"}])
    shop.write("identities", [{"member_id": m, "kind": "crm_id", "value": value} for m, value in links])
    found = rows_of(shop.build(), "select pending from snap.stg_members order by pending nulls last")
    assert found == [(False,), (True,), (None,)]


def test_erased_inviters_leave_nothing(shop: Shop, rows_of: Read) -> None:
    shop.write("invitations", INVITATIONS[:2])
    built = shop.build(erased=[sha256(f"{DIGESTED}m2".encode()).hexdigest()])
    assert rows_of(built, "select invitation_id from snap.stg_invitations") == [("1",)]
