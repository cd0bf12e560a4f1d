"""The rules between plays in one sentence each, as the timeline shows them (B9)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from campaign_calendars.model.benefits.base import yuan
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.model.rules import MemberRule
from campaign_calendars.values.scalars import duration_in_words

_Said = Callable[[MemberRule, Callable[[str], str], str], str]


def rules_in_words(calendar: Calendar, lang: str) -> tuple[str, ...]:
    """Each of the calendar's `rules` as a sentence with the plays' titles; `lang` is en or zh."""
    titles = {play.id: play.title.get(lang) or play.id for phase in calendar.phases for play in phase.plays}

    def named(play: str) -> str:
        return titles.get(play, play)

    return tuple(_SENTENCES[rule.kind](rule, named, lang) for rule in calendar.rules)


def _listed(plays: Sequence[str], named: Callable[[str], str], lang: str) -> str:
    return ("、" if lang == "zh" else ", ").join(map(named, plays))


def _never(rule: MemberRule, named: Callable[[str], str], lang: str) -> str:
    plays = _listed(rule.never or (), named, lang)
    return f"每位会员至多其一：{plays}" if lang == "zh" else f"one of them at most for a member: {plays}"


def _after(rule: MemberRule, named: Callable[[str], str], lang: str) -> str:
    first, then = named(rule.after or ""), named(rule.not_ or "")
    lasts = duration_in_words(rule.for_, lang) if rule.for_ else ""
    return f"{first} 之后 {lasts}内不发 {then}" if lang == "zh" else f"after {first} no {then} for {lasts}"


def _follow_up(rule: MemberRule, named: Callable[[str], str], lang: str) -> str:
    then, first = named(rule.follow_up or ""), _listed(rule.of or (), named, lang)
    if rule.within is None:
        return f"收到 {first} 之后才发 {then}" if lang == "zh" else f"{then} only after {first}"
    lasts = duration_in_words(rule.within, lang)
    return f"收到 {first} 之后 {lasts}内才发 {then}" if lang == "zh" else f"{then} only within {lasts} after {first}"


def _at_least(rule: MemberRule, named: Callable[[str], str], lang: str) -> str:
    plays = _listed(rule.of or (), named, lang)
    if lang == "zh":
        return f"以下玩法合计至少 {rule.at_least} 条，否则一条不发：{plays}"
    return f"at least {rule.at_least} messages of these, or none: {plays}"


def _spend(rule: MemberRule, _: Callable[[str], str], lang: str) -> str:
    amount, phase = yuan(rule.spend_per_member or 0), rule.per == "phase"
    if lang == "zh":
        return f"每位会员{'每阶段' if phase else '全程'}权益成本不超过 {amount}"
    return f"benefits of at most {amount} for a member {'in a phase' if phase else 'in all'}"


_SENTENCES: Mapping[str, _Said] = {
    "never": _never,
    "after": _after,
    "follow_up": _follow_up,
    "at_least": _at_least,
    "spend_per_member": _spend,
}
