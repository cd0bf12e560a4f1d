"""What channels demand: approvals, groups, service level, recent contacts, tags (A4, B3)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from campaign_calendars.checks.registry import View, found, rule, store_rule
from campaign_calendars.findings.finding import Finding, Path
from campaign_calendars.model.calendar import Play
from campaign_calendars.model.store import LEAST_LEVEL, Channel, Store, level_on
from campaign_calendars.providers.of_channel import lead_days, most_members
from campaign_calendars.time.working_days import count_working_days

LEAST_GROUPS = 10
_CONTACT_FIELDS = frozenset({"last_contact_days", "last_event_days", "contacts_30d", "interactions_30d"})


def _sends(view: View) -> Iterator[tuple[Path, Play, Channel, str, list[datetime]]]:
    """Path of the channel's name, play, channel, its name, and the planned moments."""
    for place, phase, play, name, channel in view.channels():
        if moments := view.moments.get((phase.id, play.id)):
            yield place, play, channel, name, moments


@rule("C200", "error")
def channel_is_ready(view: View) -> Iterator[Finding]:
    """A play is sent through a channel before its signature and templates are approved.

    Providers refuse messages whose signature or template is not approved (B3); `ready_from` of
    the channel is the first day on which everything is.

    Fails:
        channels: {sms: {kind: sms, consent: required, ready_from: 2026-03-09}, push: {consent: implied}}
    Passes:
        channels: {sms: {kind: sms, consent: required, ready_from: 2026-03-02}, push: {consent: implied}}

    中文：渠道的签名与模板尚未审核通过就安排了发送。
    服务商会拒发未审核的签名或模板（B3）；ready_from 是全部通过的首日。
    """
    for path, play, channel, name, moments in _sends(view):
        if channel.ready_from is not None and moments[0].date() < channel.ready_from:
            first, ready = f"{moments[0]:%Y-%m-%d}", f"{channel.ready_from}"
            yield found(
                path,
                (
                    f"{play.id} uses {name} on {first}; it is ready from {ready}",
                    f"{play.id} 在 {first} 使用 {name}，而它 {ready} 起才可用",
                ),
                ("Send later, or use another channel.", "请推迟发送，或改用其他渠道。"),
            )


@rule("C201", "warning")
def approval_takes_time(view: View) -> Iterator[Finding]:
    """Approval was asked for too late for the first message of a channel.

    Signature, template and the carriers' registration take 10 to 15 working days (B3); counted from
    `applied_on` with the holidays and moved weekends of mainland China. Beyond the published years only
    statutory holidays are known; the message then says "estimated". `ready_from` settles it.

    Fails:
        channels: {sms: {kind: sms, consent: required, applied_on: 2026-02-10}, push: {consent: implied}}
    Passes:
        channels: {sms: {kind: sms, consent: required, applied_on: 2026-02-09}, push: {consent: implied}}

    中文：提交审核过晚，赶不上该渠道的首次发送。
    签名、模板与运营商报备需 10 至 15 个工作日（B3）；自 applied_on 起按中国大陆工作日计，含放假与调休。
    尚未公布的年份只扣除法定节假日，提示中标明“估算”。通过后写 ready_from 即可。
    """
    told: set[str] = set()
    for path, play, channel, name, moments in sorted(_sends(view), key=lambda each: each[4][0]):
        if channel.applied_on is None or channel.ready_from is not None or name in told:
            continue
        told.add(name)
        expected = count_working_days(channel.applied_on, lead_days(channel))
        about = ("", "")
        if expected.estimated:
            about = (" (estimated, holidays not published yet)", "（估算，放假安排尚未公布）")
        if moments[0].date() < expected.day:
            yield found(
                path,
                (
                    f"{play.id} uses {name} on {moments[0]:%Y-%m-%d}; approval is expected by {expected.day}{about[0]}",
                    f"{play.id} 在 {moments[0]:%Y-%m-%d} 使用 {name}，预计 {expected.day} 才通过审核{about[1]}",
                ),
                (
                    f"Send later, or set `ready_from` of {name} once it is approved.",
                    f"请推迟发送；通过后请为 {name} 写明 ready_from。",
                ),
            )


@store_rule("C202", "error")
def groups_are_allowed(store: Store) -> Iterator[Finding]:
    """A group is larger than the platform allows, or a flash group has no end.

    Groups hold at most 1,000,000 members; a flash group (快闪群) dissolves itself at its end (A4).

    Fails:
        channels:
          sms: {consent: required}
          push: {kind: group, consent: implied, group: {kind: flash}}
    Passes:
        channels:
          sms: {consent: required}
          push: {kind: group, consent: implied, group: {kind: flash, ends_on: 2026-03-08}}

    中文：群超过平台容量，或快闪群没有结束日。
    群最多 1,000,000 人；快闪群到期自动解散（A4）。
    """
    for name, channel in store.channels.items():
        if channel.group is None:
            continue
        path = ("channels", name, "group")
        most = most_members(channel)
        if most is not None and (channel.group.capacity or 0) > most:
            yield found(
                (*path, "capacity"),
                (f"a group holds at most {most:,} members", f"群最多 {most:,} 人"),
                ("Split it into several groups.", "请拆分为多个群。"),
            )
        if channel.group.kind == "flash" and channel.group.ends_on is None:
            yield found(
                path,
                (f"the flash group {name} has no end", f"快闪群 {name} 没有结束日"),
                ("Add `ends_on`.", "请写明 ends_on。"),
            )


@rule("C203", "error")
def group_still_exists(view: View) -> Iterator[Finding]:
    """A play is sent to a flash group that has dissolved.

    A flash group ends by itself on `ends_on` (A4); later messages reach nobody.

    Fails:
        channels:
          sms: {consent: required}
          push: {kind: group, consent: implied, group: {kind: flash, ends_on: 2026-03-06}}
    Passes:
        channels:
          sms: {consent: required}
          push: {kind: group, consent: implied, group: {kind: flash, ends_on: 2026-03-07}}

    中文：玩法发往已解散的快闪群。
    快闪群在 ends_on 自动解散（A4），之后的消息无人收到。
    """
    for path, play, channel, name, moments in _sends(view):
        ends = channel.group.ends_on if channel.group is not None else None
        if ends is not None and moments[-1].date() > ends:
            yield found(
                path,
                (
                    f"{name} ends on {ends}, {play.id} uses it on {moments[-1]:%Y-%m-%d}",
                    f"{name} 于 {ends} 结束，而 {play.id} 在 {moments[-1]:%Y-%m-%d} 使用",
                ),
                ("Send earlier, or use another group.", "请提前发送，或换一个群。"),
            )


@rule("C204", "warning")
def service_level_is_kept(view: View) -> Iterator[Finding]:
    """A play uses the dedicated service, and its level is below 3.

    Targeted benefits and other extra rights of the dedicated service are for levels L3 and L4 (A4);
    they are lost when the level is not kept.

    Fails:
        channels: {sms: {kind: dedicated_service, level: 2, consent: implied}, push: {consent: implied}}
    Passes:
        channels: {sms: {kind: dedicated_service, level: 3, consent: implied}, push: {consent: implied}}

    中文：玩法使用专属客服，但其等级低于 L3。
    定向权益等额外能力仅限 L3、L4（A4）。
    """
    for path, play, channel, name, moments in _sends(view):
        stated = [level for at in moments if (level := level_on(channel, at.date())) is not None]
        if stated and (lowest := min(stated)) < LEAST_LEVEL:
            yield found(
                path,
                (
                    f"{play.id} uses {name}, whose level is L{lowest}",
                    f"{play.id} 使用的 {name} 等级为 L{lowest}",
                ),
                ("Raise the level to L3 first, or use another channel.", "请先提升至 L3，或改用其他渠道。"),
            )


@rule("C205", "warning")
def chat_only_with_recent_contacts(view: View) -> Iterator[Finding]:
    """A play writes in an ordinary chat of assumed reach to members it may not have talked to for 30 days.

    Only the dedicated service is free of the 30-day limit (A4, A11#6). `last_talk_at` of the contact points keeps
    it, member by member; a share of the members that is assumed (`assumed_reach`) knows of no talk, so until
    there are such contact points the audience has to ask about the last contact or event.

    Fails:
        channels: {sms: {kind: chat, consent: implied, assumed_reach: 20%}, push: {consent: implied}}
    Passes:
        channels: {sms: {kind: chat, consent: implied}, push: {consent: implied}}

    中文：玩法用触达范围为假设的普通客服会话，联系可能 30 天内没有往来的会员。
    只有专属客服不受 30 天限制（A4、A11#6）。接入触达方式的 last_talk_at 后逐个会员遵守；
    按比例假设的触达范围（assumed_reach）不知道谁有往来，接入之前人群须限定最近往来。
    """
    for path, play, channel, name, _ in _sends(view):
        expression = view.expression(play.audience)
        unknown = channel.kind == "chat" and channel.assumed_reach is not None
        if unknown and expression is not None and not expression.fields & _CONTACT_FIELDS:
            yield found(
                path,
                (
                    f"{play.audience} does not ask about the last 30 days, as {name} demands",
                    f"{name} 要求 30 天内有往来，而人群 {play.audience} 没有该条件",
                ),
                (
                    "Connect `contact_points` with `last_talk_at`; until then ask for `last_event_days <= 30`.",
                    "请接入含 last_talk_at 的 contact_points；在此之前请加上 last_event_days <= 30。",
                ),
            )


@rule("C209", "error")
def few_enough_tags(view: View) -> Iterator[Finding]:
    """An audience uses more tags than the channel's tool takes.

    The platform's campaign tool takes five tags at most (A1#20); the store says so with `max_tags`.

    Fails:
        channels: {sms: {max_tags: 1, consent: required}, push: {consent: implied}}
        audiences: {everybody: has_tag('tea') or has_tag('wine')}
    Passes:
        channels: {sms: {max_tags: 1, consent: required}, push: {consent: implied}}
        audiences: {everybody: has_tag('tea')}

    中文：人群使用的标签多于渠道工具所能接受的数量。
    平台活动工具最多 5 个标签（A1#20）；店铺以 max_tags 写明。
    """
    for path, play, channel, name, _ in _sends(view):
        expression = view.expression(play.audience)
        tags = sum(function == "has_tag" for function, _ in expression.functions) if expression is not None else 0
        if channel.max_tags is not None and tags > channel.max_tags:
            yield found(
                path,
                (
                    f"{play.audience} uses {tags} tags, {name} takes {channel.max_tags}",
                    f"人群 {play.audience} 用了 {tags} 个标签，{name} 最多 {channel.max_tags} 个",
                ),
                ("Merge tags into one, or use another channel.", "请合并标签，或改用其他渠道。"),
            )


@store_rule("C225", "warning")
def enough_groups(store: Store) -> Iterator[Finding]:
    """The store has fewer than ten member groups, or fewer than ten other groups.

    The platform's advice for a big sale is ten groups for members and ten for those who are not (A4).
    Looked at when a channel of kind group says how many groups it stands for: `count`.

    Fails:
        channels:
          sms: {consent: required}
          push: {kind: group, consent: implied, group: {kind: member, count: 4}}
    Passes:
        channels:
          sms: {kind: group, consent: implied, group: {kind: ordinary, count: 10}}
          push: {kind: group, consent: implied, group: {kind: member, count: 10}}

    中文：店铺的会员群或非会员群不足十个。
    平台建议大促前会员群与非会员群各不少于十个（A4）。渠道写明群的数量 count 时检查。
    """
    counts = {"member": 0, "other": 0}
    told: str | None = None
    for name, channel in store.channels.items():
        if channel.group is not None and channel.group.count is not None:
            told = told or name
            counts["member" if channel.group.kind == "member" else "other"] += channel.group.count
    for kind, english, chinese in (("member", "member groups", "会员群"), ("other", "other groups", "非会员群")):
        if told is not None and counts[kind] < LEAST_GROUPS:
            yield found(
                ("channels", told, "group", "count"),
                (
                    f"there are {counts[kind]} {english}; {LEAST_GROUPS} are advised",
                    f"{chinese}共 {counts[kind]} 个，建议不少于 {LEAST_GROUPS} 个",
                ),
                ("Open more of them, or correct `count`.", "请增建群，或更正 count。"),
            )
