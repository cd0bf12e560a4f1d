"""What the platform asks of a store: measures against it, days with member benefits (A1)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from campaign_calendars.checks.registry import View, found, rule, store_rule, unknown
from campaign_calendars.deciding.online import TRAILING_DAYS, planned_days
from campaign_calendars.findings.finding import Finding, Path
from campaign_calendars.model.restrictions import Restriction, measure_on, recruits
from campaign_calendars.model.store import Store

_LISTED = 5
_DAY = timedelta(days=1)


@rule("C210", "warning")
def channel_is_open(view: View) -> Iterator[Finding]:
    """A measure of the platform closes a channel of a play at some of its moments.

    After a breach of rules the platform may forbid in-site messages or chat for a time (A1#27); the
    store lists such measures as `restrictions`. At those moments the next channel of the play is tried; who has no
    other is excluded as `restricted`, and messages that were decided before wait until the measure ends or expire.

    Fails:
        restrictions: [{channels: [sms], from: 2026-03-01, to: 2026-03-07}]
    Passes:
        restrictions: [{channels: [sms], from: 2026-02-20, to: 2026-03-06}]

    中文：平台措施在玩法的某些时刻关闭了其渠道。
    违规后平台可能在一段时间内限制站内信或旺旺（A1#27）；店铺以 restrictions 列出。这些时刻改用玩法的下一个渠道；
    没有其他渠道的会员以 restricted 排除，此前已决策的消息等到措施结束或过期。
    """
    for path, phase, play in view.plays():
        for_new = recruits(view.calendar.benefits[n].kind for n in play.told if n in view.calendar.benefits)
        moments = view.moments.get((phase.id, play.id), ())
        for index, name in enumerate(play.channels):
            channel = view.store.channels.get(name)
            if channel is None:
                continue
            closing = [
                (at, measure)
                for at in moments
                if (measure := measure_on(view.store.restrictions, at.date(), name, channel, recruits=for_new))
            ]
            if closing:
                yield _closed((*path, "channels", index), name, closing)


def _closed(path: Path, name: str, closing: Sequence[tuple[datetime, Restriction]]) -> Finding:
    """The moments at which a channel is closed, with what for and until when."""
    listed = ", ".join(f"{at:%m-%d %H:%M}" for at, _ in closing[:_LISTED])
    rest = len(closing) - _LISTED
    measure = closing[-1][1]
    why, why_zh = measure.reason.get("en"), measure.reason.get("zh")
    return found(
        path,
        (
            f"{name} is closed at {listed}{f' and {rest} more moments' if rest > 0 else ''}"
            + (f": {why}" if why else ""),
            f"{name} 在 {listed}{f' 等 {rest + _LISTED} 个时刻' if rest > 0 else ' '}被关闭"
            + (f"：{why_zh}" if why_zh else ""),
        ),
        (f"Use another channel until {measure.to}.", f"{measure.to} 之前请改用其他渠道。"),
    )


@store_rule("C211", "error")
def restricted_channels_exist(store: Store) -> Iterator[Finding]:
    """A restriction names a channel the store does not have.

    Fails:
        restrictions: [{channels: [smss], from: 2026-02-01, to: 2026-02-07}]
    Passes:
        restrictions: [{channels: [sms], from: 2026-02-01, to: 2026-02-07}]

    中文：restrictions 引用了店铺没有的渠道。
    请按提示改正。
    """
    for index, measure in enumerate(store.restrictions):
        for number, name in enumerate(measure.channels):
            place = ("restrictions", index, "channels", number)
            yield from unknown(place, name, store.channels, ("channel", "渠道"))


@rule("C212", "warning")
def benefits_stay_online(view: View) -> Iterator[Finding]:
    """In some 15 days of the calendar, member benefits are online on fewer days than the store needs.

    Platforms count the days with a member benefit online within the trailing 15; a store below the
    standard loses the ability to recruit members (A1#8, A11#5). A day counts when a phase whose plays
    give benefits lasts on it; the standard is the store's `benefit_days`.

    Fails:
        benefit_days: 10
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays: [{id: p, audience: everybody, benefits: [c], positions: [home_page]}]
          - {id: rest, kind: maintenance, window: {from: D+1, to: D+14}}
    Passes:
        benefit_days: 10
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D+14}
            plays: [{id: p, audience: everybody, benefits: [c], positions: [home_page]}]

    中文：日历中某 15 天内，会员权益在线的天数少于店铺所需。
    平台统计近 15 天有会员权益在线的天数，不达标会失去招募能力（A1#8、A11#5）。所需天数为店铺的 benefit_days。
    """
    needed = view.store.benefit_days
    if needed is None or not view.timeline.phases:
        return
    online = sorted(planned_days(view.calendar, view.timeline))
    first, last = view.timeline.campaign.start.date(), view.timeline.campaign.last.date()
    end = first + (TRAILING_DAYS - 1) * _DAY
    while end <= last:
        start = end - (TRAILING_DAYS - 1) * _DAY
        count = bisect_right(online, end) - bisect_left(online, start)
        if count < needed:
            yield found(
                ("phases",),
                (
                    f"from {start} to {end} benefits are online on {count} days; {needed} are needed",
                    f"{start} 至 {end} 权益在线 {count} 天，需要 {needed} 天",
                ),
                ("Give benefits in the phases of those days.", "请在这些日期的阶段中发放权益。"),
                on="key",
            )
            return
        end += _DAY
