"""What texts name besides words: links, goods lists, attachments (A9, B4)."""

from __future__ import annotations

from collections.abc import Iterator

from campaign_calendars.checks.registry import View, found, rule, unknown
from campaign_calendars.findings.finding import Finding, Path
from campaign_calendars.messages.material import goes_through
from campaign_calendars.model.calendar import Play
from campaign_calendars.providers.of_channel import most_attachments

_LIST = ("list", "清单")


@rule("C620", "error")
def materials_are_known(view: View) -> Iterator[Finding]:
    """A play names a link, a goods list or a channel of an attachment that is not there.

    `links` and `lists` are those of the calendar. What goes along with a text goes through the play's channels,
    but for SMS and phone, which carry words alone, and of WeCom nine at most (B4).

    Fails:
        lists: {must-buy: {items: [{item: "1", title: 龙井, link: "https://shop.cn/1"}]}}
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays: [{id: p, audience: everybody, channels: [push], at: D 10:00, message: m.txt, list: must-by}]
    Passes:
        lists: {must-buy: {items: [{item: "1", title: 龙井, link: "https://shop.cn/1"}]}}
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays: [{id: p, audience: everybody, channels: [push], at: D 10:00, message: m.txt, list: must-buy}]

    中文：玩法引用了不存在的链接、清单，或附件的渠道不可用。
    links 与 lists 写在日历中。附件随文案经玩法的渠道发出；短信与电话只有文字，企业微信最多 9 个（B4）。
    """
    for path, _, play in view.plays():
        if play.list_ is not None:
            yield from unknown((*path, "list"), play.list_, view.calendar.lists, _LIST)
        for number, one in enumerate(play.attachments):
            at = (*path, "attachments", number)
            if one.link:
                yield from unknown((*at, "link"), one.link, view.calendar.links, ("link", "链接"))
            if one.list_:
                yield from unknown((*at, "list"), one.list_, view.calendar.lists, _LIST)
            for channel in one.channels:
                yield from unknown((*at, "channels"), channel, play.channels, ("channel", "渠道"))
        yield from _of_channels(view, path, play)


def _of_channels(view: View, path: Path, play: Play) -> Iterator[Finding]:
    channels = {name: view.store.channels[name] for name in play.channels if name in view.store.channels}
    kinds = {name: channel.kind for name, channel in channels.items()}
    for number, one in enumerate(play.attachments):
        if kinds and not any(goes_through(one, name, kind) for name, kind in kinds.items()):
            texts = (f"no channel of {play.id} carries attachments", f"{play.id} 的渠道都不能携带附件")
            hints = ("Delete it, or add a channel that is no SMS.", "请删除，或增加非短信渠道。")
            yield found((*path, "attachments", number), texts, hints)
    for name, kind in kinds.items():
        count = sum(goes_through(one, name, kind) for one in play.attachments)
        most = most_attachments(channels[name])
        if most is not None and count > most:
            texts = (f"{name} takes {most} attachments, not {count}", f"{name} 最多 {most} 个附件，现有 {count} 个")
            yield found((*path, "attachments"), texts, ("Leave some out.", "请减少附件。"))


@rule("C621", "error")
def items_have_what_their_list_asks(view: View) -> Iterator[Finding]:
    """An item of a goods list has not what its list asks: the stage, or a category to be sorted by.

    Members who are told to pay a deposit have to find goods that are sold by deposit (A9). A list that is sorted
    by the favourite category of each member needs the category of every item.

    Fails:
        lists:
          deposits: {stage: presale, items: [{item: "1", title: 龙井, link: "https://shop.cn/1"}]}
    Passes:
        lists:
          deposits: {stage: presale, items: [{item: "1", title: 龙井, link: "https://shop.cn/1", stage: presale}]}

    中文：清单中的商品不符合清单的要求：阶段，或用于排序的类目。
    请会员付定金时，清单中须是以定金销售的商品（A9）。按会员常购类目排序的清单，每件商品须写类目。
    """
    for name, listed in view.calendar.lists.items():
        for number, item in enumerate(listed.items):
            if listed.by is not None and not item.category:
                texts = (f"{item.item} has no category to be sorted by", f"{item.item} 没有用于排序的类目")
                hints = ("Write its `category`, or delete `by`.", "请写明 category，或删去 by。")
                yield found(("lists", name, "items", number), texts, hints)
            if listed.stage is not None and item.stage != listed.stage:
                texts = (
                    f"{item.item} is {item.stage}, its list is {listed.stage}",
                    f"{item.item} 为 {item.stage}，清单为 {listed.stage}",
                )
                hints = (
                    f"Write `stage: {listed.stage}` at the item, or take it out.",
                    f"请在商品写 stage: {listed.stage}，或移出清单。",
                )
                yield found(("lists", name, "items", number), texts, hints)
