"""Timed plays of groups: whose group it is, and whether the red packets reach all of them (A4)."""

from __future__ import annotations

from collections.abc import Iterator

from campaign_calendars.checks.registry import View, found, rule
from campaign_calendars.findings.finding import Finding, suggestion
from campaign_calendars.model.benefits.base import yuan
from campaign_calendars.model.benefits.group_plays import RedPacket, Timed


@rule("C324", "error")
def a_group_play_names_a_group(view: View) -> Iterator[Finding]:
    """A benefit for the members of a group names a channel that the store does not have, or that is no group.

    Who is in the group is asked when it is given, and when its uses are recognised.

    Fails:
        channels: {sms: {consent: required}, push: {consent: implied}, fans: {kind: group, consent: implied}}
        benefits:
          c: {kind: red_packet, group: fan, amount: 2, per_group: 10, stock: 10, offered: {from: D, to: D}}
    Passes:
        channels: {sms: {consent: required}, push: {consent: implied}, fans: {kind: group, consent: implied}}
        benefits:
          c: {kind: red_packet, group: fans, amount: 2, per_group: 10, stock: 10, offered: {from: D, to: D}}

    中文：群玩法权益的渠道不存在，或不是群。
    发放与核销识别时都要看谁在群内。
    """
    groups = [name for name, channel in view.store.channels.items() if channel.kind == "group"]
    for name, benefit in view.calendar.benefits.items():
        if isinstance(benefit, Timed) and benefit.group is not None and benefit.group not in groups:
            texts = (f"there is no group {benefit.group!r}", f"没有群 {benefit.group!r}")
            yield found(("benefits", name, "group"), texts, suggestion(benefit.group, groups))


@rule("C325", "warning")
def red_packets_are_enough_for_all_groups(view: View) -> Iterator[Finding]:
    """A pool of red packets is not what its groups are given.

    Each post that announces them gives `per_group` packets to each of the groups (`count` of the channel): a smaller
    `stock` is used up before the last group, a larger one holds money that nobody can open.

    Fails:
        channels:
          fans: {kind: group, consent: implied, group: {kind: ordinary, count: 3}}
        benefits:
          c: {kind: red_packet, group: fans, amount: 2, per_group: 10, stock: 20, offered: {from: D 10:00, to: D 11:00}}
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays:
              - {id: p, audience: everybody, channels: [fans], at: D 10:00, post: broadcast, announces: [c], message: m}
    Passes:
        channels:
          fans: {kind: group, consent: implied, group: {kind: ordinary, count: 3}}
        benefits:
          c: {kind: red_packet, group: fans, amount: 2, per_group: 10, stock: 30, offered: {from: D 10:00, to: D 11:00}}
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays:
              - {id: p, audience: everybody, channels: [fans], at: D 10:00, post: broadcast, announces: [c], message: m}

    中文：红包总数与各群发放数不符。
    每条宣布红包的群帖在每个群（渠道的 count）各发 per_group 个：stock 偏小则后面的群领不到，偏大则占用无人可领的资金。
    """
    for name, benefit in view.calendar.benefits.items():
        if not isinstance(benefit, RedPacket) or benefit.stock is None:
            continue
        posts, count = _given_out(view, name, benefit)
        given = benefit.per_group * count * posts
        money, there = yuan(given * benefit.amount), f"{benefit.stock:,}"
        if posts and given != benefit.stock:
            yield found(
                ("benefits", name, "stock"),
                (
                    f"{name}: {posts} posts in {count} groups give {given:,} packets ({money}), its stock is {there}",
                    f"{name}：{count} 个群、{posts} 条帖子共发 {given:,} 个（{money} 元），stock 为 {there}",
                ),
                (f"Write `stock: {given}`, or correct `per_group`.", f"请写 stock: {given}，或改正 per_group。"),
            )


def _given_out(view: View, name: str, benefit: RedPacket) -> tuple[int, int]:
    """How many posts announce red packets in their groups, and how many groups there are."""
    channel = view.store.channels.get(benefit.group)
    groups = (channel.group.count if channel is not None and channel.group is not None else None) or 1
    posts = (
        len(view.moments.get((phase.id, play.id), []))
        for _, phase, play, told, _ in view.benefits()
        if told == name and benefit.group in play.channels
    )
    return sum(posts), groups
