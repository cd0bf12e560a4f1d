"""Several messages of one play: a gap, channels whose turn comes, caps that let them through (B9, A13)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from campaign_calendars.checks.registry import View, found, rule
from campaign_calendars.findings.finding import Finding
from campaign_calendars.model.benefits.rights import Partner
from campaign_calendars.model.calendar import Phase, Play
from campaign_calendars.time.timeline import utc
from campaign_calendars.values.scalars import format_duration

Said = tuple[tuple[str, str], tuple[str, str]]


@rule("C340", "error")
def several_messages_of_a_play(view: View) -> Iterator[Finding]:
    """A play cannot send on each of its channels as it is written.

    `touch: all` (多触点) sends a message on every allowed channel, `gap` apart, each at a moment of its own. It
    needs a gap, two channels and planned moments that do not meet; posts go to groups, and what answers an event is
    one play for each channel. A partner's code goes out with one message only.

    Fails:
        phases:
          - {id: burst, kind: burst, window: {from: D-1, to: D+1}, plays: [
              {id: p, audience: everybody, channels: [sms, push], touch: all, at: D 10:00, message: m.txt}]}
    Passes:
        phases:
          - {id: burst, kind: burst, window: {from: D-1, to: D+1}, plays: [
              {id: p, audience: everybody, channels: [sms, push], touch: all, gap: 4h, at: D 10:00, message: m.txt}]}

    中文：玩法无法按所写逐渠道触达。
    touch: all（多触点）在每个允许的渠道各发一条，间隔为 gap，各有其时刻。须有 gap、至少两个渠道，且计划时刻互不重合；
    群帖面向群，响应行为的玩法请每个渠道各写一个。合作方兑换码只随一条消息发出。
    """
    for path, phase, play in view.plays():
        if play.touch == "first":
            if play.gap is not None:
                texts = ("`gap` is between messages of `touch: all`", "gap 是 touch: all 各条消息的间隔")
                yield found((*path, "gap"), texts, ("Write `touch: all`, or take it out.", "请写 touch: all，或去掉。"))
            continue
        for key, (texts, hints) in _against(view, phase, play):
            yield found((*path, key), texts, hints, on="key" if key == "touch" else "value")


def _against(view: View, phase: Phase, play: Play) -> Iterator[tuple[str, Said]]:
    """The key that stands against several messages, and why."""
    if play.trigger is not None:
        texts = ("a play that answers an event sends one message", "响应行为的玩法只发一条消息")
        hints = (
            "Write a play for each channel, each with a longer `after`.",
            "请每个渠道各写一个玩法，after 依次加长。",
        )
        yield "touch", (texts, hints)
    elif play.post is not None:
        texts = ("a post goes to groups, not to members", "群帖面向群，而非会员")
        yield "touch", (texts, ("Take `touch` out.", "请去掉 touch。"))
    elif len(set(play.channels)) < 2:  # noqa: PLR2004
        texts = (f"{play.id} has one channel: there is one message", f"{play.id} 只有一个渠道，只有一条消息")
        yield "touch", (texts, ("Add channels, or take `touch` out.", "请增加渠道，或去掉 touch。"))
    elif not play.gap:
        texts = ("`touch: all` does not say how far apart the messages are", "touch: all 未写各条消息的间隔")
        yield "touch", (texts, ("Say it beside `touch`, for instance `gap: 4h`.", "请在 touch 旁写明，例如 gap: 4h。"))
    elif meeting := _meeting(view, phase, play):
        texts = (f"two of its messages fall on {meeting}", f"其中两条消息同在 {meeting}")
        yield "gap", (texts, ("Choose another gap, or other moments.", "请改 gap 或时刻。"))
    elif play.repeat_after is not None and play.repeat_after <= play.touches[-1][1]:
        needed = format_duration(play.touches[-1][1] + play.gap)
        texts = ("it would come again before its last message has left", "最后一条消息发出之前就会再次轮到会员")
        yield "repeat_after", (texts, (f"Write `repeat_after: {needed}`.", f"请写 repeat_after: {needed}。"))
    for name in play.benefits:
        benefit = view.calendar.benefits.get(name)
        if isinstance(benefit, Partner) and benefit.codes is not None:
            texts = (f"each message would hand out another code of {name}", f"每条消息都会另发一个 {name} 的兑换码")
            yield "touch", (texts, ("Give it by a play of its own.", "请另写一个玩法发放它。"))


def _meeting(view: View, phase: Phase, play: Play) -> str:
    """The first moment that would be that of two messages; empty: there is none."""
    turns = play.touches
    base = [one.at for one in view.planned(phase, play) if one.channel == turns[0][0]]
    moments = sorted(utc(at) + later for at in base for _, later in turns)
    twice = next((a for a, b in pairwise(moments) if a == b), None)
    return "" if twice is None else f"{twice.astimezone(view.timeline.timezone):%m-%d %H:%M}"


@rule("C341", "error")
def every_channel_has_its_turn(view: View) -> Iterator[Finding]:
    """Of a play that sends on each of its channels, the turn of one comes after its phase has ended.

    The message on the second channel is due one `gap` after the moment of the play, the third two, and so on.

    Fails:
        phases:
          - {id: burst, kind: burst, window: {from: D-1, to: D+1}, plays: [
              {id: p, audience: everybody, channels: [sms, push], touch: all, gap: 4d, at: D 10:00, message: m.txt}]}
    Passes:
        phases:
          - {id: burst, kind: burst, window: {from: D-1, to: D+1}, plays: [
              {id: p, audience: everybody, channels: [sms, push], touch: all, gap: 1d, at: D 10:00, message: m.txt}]}

    中文：多触点玩法中某渠道的时刻已在阶段结束之后。
    第二个渠道在玩法时刻之后一个 gap，第三个两个，依此类推。
    """
    for path, phase, play in view.plays():
        planned = {one.channel for one in view.planned(phase, play)}
        if not planned or play.touch == "first" or play.gap is None:
            continue
        late = [name for name, _ in play.touches if name not in planned]
        if late and not _meeting(view, phase, play):
            names = ", ".join(map(str, late))
            texts = (f"the turn of {names} comes after the end of {phase.id}", f"{names} 的时刻在 {phase.id} 结束之后")
            hints = ("Write a shorter gap, an earlier moment, or fewer channels.", "请缩短 gap、提前时刻或减少渠道。")
            yield found((*path, "gap"), texts, hints)


@rule("C342", "warning")
def caps_let_the_messages_through(view: View) -> Iterator[Finding]:
    """The store's caps stop the later messages of a play that sends on each of its channels.

    Each message counts. A cap over all of its channels that allows fewer within its span than there are lets only the
    first ones through.

    Fails:
        contact_policy: {caps: [{max: 1, per: 20h}]}
        phases:
          - {id: burst, kind: burst, window: {from: D-1, to: D+1}, plays: [
              {id: p, audience: everybody, channels: [sms, push], touch: all, gap: 4h, at: D 10:00, message: m.txt}]}
    Passes:
        contact_policy: {caps: [{max: 1, per: 20h}]}
        phases:
          - {id: burst, kind: burst, window: {from: D-1, to: D+1}, plays: [
              {id: p, audience: everybody, channels: [sms, push], touch: all, gap: 24h, at: D 10:00, message: m.txt}]}

    中文：店铺的频次上限会挡住多触点玩法的后续消息。
    每条消息都计数。若上限覆盖其全部渠道且在其时间段内允许的条数更少，则只有前几条能发出。
    """
    for path, _, play in view.plays():
        turns = play.touches
        if len(turns) < 2 or not play.gap:  # noqa: PLR2004
            continue
        for cap in view.store.contact_policy.caps:
            covered = [later for name, later in turns if not cap.channels or name in cap.channels]
            if not isinstance(cap.per, timedelta) or len(covered) <= cap.max:
                continue
            if any(covered[n + cap.max] - covered[n] < cap.per for n in range(len(covered) - cap.max)):
                words = f"{cap.max}/{format_duration(cap.per)}"
                texts = (f"the caps allow {words}: later messages of {play.id} are stopped",
                         f"频次上限为 {words}，{play.id} 的后续消息会被挡住")  # fmt: skip
                hints = ("Write a longer gap, or raise the cap of the store.", "请加长 gap，或放宽店铺的频次上限。")
                yield found((*path, "gap"), texts, hints)
                break
