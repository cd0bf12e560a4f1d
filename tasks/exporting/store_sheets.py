"""Sheets of what the store itself has to have: assistants, tags, groups with their posts, planned prices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from campaign_calendars.findings.said import in_language
from campaign_calendars.set_up.of_store import (
    AssistantRow,
    GroupRow,
    PriceRow,
    TagRow,
    assistant_rows,
    group_rows,
    price_rows,
    tag_rows,
)
from tasks.exporting.sheets import money, sheet
from tasks.sheets import Sheet

if TYPE_CHECKING:
    from campaign_calendars.reading.loading import LoadedCalendar
    from campaign_calendars.set_up.places import TextRow
    from warehouse.snapshots.snapshot import Snapshot


def store_sheets(
    loaded: LoadedCalendar, texts: Sequence[TextRow], known: tuple[Snapshot | None, datetime], lang: str
) -> dict[str, Sheet]:
    """All of them; `known`: the snapshot, and the moment at which it says who is in which group."""
    from warehouse.snapshots.bindings import members_there

    calendar, store, timeline = loaded.calendar, loaded.store, loaded.timeline
    names = [name for name, channel in store.channels.items() if channel.kind == "group"]
    snapshot, at = known
    there = members_there(snapshot, names, at) if snapshot is not None else {}
    first = {(row.phase, row.play, row.channel): row for row in reversed(texts)}
    return {
        "groups": group_sheet(group_rows(calendar, store, timeline, first, there), lang),
        "assistants": assistant_sheet(assistant_rows(store), lang),
        "tags": tag_sheet(tag_rows(store), lang),
        "planned_prices": price_sheet(price_rows(calendar, timeline), lang),
    }


def assistant_sheet(rows: Iterable[AssistantRow], lang: str) -> Sheet:
    head = (
        ("channel", "渠道"), ("channel name", "渠道名称"), ("assistant", "客服"), ("name", "名称"),
        ("tag of the members", "会员标签"), ("messages a day", "每日消息数"),
    )  # fmt: skip
    cells = [
        (
            row.channel, in_language(row.channel_title, lang), row.assistant, in_language(row.title, lang), row.tag,
            row.capacity_per_day,
        )
        for row in rows
    ]  # fmt: skip
    return sheet("assistants", head, cells, lang)


def tag_sheet(rows: Iterable[TagRow], lang: str) -> Sheet:
    head = (("tag", "标签"), ("name", "名称"), ("family", "类别"), ("rule", "规则"), ("merges", "合并"))
    cells = [(row.tag, in_language(row.title, lang), row.family, row.rule, ", ".join(row.merges)) for row in rows]
    return sheet("tags", head, cells, lang)


def price_sheet(rows: Iterable[PriceRow], lang: str) -> Sheet:
    head = (
        ("goods", "商品"), ("name", "名称"), ("phase", "阶段"), ("from", "自"), ("list price", "一口价"),
        ("after coupons", "券后价"),
    )  # fmt: skip
    cells = [
        (
            row.goods, in_language(row.title, lang), row.phase, _moment(row.since), money(row.list_price),
            money(row.after_coupon),
        )
        for row in rows
    ]  # fmt: skip
    return sheet("planned_prices", head, cells, lang)


def group_sheet(rows: Iterable[GroupRow], lang: str) -> Sheet:
    head = (
        ("group", "群id"), ("channel", "渠道"), ("name", "名称"), ("kind", "类型"), ("capacity", "容量"),
        ("in group", "群内人数"), ("ends", "解散"), ("post at", "发送时间"), ("in answer to", "响应行为"),
        ("play", "玩法"), ("text", "文案"), ("red packets", "红包金额×个数"),
    )  # fmt: skip
    cells = [
        (
            row.group, row.channel, in_language(row.title, lang), row.kind, row.capacity, row.members,
            _moment(row.ends), _moment(row.at), row.event, row.play, row.text, row.packets,
        )
        for row in rows
    ]  # fmt: skip
    return sheet("groups", head, cells, lang)


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else ""
