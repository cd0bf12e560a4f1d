"""Rules about one member: whether they name what there is, agree with each other, and leave every play possible."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import combinations

from campaign_calendars.checks.registry import View, found, rule
from campaign_calendars.deciding.rules import messages_of
from campaign_calendars.findings.finding import Finding, Path, suggestion
from campaign_calendars.model.benefits import reserve_cents
from campaign_calendars.model.benefits.base import yuan
from campaign_calendars.model.calendar import Play
from campaign_calendars.model.rules import MemberRule
from campaign_calendars.time.timeline import utc
from campaign_calendars.values.scalars import format_duration

Written = tuple[Path, MemberRule]


def _rules(view: View) -> Iterator[Written]:
    for number, written in enumerate(view.calendar.rules):
        yield ("rules", number), written


def _plays(view: View) -> dict[str, Play]:
    return {play.id: play for _, _, play in view.plays()}


def _own(view: View, name: str) -> str:
    """A play of this calendar by its short name, also where the calendar is written before it."""
    return name.removeprefix(f"{view.calendar.calendar}/")


@rule("C230", "error")
def rules_name_plays(view: View) -> Iterator[Finding]:
    """A rule names a play that is not there, or none that is sent by this calendar.

    A play of another calendar is written `autumn/recall`; what a rule keeps away or opens must be this calendar's.

    Fails:
        rules: [{never: [autumn/recall, q]}]
    Passes:
        rules: [{never: [autumn/recall, p]}]

    中文：规则引用了不存在的玩法，或不涉及本日历发送的玩法。
    其他日历的玩法写作 autumn/recall；被限制或被触发的须是本日历的玩法。
    """
    plays = _plays(view)
    for path, written in _rules(view):
        for place, name in written.plays:
            own = _own(view, name)
            if "/" in own:
                if place[0] in ("not", "follow_up") or written.at_least is not None:
                    texts = (f"{name} is a play of another calendar", f"{name} 是其他日历的玩法")
                    hint = ("Write the rule in that calendar.", "请把该规则写在那个日历中。")
                    yield found((*path, *place), texts, hint)
            elif own not in plays:
                texts = (f"there is no play {name!r}", f"没有玩法 {name!r}")
                yield found((*path, *place), texts, suggestion(name, plays))
            elif not plays[own].channels:
                texts = (
                    f"{name} sends nothing, so the rule does nothing with it",
                    f"{name} 不发送消息，规则对它不起作用",
                )
                yield found(
                    (*path, *place), texts, ("Give it `channels`, or take it out.", "请加上 channels，或将其移出。")
                )
        named = [_own(view, name) for _, name in written.plays]
        if named and all("/" in name for name in named) and written.never is not None:
            texts = ("the rule names no play of this calendar", "规则没有涉及本日历的玩法")
            yield found(path, texts, ("Name one, or write it in that calendar.", "请加入一个，或写在相应日历中。"))


@rule("C231", "error")
def rules_agree(view: View) -> Iterator[Finding]:
    """A rule names a play twice, or two rules contradict each other.

    A follow-up must not be excluded by what it follows, nor kept away for as long as it may follow; plays of which
    some must come together must not exclude each other.

    Fails:
        rules:
          - never: [p, q]
          - {follow_up: q, of: p}
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays:
              - {id: p, audience: everybody, channels: [push], at: D-1 10:00, message: m.txt}
              - {id: q, audience: everybody, channels: [push], at: D 10:00, message: m.txt}
    Passes:
        rules: [{follow_up: q, of: p}]
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays:
              - {id: p, audience: everybody, channels: [push], at: D-1 10:00, message: m.txt}
              - {id: q, audience: everybody, channels: [push], at: D 10:00, message: m.txt}

    中文：规则中同一玩法写了两次，或两条规则相互矛盾。
    跟进玩法不可与其前置玩法互斥，也不可在其可跟进的整段时间内被隔开；须同时触达的玩法不可互斥。
    """
    apart = {
        frozenset((_own(view, one), _own(view, other))): number
        for number, written in enumerate(view.calendar.rules)
        for one, other in combinations(written.never or (), 2)
    }
    for path, written in _rules(view):
        yield from _twice(view, path, written)
        yield from _excluded(view, path, written, apart)


def _excluded(view: View, path: Path, written: MemberRule, apart: dict[frozenset[str], int]) -> Iterator[Finding]:
    """What a rule demands and another one excludes; `apart` are the pairs of `never` and their rules."""
    if written.follow_up is not None and written.of:
        pairs = [frozenset((_own(view, written.follow_up), _own(view, other))) for other in written.of]
        if all(pair in apart for pair in pairs):
            yield _against(
                path,
                "follow_up",
                apart[pairs[0]],
                (f"{written.follow_up} can never be sent", f"{written.follow_up} 永远无法发送"),
            )
        yield from _kept_away(view, path, written)
    if written.at_least is not None and written.of:
        largest = _largest_together([_own(view, name) for name in written.of], apart)
        if largest < written.at_least and len(written.of) >= written.at_least:
            pair = next(p for p in apart if p <= {_own(view, name) for name in written.of})
            yield _against(
                path,
                "at_least",
                apart[pair],
                (f"no more than {largest} plays of it go together", f"其中最多 {largest} 个玩法可以并存"),
            )


def _twice(view: View, path: Path, written: MemberRule) -> Iterator[Finding]:
    seen: set[str] = set()
    for place, name in written.plays:
        own = _own(view, name)
        if own in seen:
            yield found(
                (*path, *place),
                (f"the rule names {name} twice", f"规则中 {name} 写了两次"),
                (
                    "Take one out; how soon a play may come again says its `repeat_after`.",
                    "请去掉一个；同一玩法多久可再次触达由其 repeat_after 决定。",
                ),
            )
        seen.add(own)


def _against(path: Path, key: str, other: int, texts: tuple[str, str]) -> Finding:
    return found(
        (*path, key),
        (f"{texts[0]}: rule {other + 1} excludes it", f"{texts[1]}：与第 {other + 1} 条规则互斥"),
        ("Delete one of the two rules.", "请删除其中一条规则。"),
    )


def _kept_away(view: View, path: Path, written: MemberRule) -> Iterator[Finding]:
    """A play that is kept away for as long as it may follow."""
    assert written.follow_up is not None and written.of is not None  # noqa: S101, PT018  asked for follow-ups only
    quiet = {
        _own(view, other.after): (number, other.for_)
        for number, other in enumerate(view.calendar.rules)
        if other.after is not None and other.not_ is not None and other.for_ is not None
        and _own(view, other.not_) == _own(view, written.follow_up)
    }  # fmt: skip
    among = [quiet.get(_own(view, name)) for name in written.of]
    if written.within is not None and all(one is not None and one[1] > written.within for one in among):
        number, length = next(one for one in among if one is not None)
        play, soon, away = written.follow_up, format_duration(written.within), format_duration(length)
        texts = (
            f"{play} may follow for {soon} and is kept away for {away} (rule {number + 1})",
            f"{play} 须在 {soon} 内跟进，却被隔开 {away}（第 {number + 1} 条规则）",
        )
        yield found(
            (*path, "within"), texts, ("Let it follow longer, or keep it away for less.", "请放宽 within，或缩短间隔。")
        )


def _largest_together(plays: Sequence[str], apart: dict[frozenset[str], int]) -> int:
    """How many of some plays one member may get; greedy, which is exact where exclusions are whole groups."""
    taken: list[str] = []
    for play in sorted(plays, key=lambda name: sum(name in pair for pair in apart)):
        if all(frozenset((play, other)) not in apart for other in taken):
            taken.append(play)
    return len(taken)


@rule("C232", "error")
def rules_leave_plays_possible(view: View) -> Iterator[Finding]:
    """By its moments or its costs a rule makes a play impossible.

    A follow-up needs a moment after what it follows, in time; a least number needs so many messages in the calendar;
    a benefit that alone costs more than one member may be granted is never given.

    Fails:
        rules: [{at_least: 2, of: p}]
    Passes:
        rules: [{never: [p, autumn/recall]}]

    中文：规则使某个玩法因时间或金额永远无法发送。
    跟进玩法须有晚于其前置玩法且在期限内的时刻；最少条数须有足够的触达；单份成本超过每人金额上限的权益永远发不出。
    """
    for path, written in _rules(view):
        if written.follow_up is not None and written.of and not _can_follow(view, written):
            soon = (
                (f" within {format_duration(written.within)}", f" {format_duration(written.within)} 内")
                if written.within
                else ("", "")
            )
            yield found(
                (*path, "follow_up"),
                (
                    f"{written.follow_up} has no moment{soon[0]} after {', '.join(written.of)}: it reaches nobody",
                    f"{written.follow_up} 没有在 {'、'.join(written.of)} 之后{soon[1]}的时刻，触达不到任何人",
                ),
                ("Move one of them, or widen `within`.", "请调整时间，或放宽 within。"),
            )
        yield from _too_many_wanted(view, path, written)
        yield from _all_too_dear(view, path, written)


def _too_many_wanted(view: View, path: Path, written: MemberRule) -> Iterator[Finding]:
    plays = _plays(view)
    if written.at_least is not None and written.of and all(_own(view, name) in plays for name in written.of):
        most = sum(messages_of(view.calendar, view.timeline, _own(view, name)) for name in written.of)
        if most < written.at_least:
            yield found(
                (*path, "at_least"),
                (
                    f"one member can get {most} messages of these plays at most: they reach nobody",
                    f"这些玩法对同一会员最多发送 {most} 条，因此触达不到任何人",
                ),
                (
                    "Lower it, add plays, or give them `repeat_after`.",
                    "请调低，增加玩法，或为其设置 repeat_after。",
                ),
            )


def _all_too_dear(view: View, path: Path, written: MemberRule) -> Iterator[Finding]:
    if written.spend_per_member is not None:
        most_money = yuan(written.spend_per_member)
        for _, play, costs in _too_dear(view, written.spend_per_member):
            if len(costs) == len(play.benefits):
                yield found(
                    path,
                    (
                        f"every benefit of {play.id} costs more than {most_money}: it reaches nobody",
                        f"{play.id} 的每种权益成本都超过 {most_money}，触达不到任何人",
                    ),
                    ("Raise it, or give the play a cheaper benefit.", "请调高，或为该玩法增加更便宜的权益。"),
                )


@rule("C233", "warning")
def rules_do_something(view: View) -> Iterator[Finding]:
    """A rule can change nothing, or not for a benefit it is about.

    No moment of the one play lies so soon after the other; another rule says the same with less; a benefit alone
    costs more than a member may be granted, and only its play's other benefits are ever given.

    Fails:
        rules: [{spend_per_member: 100}, {spend_per_member: 60}]
    Passes:
        rules: [{spend_per_member: 60}]

    中文：规则不会起任何作用，或对其涉及的某个权益不起作用。
    两玩法的时刻间隔本就足够；另有更严的同类规则；某权益单份成本已超上限，只会发放该玩法的其他权益。
    """
    least: dict[str, int] = {}
    for _, written in _rules(view):
        if written.spend_per_member is not None:
            per = written.per or "campaign"
            least[per] = min(least.get(per, written.spend_per_member), written.spend_per_member)
    seen: set[str] = set()
    for path, written in _rules(view):
        if written.spend_per_member is not None:
            per = written.per or "campaign"
            if written.spend_per_member > least[per] or per in seen:
                allowed = yuan(least[per])
                texts = (f"another rule allows {allowed} for the same", f"另一条规则对同一范围只允许 {allowed}")
                yield found((*path, "spend_per_member"), texts, ("Keep one of them.", "请只保留一条。"))
                continue
            seen.add(per)
            yield from _dear_benefits(view, path, written.spend_per_member)
        elif written.after is not None and not _ever_near(view, written):
            yield found(
                (*path, "for"),
                (
                    f"no moment of {written.not_} lies so soon after one of {written.after}",
                    f"{written.not_} 没有时刻落在 {written.after} 之后的这段时间内",
                ),
                ("Delete the rule, or check the two names.", "请删除该规则，或检查两个名称是否写反。"),
            )


def _dear_benefits(view: View, path: Path, cents: int) -> Iterator[Finding]:
    for _, play, costs in _too_dear(view, cents):
        if len(costs) < len(play.benefits):
            yield found(
                (*path, "spend_per_member"),
                (
                    f"{', '.join(costs)} of {play.id} costs more than {yuan(cents)} alone and is never given",
                    f"{play.id} 的 {'、'.join(costs)} 单份成本超过 {yuan(cents)}，永远不会发放",
                ),
                ("Raise the amount, or take the benefit out.", "请调高金额，或移除该权益。"),
            )


def _too_dear(view: View, cents: int) -> Iterator[tuple[Path, Play, list[str]]]:
    basis = view.calendar.budget.basis if view.calendar.budget else "worst_case"
    known = view.calendar.benefits
    for path, _, play in view.plays():
        dear = [name for name in play.benefits if name in known and reserve_cents(known[name], basis) > cents]
        if dear and play.channels:
            yield path, play, dear


def _moments(view: View, name: str) -> list[datetime] | None:
    """The planned moments of a play of this calendar; None where nobody can say (events, other calendars)."""
    own = _own(view, name)
    play = _plays(view).get(own)
    if play is None or play.trigger is not None:
        return None
    return [utc(at) for (_, of), moments in view.moments.items() for at in moments if of == own]


def _can_follow(view: View, written: MemberRule) -> bool:
    assert written.follow_up is not None and written.of is not None  # noqa: S101, PT018  asked for follow-ups only
    after = _moments(view, written.follow_up)
    for name in written.of:
        before = _moments(view, name)
        if after is None or before is None:
            return True
        if any(b <= a and (written.within is None or a - b <= written.within) for a in after for b in before):
            return True
    return False


def _ever_near(view: View, written: MemberRule) -> bool:
    assert written.after is not None and written.not_ is not None and written.for_ is not None  # noqa: S101, PT018
    first, then = _moments(view, written.after), _moments(view, written.not_)
    if first is None or then is None:
        return True
    return any(b <= a and a - b < written.for_ for a in then for b in first)
