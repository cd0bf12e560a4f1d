"""Assistants and guides: whether anybody says whose members are whose, and how many there are."""

from __future__ import annotations

from collections.abc import Iterator

from campaign_calendars.checks.registry import View, found, rule, store_rule
from campaign_calendars.findings.finding import Finding
from campaign_calendars.model.store import Store

MOST_WAYS = 60


@rule("C284", "error")
def agents_have_members(view: View) -> Iterator[Finding]:
    """A play is sent by named assistants, and the project has no source of tags that says whose members are whose.

    Nobody would be reached through them. Looked at when the calendar belongs to a project; in the examples its
    sources are members and orders.

    Fails:
        channels:
          sms: {consent: required, agents: {li: {tag: guide-li, capacity_per_day: 50}}}
          push: {consent: implied}
    Passes:
        channels:
          sms: {consent: required}
          push: {consent: implied}

    中文：玩法由具名导购发送，而项目没有 tags 数据源说明会员归属。
    这样没有会员能被触达。日历属于某个项目时检查。
    """
    if view.sources is None or "tags" in view.sources:
        return
    for path, _, _, name, channel in view.channels():
        if channel.agents:
            yield found(
                path,
                (
                    f"nobody says whose members are whose on {name!r}: there is no source of tags",
                    f"渠道 {name!r} 无法得知会员归属：没有 tags 数据源",
                ),
                (
                    "Connect a source of tags with a tag for each assistant, or take `agents` off the channel.",
                    "请接入 tags 数据源（每位导购一个标签），或去掉渠道的 agents。",
                ),
            )


@store_rule("C285", "error")
def ways_are_not_too_many(store: Store) -> Iterator[Finding]:
    """Channels and named assistants of a store are more than 60 together.

    Fails:
        channels:
          sms: {consent: required, agents: {a: {}, b: {}, c: {}, d: {}, e: {}, f: {}, g: {}, h: {}, i: {}, j: {},
            k: {}, l: {}, m:
            {}, n: {}, o: {}, p: {}, q: {}, r: {}, s: {}, t: {}, u: {}, v: {}, w: {}, x: {}, y: {}, z: {},
            z0: {}, z1: {}, z2: {}, z3: {}, z4: {}, z5: {}, z6: {}, z7: {}, z8: {}}}
          push: {consent: implied, agents: {a: {}, b: {}, c: {}, d: {}, e: {}, f: {}, g: {}, h: {}, i: {}, j: {},
            k: {}, l: {}, m:
            {}, n: {}, o: {}, p: {}, q: {}, r: {}, s: {}, t: {}, u: {}, v: {}, w: {}, x: {}, y: {}, z: {}}}
    Passes:
        channels:
          sms: {consent: required}
          push: {consent: implied, agents: {li: {tag: guide-li, capacity_per_day: 50}}}

    中文：店铺的渠道与具名导购合计超过 60 个。
    """
    ways = sum(max(len(channel.agents), 1) for channel in store.channels.values())
    if ways > MOST_WAYS:
        yield found(
            ("channels",),
            (
                f"{ways} channels and assistants; a plan takes {MOST_WAYS}",
                f"渠道与导购共 {ways} 个；一个计划最多 {MOST_WAYS} 个",
            ),
            (
                "Join assistants to teams: one name, one tag, their capacities added up.",
                "请将导购合并为小组：一个名称、一个标签，容量相加。",
            ),
            on="key",
        )
