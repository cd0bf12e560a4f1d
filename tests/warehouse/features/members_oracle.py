"""The features of members by a slow, plain Python reading of their definitions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.warehouse.features.stages_oracle import is_closed, open_deposits, stage_at, staged_features
from warehouse.features.params import FeatureParams

Row = dict[str, Any]
OWN_COLUMN = {"visit", "page_view", "cart_add", "favourite", "sign_in"}


def features(
    members: Sequence[Row],
    orders: Sequence[Row],
    events: Sequence[Row],
    contacts: Sequence[Row],
    *,
    as_of: datetime,
    params: FeatureParams,
) -> list[Row]:
    """Rows by member_id; moments naive UTC except `as_of` and those of `params`."""
    now = as_of.replace(tzinfo=None)
    rows = []
    for member in members:
        if member["created_at"] is not None and member["created_at"] >= now:
            continue
        row = _person(member, now, as_of.astimezone(ZoneInfo(params.timezone)).date())
        row |= _orders([o for o in orders if o["member_id"] == member["member_id"]], now, params)
        row |= _events([e for e in events if e["member_id"] == member["member_id"]], now)
        row |= _contacts([c for c in contacts if c["member_id"] == member["member_id"]], now, params)
        row["is_member"] = {
            "1.0": row["orders_total"] > 0 and not row["has_left"],
            "2.0": row["joined"],
            "3.0": row["joined"]
            and (
                row["orders_365d"] > 0 or _within([row["last_event_at"]] if row["last_event_at"] else [], now, 365) > 0
            ),
        }[params.member_definition]
        row |= _hours(member["member_id"], orders, events, as_of, params)
        row |= dict.fromkeys(("points_balance", "points_earned_365d", "points_redeemed_365d", "points_expiring_30d"), 0)
        row["may_join"] = not row["joined"]
        row["value_score"] = _value(row)
        row["joined_in_campaign"] = row["joined"] and _since_campaign([row["joined_at"]], params) > 0
        rows.append(row)
    _scores(rows)
    return sorted(rows, key=lambda row: row["member_id"])


def _person(member: Row, now: datetime, today: date) -> Row:
    born: date | None = member["birth_on"]
    had_birthday = born is not None and (today.month, today.day) >= (born.month, born.day)
    joined_at = member["joined_at"] if member["joined_at"] and member["joined_at"] < now else None
    has_left = member["left_at"] is not None and member["left_at"] < now
    if has_left and joined_at is not None and joined_at > member["left_at"]:
        has_left = False  # back again
    joined = joined_at is not None and not has_left
    return {
        "member_id": member["member_id"],
        "city": member["city"],
        "province": member["province"],
        "gender": member["gender"],
        "join_source": member["join_source"] if joined_at else None,
        "age": today.year - born.year - (0 if had_birthday else 1) if born and born <= today else None,
        "birth_month": born.month if born else None,
        "is_birthday_month": born is not None and born.month == today.month,
        "created_at": member["created_at"],
        "joined": joined,
        "has_left": has_left,
        "joined_at": joined_at,
        "joined_days": _days(now, joined_at) if joined else None,
    }


def _orders(orders: Sequence[Row], now: datetime, params: FeatureParams) -> Row:
    placed = [order for order in orders if order["ordered_at"] < now]
    standing: list[tuple[datetime, int, int]] = []
    succeeded: list[int] = []
    paid_365d = 0
    for order in placed:
        known = order["refunded_at"] is not None and order["refunded_at"] < now
        part_known = order["part_refunded_at"] is not None and order["part_refunded_at"] < now
        refund = order["refunded_cents"] if known else order["part_refunded_cents"] if part_known else 0
        given_back = refund > 0 and refund >= order["amount_cents"]
        if order["paid_at"] is not None and order["paid_at"] < now and not given_back:
            standing.append((order["paid_at"], order["amount_cents"] - refund, order["items"] or 0))
            success = [] if order["succeeded_at"] is None else [order["succeeded_at"]]
            succeeded += [order["amount_cents"] - refund] * _within(success, now, params.tier_window_days)
            paid_365d += (order["amount_cents"] - refund) * _within([order["paid_at"]], now, 365)

    def spend(days: int) -> int:
        return sum(cents for paid, cents, _ in standing if paid >= now - timedelta(days=days))

    times = [paid for paid, _, _ in standing]
    closed = [o["closed_at"] for o in placed if o["closed_at"] and (o["paid_at"] is None or o["paid_at"] >= now)]
    last = max(times, default=None)
    recency = _days(now, last)
    orders_365d, spend_365d = _within(times, now, 365), spend(365)
    items_365d = sum(items for paid, _, items in standing if paid >= now - timedelta(days=365))
    campaign = params.sale_from.replace(tzinfo=None) if params.sale_from else None
    in_campaign = [cents for paid, cents, _ in standing if campaign is not None and paid >= campaign]
    deposits = open_deposits(placed, now, params)
    return {
        "orders_total": len(standing),
        "orders_30d": _within(times, now, 30),
        "orders_90d": _within(times, now, 90),
        "orders_365d": orders_365d,
        "spend_total": sum(cents for _, cents, _ in standing),
        "spend_90d": spend(90),
        "spend_365d": spend_365d,
        "items_365d": items_365d,
        "order_interval_days": (last - min(times)) // (timedelta(days=1) * (len(times) - 1))
        if last and len(times) > 1
        else None,
        "orders_closed_30d": _within(closed, now, 30),
        "orders_closed_90d": _within(closed, now, 90),
        "avg_order": spend_365d // orders_365d if orders_365d else None,
        "first_order_at": min(times, default=None),
        "last_order_at": last,
        "recency_days": recency,
        "lifecycle": _lifecycle(recency, params.lifecycle_days),
        "tier": _tier(sum(succeeded), params.tiers),
        "tier_is_manual": False,
        "items_per_basket": items_365d * 100 // orders_365d if orders_365d else None,
        # No lines and no redemptions here: nothing was bought with a discount.
        "discount_share_365d": 0 if paid_365d > 0 else None,
        "favourite_category": None,
        **staged_features(placed, now, params),
        "bought_in_campaign": bool(in_campaign) or deposits > 0,
        "orders_in_campaign": len(in_campaign),
        "spend_in_campaign": sum(in_campaign),
        "has_unpaid_order": any(
            stage_at(order, now, params) == "unpaid"
            if order["stage"] is not None
            else (order["paid_at"] is None or order["paid_at"] >= now) and not is_closed(order, now)
            for order in placed
        ),
    }


def _hours(member: str, orders: Iterable[Row], events: Iterable[Row], as_of: datetime, params: FeatureParams) -> Row:
    """The local hour with most orders and events of 90 days, read with the offset of as_of."""
    now, offset = as_of.replace(tzinfo=None), as_of.astimezone(ZoneInfo(params.timezone)).utcoffset() or timedelta()
    times = [o["ordered_at"] for o in orders if o["member_id"] == member]
    times += [e["at"] for e in events if e["member_id"] == member]
    hours = [(at + offset).hour for at in times if now - timedelta(days=90) <= at < now]
    hour = min(set(hours), key=lambda one: (-hours.count(one), one), default=None)
    part = None if hour is None else ("night", "morning", "afternoon", "evening")[hour // 6]
    return {"active_hour": hour, "active_day_part": part}


def _value(row: Row) -> int:
    """The default weights of a store."""
    counted = {"visits_30d": 1, "cart_adds_30d": 2, "favourites_30d": 2, "sign_ins_30d": 1, "interactions_30d": 3}
    score = 10 * row["orders_365d"] + max(row["spend_365d"], 0) // 10_000 + (10 if row["joined"] else 0)
    return int(score + sum(weight * row[name] for name, weight in counted.items()))


def _lifecycle(recency: int | None, bounds: tuple[int, int, int, int]) -> str:
    if recency is None:
        return "never"
    for bound, name in zip(bounds, ("core", "potential", "ordinary", "dormant"), strict=True):
        if recency <= bound:
            return name
    return "lost"


def _tier(spend: int, tiers: Iterable[tuple[str, int]]) -> str | None:
    reached = None
    for name, least in tiers:
        if spend >= least:
            reached = name
    return reached


def _events(events: Sequence[Row], now: datetime) -> Row:
    seen = [event for event in events if event["at"] < now]

    def count(kind: str, days: int) -> int:
        return _within([event["at"] for event in seen if event["kind"] == kind], now, days)

    last = max((event["at"] for event in seen), default=None)
    return {
        "visits_7d": count("visit", 7),
        "visits_30d": count("visit", 30),
        "cart_adds_7d": count("cart_add", 7),
        "cart_adds_30d": count("cart_add", 30),
        "favourites_30d": count("favourite", 30),
        "sign_ins_30d": count("sign_in", 30),
        "interactions_30d": _within([event["at"] for event in seen if event["kind"] not in OWN_COLUMN], now, 30),
        "last_event_at": last,
        "last_event_days": _days(now, last),
    }


def _contacts(contacts: Sequence[Row], now: datetime, params: FeatureParams) -> Row:
    times = [contact["at"] for contact in contacts if contact["at"] < now]
    return {
        "contacts_7d": _within(times, now, 7),
        "contacts_30d": _within(times, now, 30),
        "last_contact_days": _days(now, max(times, default=None)),
        "contacted_in_campaign": _since_campaign(times, params) > 0,
    }


def _scores(rows: Sequence[Row]) -> None:
    buyers = [row for row in rows if row["orders_365d"] > 0]
    for score, field, best_is_high in (
        ("r_score", "recency_days", False),
        ("f_score", "orders_365d", True),
        ("m_score", "spend_365d", True),
    ):
        values = sorted(row[field] for row in buyers)
        cuts = [values[-(-len(values) * fifth // 5) - 1] for fifth in (1, 2, 3, 4)] if values else []
        for row in rows:
            above = sum(row[field] > cut for cut in cuts) if row["orders_365d"] else None
            row[score] = None if above is None else 1 + above if best_is_high else 5 - above


def _within(times: Iterable[datetime], now: datetime, days: int) -> int:
    return sum(now - timedelta(days=days) <= at < now for at in times)


def _since_campaign(times: Iterable[datetime | None], params: FeatureParams) -> int:
    if params.campaign_from is None:
        return 0
    start = params.campaign_from.replace(tzinfo=None)
    return sum(at is not None and at >= start for at in times)


def _days(now: datetime, then: datetime | None) -> int | None:
    return None if then is None else (now - then) // timedelta(days=1)
