"""What texts name besides words: links in their short form, lists of goods, attachments (A9, B3, B4)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from campaign_calendars.model.benefits.base import yuan
from campaign_calendars.model.calendar import Calendar, Play
from campaign_calendars.model.messages import Attachment, GoodsItem, GoodsList, Piece
from campaign_calendars.model.store import Store

WITHOUT_ATTACHMENTS = frozenset({"sms", "phone"})
"""Kinds of channels that carry a text and nothing else."""
_CODE = 7


@dataclass(frozen=True, slots=True)
class Place:
    """Where a link stands."""

    calendar: str
    phase: str
    play: str
    channel: str
    text: str = ""
    """Name of a text of a test."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsRow:
    """An item of a list as it leaves."""

    rank: int
    """Place in the list as sent, from 1."""
    item: str
    """Item id of the platform."""
    title: str
    """What it is called."""
    price_cents: int | None
    """What everybody pays."""
    member_price_cents: int | None
    """What members pay."""
    url: str
    """Its page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """An attachment as it leaves; what its kind does not have is empty."""

    kind: str
    """picture, link, card, mini_programme or goods."""
    file: str = ""
    """Picture, a path from the project's directory."""
    url: str = ""
    """Address, in the channel's short form."""
    title: str = ""
    """Title."""
    text: str = ""
    """Words below it."""
    app: str = ""
    """Id of the mini programme."""
    page: str = ""
    """Page of the mini programme."""
    goods: tuple[GoodsRow, ...] = ()
    """Items of a list."""

    def in_a_cell(self) -> str:
        """For a spreadsheet."""
        if self.goods:
            return goods_text(self.goods)
        parts = (self.title, self.text, self.app, self.page, self.url, self.file)
        return " | ".join(part for part in parts if part)


def short_code(place: Place, name: str) -> str:
    """Seven letters and digits that stand for one link at one place, the same every time."""
    key = f"{place.calendar}/{place.phase}/{place.play}/{place.channel}/{place.text}/{name}"
    number = int.from_bytes(hashlib.md5(key.encode(), usedforsecurity=False).digest()[:8])
    signs = "abcdefghijkmnpqrstuvwxyz23456789"
    return "".join(signs[number >> 5 * n & 31] for n in range(_CODE))


def links_at(place: Place, links: Mapping[str, str], short: str | None) -> dict[str, str]:
    """Name → what stands in a text there: the channel's short form, else the address itself."""
    if short is None:
        return dict(links)
    about = {
        "calendar": place.calendar, "phase": place.phase, "play": place.play, "channel": place.channel,
        "text": place.text,
    }  # fmt: skip
    return {name: short.format(**about, link=name, code=short_code(place, name)) for name in links}


def on_sale(listed: GoodsList, day: date, favourite: str | None = None) -> list[GoodsItem]:
    """The items that are still sold on a local day, in order; `favourite`: category of the member, if it counts."""
    sold = [item for item in listed.items if item.until is None or item.until >= day]
    if listed.by is None or favourite is None:
        return sold
    return sorted(sold, key=lambda item: item.category != favourite)


def goods_rows(items: Iterable[GoodsItem], lang: str = "zh") -> tuple[GoodsRow, ...]:
    return tuple(
        GoodsRow(
            rank=rank,
            item=item.item,
            title=item.title.get(lang),
            price_cents=item.price,
            member_price_cents=item.member_price,
            url=item.link,
        )
        for rank, item in enumerate(items, 1)
    )


def goods_text(rows: Iterable[GoodsRow]) -> str:
    """A line for each item: rank, title, price for members, link."""
    return "\n".join(" ".join(part for part in _words(row) if part) for row in rows)


def _words(row: GoodsRow) -> Iterator[str]:
    yield f"{row.rank}."
    yield row.title
    price = row.price_cents if row.member_price_cents is None else row.member_price_cents
    yield f"¥{yuan(price)}" if price is not None else ""
    yield row.url


def attached(
    loaded: tuple[Calendar, Store], play: Play, place: Place, day: date, favourite: str | None = None
) -> tuple[Attached, ...]:
    """What goes along with the text of a play at a place on a local day."""
    calendar, store = loaded
    channel = store.channels.get(place.channel)
    short = channel.short_link if channel is not None else None
    links = links_at(place, calendar.links, short)
    goods = {
        name: (listed.title.get("zh"), goods_rows(on_sale(listed, day, favourite)))
        for name, listed in calendar.lists.items()
        if name in lists_of(play)
    }
    return tuple(
        _attached(one, links, goods.get(one.list_, ("", ())))
        for one in play.attachments
        if goes_through(one, place.channel, channel.kind if channel is not None else "other")
        and (not isinstance(one, Piece) or one.fits(store.category, day))
    )


def goes_through(one: Attachment, channel: str, kind: str) -> bool:
    """Whether an attachment goes through a channel of its play."""
    return channel in one.channels if one.channels else kind not in WITHOUT_ATTACHMENTS


def _attached(one: Attachment, links: Mapping[str, str], goods: tuple[str, tuple[GoodsRow, ...]]) -> Attached:
    return Attached(
        kind=one.kind,
        file=one.file,
        url=links.get(one.link, ""),
        title=one.title.get("zh") or goods[0],
        text=one.text.get("zh"),
        app=one.app,
        page=one.page,
        goods=goods[1],
    )


def lists_of(play: Play) -> tuple[str, ...]:
    """Lists a play sends, in its text or along with it."""
    named = [play.list_ or "", *(one.list_ for one in play.attachments)]
    return tuple(dict.fromkeys(name for name in named if name))
