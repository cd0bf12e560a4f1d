"""Who reads which text, and when: tests of texts, and who hears of a play first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from campaign_calendars.checks.registry import View, found, rule
from campaign_calendars.findings.finding import Finding, suggestion
from campaign_calendars.model.calendar import Play
from campaign_calendars.providers.of_channel import is_quiet
from campaign_calendars.time.timeline import utc
from campaign_calendars.values.scalars import FULL_SHARE, format_share

_FEWEST = 2


@rule("C617", "error")
def texts_are_for_all(view: View) -> Iterator[Finding]:
    """A test of texts leaves members without a text, or says the same twice.

    `texts` are two or more messages instead of `message`; the shares of `split` name them and together
    are all members, or less if `then: winner` gives the rest the best one.

    Fails:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays:
              - {id: p, audience: everybody, channels: [push], at: D 10:00, texts: {a: m.txt, b: n.txt},
                 split: {shares: {a: 40%, b: 40%}}}
    Passes:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays:
              - {id: p, audience: everybody, channels: [push], at: D 10:00, texts: {a: m.txt, b: n.txt},
                 split: {shares: {a: 40%, b: 40%}, then: winner}}

    中文：文案测试使部分会员没有文案，或前后矛盾。
    texts 为两个或更多 message，代替 message；split 的比例须对应它们，合计为全部会员，
    不足时以 then: winner 让其余会员收到最优文案。
    """
    for path, _, play in view.plays():
        yield from ((found((*path, key), *said)) for key, said in _faults_of_test(play))


_Said = tuple[tuple[str, str], tuple[str, str]]


def _faults_of_test(play: Play) -> Iterator[tuple[str, _Said]]:
    shares = play.split.shares if play.split is not None else {}
    if not play.texts:
        if play.split is not None:
            yield "split", ((f"{play.id} has no `texts` to split", f"{play.id} 没有可分配的 texts"), _WRITE)
        return
    if play.message is not None:
        yield "message", ((f"{play.id} has `message` beside `texts`", f"{play.id} 同时写了 message 与 texts"), _ONE)
    if len(play.texts) < _FEWEST:
        yield "texts", ((f"{play.id} tests a single text", f"{play.id} 只测试一个文案"), _WRITE)
    for name in shares:
        if name not in play.texts:
            yield (
                "split",
                ((f"{play.id} has no text {name!r}", f"{play.id} 没有文案 {name!r}"), suggestion(name, play.texts)),
            )
    whole = sum(shares.values())
    waits = play.split is not None and play.split.then is not None
    if shares and whole > FULL_SHARE:
        told = format_share(whole)
        yield "split", ((f"the shares of {play.id} are {told} together", f"{play.id} 的比例合计 {told}"), _LESS)
    elif shares and whole < FULL_SHARE and not waits:
        left = format_share(FULL_SHARE - whole)
        yield (
            "split",
            ((f"{left} of the members of {play.id} get no text", f"{play.id} 有 {left} 的会员没有文案"), _REST),
        )
    elif waits and (not shares or whole == FULL_SHARE):
        yield "split", ((f"nobody of {play.id} is left for the best text", f"{play.id} 没有会员可等待最优文案"), _LESS)


_WRITE = (
    "Write `texts: {a: messages/a.txt, b: messages/b.txt}`.",
    "请写 texts: {a: messages/a.txt, b: messages/b.txt}。",
)
_ONE = ("Delete `message`, or `texts`.", "请删去 message 或 texts。")
_LESS = ("Write smaller shares, e.g. `{a: 10%, b: 10%}`.", "请写较小的比例，例如 {a: 10%, b: 10%}。")
_REST = ("Add `then: winner`, or shares of 100% together.", "请加上 then: winner，或使比例合计 100%。")


@rule("C618", "error")
def everybody_hears_in_time(view: View) -> Iterator[Finding]:
    """The members who hear last would hear in the quiet hours, or after the phase.

    `notify` tells each tier `lead` later than the one above it: the lowest tier of the store hears last. A
    channel has to be open then, and the phase to last.

    Fails:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays:
              - {id: p, audience: everybody, channels: [sms], at: D 19:30, message: m.txt, notify: {by: tier, lead: 1h}}
    Passes:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays:
              - {id: p, audience: everybody, channels: [sms], at: D 10:00, message: m.txt, notify: {by: tier, lead: 1h}}

    中文：最后通知的会员会落在静默时段，或在阶段结束之后。
    notify 让每个等级比上一级晚 lead 通知，店铺的最低等级最后；届时须有渠道可发，且阶段尚未结束。
    """
    ranks = len(view.tier_ids) - 1
    for path, phase, play in view.plays():
        if play.notify is None:
            continue
        end = view.timeline.phases[phase.id].end
        lasts = [at + ranks * play.notify.lead for at in view.moments.get((phase.id, play.id), [])]
        late = next((last for last in lasts if utc(last) >= utc(end) or _quiet(view, play, last)), None)
        if late is not None:
            told = f"{late.astimezone(view.timeline.timezone):%Y-%m-%d %H:%M}"
            texts = (f"the lowest tier hears of {play.id} at {told}", f"{play.id} 于 {told} 才通知最低等级")
            if utc(late) >= utc(end):
                why = ("; the phase is over then", "，阶段已结束")
            else:
                why = ("; every channel is quiet then", "，所有渠道均在静默时段")
            hints = ("Begin earlier, or shorten `lead`.", "请提早开始，或缩短 lead。")
            yield found((*path, "notify"), (texts[0] + why[0], texts[1] + why[1]), hints)


def _quiet(view: View, play: Play, at: datetime) -> bool:
    local = at.astimezone(view.timeline.timezone).time()
    channels = view.channels_of(play)
    return bool(channels) and all(is_quiet(channel, local) for channel in channels)
