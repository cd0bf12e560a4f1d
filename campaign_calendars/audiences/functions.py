"""What the functions of the audience language are in SQL over `member_features as f`."""

from __future__ import annotations

import re

from campaign_calendars.audiences.types import quoted

_OF_THE_MEMBER = re.compile(r"\w+\.member_id = f\.member_id")


def _of_rows(answer: str, rows: str) -> str:
    """`answer` over rows of the member; what comes from outside of this module is a quoted literal."""
    return f"(select {answer} from {rows})"  # noqa: S608


def _among(rows: str) -> str:
    """Whether the member is one of those that some rows are of.

    Each such set is found once and joined. `exists` with a condition on the member, one for each of twenty audiences in
    one statement, takes DuckDB seconds to plan.
    """
    own, mine = _OF_THE_MEMBER.findall(rows)[0], "{}.member_id is not null"
    table = own.partition(".")[0]
    return f"f.member_id in (select {table}.member_id from {rows.replace(own, mine.format(table))})"  # noqa: S608


# `is_bought` is the warehouse's macro: what a paid order is, is said once.
_BOUGHT = "is_bought(p.as_of, o.ordered_at, o.paid_at, o.refunded_at, o.refunded_cents, o.amount_cents)"
_LINES = (
    "snap.stg_order_items as i, snap.stg_orders as o, params as p"
    " where o.order_id = i.order_id and o.member_id = f.member_id and i.{column} = {{0}}"
    f" and {_BOUGHT}"
)
_OF_CATEGORY, _OF_ARTICLE = _LINES.format(column="category"), _LINES.format(column="sku")
_DAYS_SINCE = "(epoch_us(any_value(p.as_of)) - epoch_us(max(o.paid_at))) // 86400000000"
_ORDERS = (
    "snap.stg_orders as o, phase_windows as w, params as p where o.member_id = f.member_id"
    f" and w.phase = {{0}} and o.paid_at >= w.starts_at and o.paid_at < w.ends_at and {_BOUGHT}"
)
_DEPOSITS = (
    "snap.stg_orders as o, phase_windows as w, params as p where o.member_id = f.member_id and w.phase = {0}"
    " and o.deposit_paid_at >= w.starts_at and o.deposit_paid_at < w.ends_at and o.deposit_paid_at < p.as_of"
)
_CARRIED = (
    "snap.stg_tags as t, params as p where t.member_id = f.member_id and t.{column} in ({{0}})"
    ' and (t."at" is null or t."at" < p.as_of) and (t.until is null or t.until >= p.as_of)'
)
_TAGS, _FAMILY = _CARRIED.format(column="tag"), _CARRIED.format(column="family")
_VALUE = 'arg_max(t.value, row(t."at", t.value))'
TEMPLATES = {
    "has_tag": _among(_TAGS),
    "has_tag_family": _among(_FAMILY),
    "tag_value": _of_rows(_VALUE, _TAGS),
    # Hundredths, as every number with decimals is stored.
    "tag_number": _of_rows(f"cast(try_cast({_VALUE} as decimal(16, 2)) * 100 as bigint)", _TAGS),
    "bought_in_phase": _among(_ORDERS),
    "bought_in_wave": _among(_ORDERS),
    "deposit_paid_in_phase": _among(_DEPOSITS),
    "bought_category": _among(_OF_CATEGORY),
    "bought_article": _among(_OF_ARTICLE),
    "recency_of_category": _of_rows(_DAYS_SINCE, _OF_CATEGORY),
    "recency_of_article": _of_rows(_DAYS_SINCE, _OF_ARTICLE),
    "consented": _among("consent as c where c.member_id = f.member_id and c.channel = {0} and c.consented"),
    # Other digits of the hash than those that draw hold-outs: independent of them even with the same salt.
    "random_split": "(1 + ('0x' || substr(md5('split:' || {0} || ':' || f.member_id), 9, 8))::bigint % {1})",
}
_CONTACTS = "contacts as c, params as p where c.member_id = f.member_id and c."
_REDEMPTIONS = "snap.stg_redemptions as r, params as p where r.member_id = f.member_id and r."
_OF_CALENDARS = {
    "contacted_by": (_CONTACTS + "play", "c.calendar", 'c."at"'),
    "granted": (_CONTACTS + "benefit", "c.calendar", 'c."at"'),
    "redeemed": (_REDEMPTIONS + "benefit", "r.calendar", "r.redeemed_at"),
}
OF_ANOTHER = frozenset(_OF_CALENDARS)
"""Functions about what a calendar did: its own, one named before a slash (`redeemed('other/coupon')`), or any."""
ANY_CALENDAR = "*"


def of_calendar_sql(name: str, argument: str, calendar: str, own: str) -> str:
    """SQL of a function of `OF_ANOTHER` about `calendar`, or about any; `own` is the one that asks.

    Of its own calendar everything since the campaign began counts, with what no source says a calendar of;
    of another whatever happened before the moment.
    """
    asked, column, at = _OF_CALENDARS[name]
    parts = [f"{asked} = {quoted(argument)}"]
    if calendar == own:
        unsaid = f"coalesce({column}, {quoted(own)})" if name == "redeemed" else column
        parts.append(f"{unsaid} = {quoted(own)}")
    elif calendar != ANY_CALENDAR:
        parts.append(f"{column} = {quoted(calendar)}")
    parts.append(f"{at} < p.as_of")
    if calendar == own:
        parts.append(f"(p.campaign_from is null or {at} >= p.campaign_from)")
    return _among(" and ".join(parts))
