"""The hand-made store with everything a shop may connect: what is not measurable there is measured here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import pytest

from campaign_calendars.measuring.metrics.catalogue import metric, metric_ids
from campaign_calendars.measuring.metrics.metric import GRAINS, WINDOWS, Grain
from tasks.measuring.metrics import Asked, compute_metrics
from tasks.runtime import Runtime
from tests.tasks.measuring.asking import keyed, one, parted, told
from tests.tasks.measuring.tiny_project import CALENDAR, tiny_runtime
from tests.warehouse.measurement.tiny_store import at
from warehouse.ledger.deliveries import Report

F = Fraction
BEYOND_ONE = {"points_use_rate", "coupon_use_rate_of_claims", "cost_rate", "points_cost_rate", "joins_per_invitation"}
"""Shares of something that is no whole of which they are a part."""
DAY = "2026-03-"
MORE: Mapping[str, tuple[str, ...]] = {
    "members": ("M14,,,,yes",),
    "events": (
        f"v1,M01,visit,{DAY}06 10:00:00,,", f"v2,M02,page_view,{DAY}06 11:00:00,,",
        f"v3,M02,favourite,{DAY}08 11:00:00,,", f"v4,M05,share,{DAY}02 08:30:00,,",
        f"v5,M10,join_authorise,{DAY}03 08:30:00,live,",
        f"v6,M07,coupon_claim,{DAY}08 09:10:00,,c20", f"v7,M09,visit,{DAY}08 12:00:00,parcel,",
    ),
    "traffic": (
        f"store,{DAY}04,all,10,30,100,4,7", f"store,{DAY}05,all,20,40,50,5,9",
    ),
    "benchmarks": (f"repeat_rate,25%,同行,{DAY}01 00:00:00",),
    "costs": (f"gifts,13.00,{DAY}02 12:00:00,",),
    "points": (f"p90,M01,redeem,10,{DAY}09 12:30:00,O17",),
    "tags": ("M01,vip,2026-01-01 00:00:00,", f"M02,vip,2026-01-01 00:00:00,{DAY}05 00:00:00"),
    "contact_points": (
        f"M01,group,{DAY}01 12:00:00,", f"M02,group,{DAY}01 12:00:00,{DAY}05 12:00:00",
        f"M03,service,{DAY}01 12:00:00,",
    ),
}  # fmt: skip
"""Rows that are added, by dataset."""
COLUMNS = {
    "members": "pending", "events": "benefit", "traffic": "page_views,exposures,one_session,followers",
    "points": "order_id", "tags": "member_id,tag,at,until", "contact_points": "member_id,channel,bound_at,unbound_at",
}  # fmt: skip
CHANNELS = """}
  group: {title: {en: Group, zh: 群}, kind: group, group: {kind: member}, consent: implied}
  service: {title: {en: Service, zh: 客服}, kind: dedicated_service, level: 3, consent: implied}
values: {margin: 40%}
"""


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    with tiny_runtime(tmp_path_factory.mktemp("rich"), _enrich) as rt:
        reports = [
            Report(ref=f"burst-1-{who}", state="delivered", at=at("03-04 08:01"), clicked_at=clicked)
            for who, clicked in (("M01", at("03-04 08:30")), ("M02", None))
        ]
        rt.ledger.report(reports, at("03-04 09:00"))
        yield rt


def _enrich(root: Path) -> None:
    for name, rows in MORE.items():
        file = root / "data" / f"{name}.csv"
        lines = file.read_text("utf-8").splitlines() if file.exists() else []
        if name in COLUMNS:
            lines = [f"{lines[0]},{COLUMNS[name]}", *lines[1:]] if lines else [COLUMNS[name]]
        width = lines[0].count(",")
        filled = [f"{line}{',' * (width - line.count(','))}" for line in (*lines, *rows)]
        file.write_text("\n".join(filled) + "\n", "utf-8")
    with (root / "promocal.toml").open("a", encoding="utf-8") as settings:
        for name in ("tags", "contact_points"):
            settings.write(f'[sources.{name}]\nkind = "csv"\npath = "data/{name}.csv"\ntimezone = "Asia/Shanghai"\n')
        settings.write('[channels.group]\nkind = "file"\n[channels.service]\nkind = "file"\n')
    store = root / "stores" / "tiny.yaml"
    text = store.read_text("utf-8").replace("point_value: 0.01}", "point_value: 0.01, member_day: {monthly: [8]}}")
    store.write_text(text.replace("channels: {sms: {", "channels:\n  sms: {").rstrip("}\n") + CHANNELS, "utf-8")


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("visit_conversion", F(2, 4)),  # M01, M02, M04 and M12 looked; M09 was no member yet
        ("cart_rate", F(1, 5)), ("favourite_rate", F(1, 5)), ("share_rate", F(1, 9)),
        ("store_visit_conversion", F(4 + 2, 30)), ("page_views", 70), ("visitor_days", 30), ("exposures", 150),
        ("one_session_share", F(9, 30)), ("fans", 9), ("peer_gap", F(2, 7) - F(1, 4)),
        ("tagged_members", 1), ("members_pending", 1), ("group_members", 1), ("served_members", 1),
        ("member_day_sales", F(210_00 * 9, 891_50 * 1)),
        ("points_sales", 130_00), ("points_buyers", 1), ("gift_cost", 13_00), ("cost_per_exchange", F(13_00, 3)),
        ("points_sales_to_cost", 10), ("claimed", 1), ("coupon_use_rate_of_claims", 3), ("join_authorise", 1),
        ("delivered", 2), ("delivered_rate", F(2, 12)), ("click_rate", F(1, 2)),
        ("viral_cycle", F(22, 24)),  # M07 joined 22 hours after an invitation of M01, M09 after 167
    ],
)  # fmt: skip
def test_of_the_whole_calendar(rich: Runtime, name: str, answer: object) -> None:
    assert one(rich, name) == answer


def test_where_the_source_does_not_say_the_last_place_touched_counts(rich: Runtime) -> None:
    assert parted(rich, "joins_by_source") == {("live",): 1, ("home",): 1, ("parcel",): 1}
    assert keyed(rich, "join_authorise", "channel") == {"live": 1}


def test_what_customers_of_a_year_ago_were_worth(rich: Runtime) -> None:
    """M12 came on 2025-08-15 with O05 of 90.00 and nothing else within a year; at a margin of 40% that is 36.00."""
    window = ("2026-08-10 00:00", "2026-08-20 00:00")
    assert one(rich, "clv", as_of=at("09-01 00:00"), window=window) == 36_00
    assert one(rich, "orders_in_first_year", as_of=at("09-01 00:00"), window=window) == 1


def test_a_tier_set_by_hand_holds_for_its_time(rich: Runtime) -> None:
    from warehouse.ledger.records import TierOverride

    until: datetime = at("03-09 00:00")
    rich.ledger.set_tier(TierOverride("M02", "gold", at("03-05 00:00"), until, "a promise", "li"))
    asked = Asked(("orders",), at("03-16 00:00"), "tier")
    assert {found.key: told(found) for found in compute_metrics(rich, CALENDAR, asked).figures} == {
        "normal": 7, "silver": 1, "gold": 1, "non_member": 3,
    }  # fmt: skip


@pytest.mark.parametrize("by", GRAINS)
def test_every_metric_is_told_by_each_of_its_grains(rich: Runtime, by: Grain) -> None:
    names = tuple(name for name in metric_ids() if by in metric(name).grains)
    found = compute_metrics(rich, CALENDAR, Asked(names, at("03-16 00:00"), by)).figures
    for row in found:
        assert (row.state == "not_measurable") == bool(row.lacks)
        assert (row.state == "value") == (row.value is not None)
        unit, split = metric(row.metric).unit, metric(row.metric).split
        assert len(row.part) in {0, len(split)}
        if unit == "share" and row.metric not in BEYOND_ONE and row.value is not None:
            assert -1 <= row.value <= 1, row
    told_of = {row.metric for row in found}
    assert {name for name in names if not metric(name).split} - told_of <= ({*names} if by not in WINDOWS else set())


@pytest.mark.parametrize(
    "name", ["gmv", "orders", "gmv_gross", "joins", "leaves", "messages", "points_issued", "granted"]
)
def test_what_is_no_count_of_persons_adds_up_over_days(rich: Runtime, name: str) -> None:
    assert sum(map(int, keyed(rich, name, "day").values())) == one(rich, name)


def test_cells_of_hours_and_tiers_add_up_to_the_orders(rich: Runtime) -> None:
    assert sum(map(int, parted(rich, "heat_hour_tier").values())) == one(rich, "orders")
    assert sum(map(int, parted(rich, "tier_counts").values())) == one(rich, "members_total")
