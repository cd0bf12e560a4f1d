"""Posts in groups: where they may stand, what they can be, whom their words fit (A4)."""

from __future__ import annotations

from collections.abc import Iterator

from campaign_calendars.checks.registry import View, found, rule
from campaign_calendars.findings.finding import Finding, suggestion


@rule("C294", "error")
def posts_are_of_groups(view: View) -> Iterator[Finding]:
    """A post, or the sequence of groups, goes through a channel that is no group.

    One post for each group is what a channel of `kind: group` takes; other channels write to members.

    Fails:
        channels: {push: {kind: push, consent: implied}}
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays: [{id: p, audience: everybody, channels: [push], at: D 10:00, post: broadcast, message: m.txt}]
    Passes:
        channels: {fans: {kind: group, consent: implied}}
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays: [{id: p, audience: everybody, channels: [fans], at: D 10:00, post: broadcast, message: m.txt}]

    中文：群帖或群 SOP 使用了不是群的渠道。
    每个群一条帖子只适用于 kind: group 的渠道；其他渠道逐人发送。
    """
    for place, _, play, name, channel in view.channels():
        if play.post is not None and channel.kind != "group":
            yield found(
                place,
                (f"{name} is no group, {play.id} is a post", f"{name} 不是群，而 {play.id} 是群帖"),
                ("Name a channel of `kind: group`, or leave `post` out.", "请改用 kind: group 的渠道，或去掉 post。"),
            )


@rule("C295", "error")
def a_post_holds_nobody_out(view: View) -> Iterator[Finding]:
    """A post has a hold-out, or gives a benefit of its own.

    Everybody in the group sees the post, controls too: no comparison can be made of it, and nothing in it
    is for one member.

    Fails:
        channels: {fans: {kind: group, consent: implied}}
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays:
              - {id: p, audience: everybody, channels: [fans], at: D 10:00, post: broadcast, holdout: 10%}
    Passes:
        channels: {fans: {kind: group, consent: implied}}
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays: [{id: p, audience: everybody, channels: [fans], at: D 10:00, post: broadcast, message: m.txt}]

    中文：群帖设置了对照组，或发放权益。
    群内人人可见，对照组也会看到，无法比较；帖子也不能只给某一位会员权益。
    """
    for path, _, play in view.plays():
        if play.post is None:
            continue
        if play.holdout:
            yield found(
                (*path, "holdout"),
                (f"everybody in the group sees {play.id}, its controls too", f"群内人人可见 {play.id}，对照组也会看到"),
                (
                    "Leave `holdout` out, or write to each member: leave `post` out.",
                    "请去掉 holdout；或去掉 post，逐人发送。",
                ),
            )
        if play.benefits:
            yield found(
                (*path, "benefits"),
                (f"a post gives nobody a benefit, {play.id} names some", f"群帖不发放权益，而 {play.id} 写了 benefits"),
                ("Say it in its words, or leave `post` out.", "请写在文案中，或去掉 post。"),
            )


@rule("C296", "warning")
def words_fit_the_group(view: View) -> Iterator[Finding]:
    """A post speaks to people who are not in such a group.

    Flash groups (快闪群) are for new customers, member groups (会员群) for members (A4): a post that is for
    the others there is seen by the wrong people.

    Fails:
        audiences: {everybody: not joined}
        channels: {club: {kind: group, group: {kind: member}, consent: implied}}
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays: [{id: p, audience: everybody, channels: [club], at: D 10:00, post: broadcast, message: m.txt}]
    Passes:
        audiences: {everybody: joined}
        channels: {club: {kind: group, group: {kind: member}, consent: implied}}
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays: [{id: p, audience: everybody, channels: [club], at: D 10:00, post: broadcast, message: m.txt}]

    中文：群帖的对象不在这类群里。
    快闪群面向新客，会员群面向会员（A4）；写给其他人的帖子会被不相干的人看到。
    """
    asked = {"member": "joined", "flash": "not joined"}
    for place, _, play, _, channel in view.channels():
        kind = channel.group.kind if play.post is not None and channel.group is not None else ""
        if kind in asked and not view.may_hold(play.audience, asked[kind]):
            yield found(
                place,
                (
                    f"{play.audience} are not in a group of kind {kind}, where {play.id} is posted",
                    f"{play.audience} 不在 {kind} 类群中，而 {play.id} 发布于此",
                ),
                ("Name another group or audience.", "请改用其他群或人群。"),
            )


@rule("C297", "error")
def invitations_lead_to_a_group(view: View) -> Iterator[Finding]:
    """A play invites into a channel that the store does not have, or that is no group.

    Whether there is room, and who is there already, is asked of the group.

    Fails:
        channels: {sms: {consent: required}, push: {consent: implied}, club: {kind: group, consent: implied}}
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays: [{id: p, audience: everybody, channels: [push], at: D 10:00, invites_to: clob, message: m.txt}]
    Passes:
        channels: {sms: {consent: required}, push: {consent: implied}, club: {kind: group, consent: implied}}
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays: [{id: p, audience: everybody, channels: [push], at: D 10:00, invites_to: club, message: m.txt}]

    中文：玩法邀请加入的渠道不存在，或不是群。
    是否有空位、谁已在群内，都取决于该群。
    """
    groups = [name for name, channel in view.store.channels.items() if channel.kind == "group"]
    for path, _, play in view.plays():
        if play.invites_to is not None and play.invites_to not in groups:
            texts = (f"there is no group {play.invites_to!r} to invite into", f"没有可邀入的群 {play.invites_to!r}")
            yield found((*path, "invites_to"), texts, suggestion(play.invites_to, groups))
