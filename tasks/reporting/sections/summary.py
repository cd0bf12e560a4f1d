"""What is read first: one sentence, a few figures, and what was aimed at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from campaign_calendars.measuring.advice import Course, Named
from campaign_calendars.measuring.headline import headline
from campaign_calendars.measuring.metrics.catalogue import target_metric
from campaign_calendars.measuring.metrics.finality import in_words
from campaign_calendars.measuring.metrics.needs import missing
from campaign_calendars.measuring.worth import counted_as_free, worth_in_words
from campaign_calendars.values.scalars import Text
from tasks.documents.parts import Card, Cards, Paragraph, Part, Section, Table, Value
from tasks.measuring.measurement import Measurement
from tasks.reporting.sections.told import Told, share


def summary(told: Told) -> Section:
    """Worth, interval, cost and what to change; then the figures a boss asks for."""
    m = told.m
    running = m.running_days is not None
    parts: list[Part] = [
        Paragraph(told.said(headline(m.programme.contrast, _course(told), m.currency, running=running)), "strong"),
        *_standing(told),
        Cards(told("figures", "关键数字"), tuple(_cards(told))),
    ]
    effect = m.programme.contrast
    if effect is not None:
        parts += [
            Paragraph(told.said(said))
            for said in worth_in_words(effect, m.currency, days=m.running_days, left=m.days_left)
        ]
        if m.unpriced and effect.money is not None and effect.money.returned is not None:
            parts.append(Paragraph(told.said(counted_as_free(_course(told).unpriced))))
    parts.append(Paragraph(told.word("programme_note"), "small"))
    return Section(told("In one sentence", "一句话结论"), parts)


def _course(told: Told) -> Course:
    m = told.m
    pieces = {row.benefit: row for row in m.benefits}
    spent = {
        line.name.removeprefix("benefit "): line.spent
        for line in m.accounts
        if line.name.startswith("benefit ") and line.unit == "cents"
    }
    return Course(
        plays=[Named(_both(row.title, row.play), row.contrast) for row in m.plays],
        benefits=[Named(_both(row.title, name), cost_cents=spent.get(name, 0)) for name, row in pieces.items()],
        reasons=m.exclusions,
        decisions=sum(row.times for row in m.following.decided),
        messages=_messages(m),
        cost_cents=sum(row.spent_cents for row in m.costs),
        unpriced=[_both(told.loaded.store.channels[name].title, name) for name in m.unpriced],
    )


def _messages(m: Measurement) -> Mapping[str, int]:
    """State → messages of all plays in it."""
    found: Counter[str] = Counter()
    for play in m.plays:
        found.update(play.jobs)
    return found


def _both(title: Text, name: str) -> tuple[str, str]:
    return title.get("en") or name, title.get("zh") or name


def _standing(told: Told) -> Iterator[Part]:
    m = told.m
    if told.simulated:
        yield Paragraph(
            told(
                "Simulated: members responded by the model of a generated store. No figure here is real.",
                "模拟：会员反应由生成店铺的模型给出，此处没有真实数据。",
            ),
            "warning",
        )
    if m.running_days is not None:
        yield Paragraph(
            told(
                "The campaign is not over yet. All intervals are those that may be read at any time.",
                "活动尚未结束。所有区间均为可随时查看的区间。",
            ),
            "warning",
        )
    if m.known_at < min(m.as_of, told.loaded.timeline.campaign.end):
        yield Paragraph(
            told(
                f"Orders are known up to {told.moment(m.known_at)} only; later ones are not in these figures.",
                f"订单数据仅到 {told.moment(m.known_at)}，其后的订单未计入。",
            ),
            "warning",
        )
    days = m.benefit_days
    if days and days.short:
        yield Paragraph(
            f"⚠ {told.word('benefit_days')} ({days.today}): {days.online}, {told.word('needed')} {days.needed}"
            f" · {told.word(days.source)}",
            "warning",
        )


def _cards(told: Told) -> Iterator[Card]:
    m, w = told.m, told.word
    budget = next(line for line in m.accounts if line.name == "budget")
    effect = m.programme.contrast
    yield Card(
        f"{w('sales')} ({m.currency})",
        _money(sum(d.gmv_cents for d in m.days)),
        told(
            f"{sum(d.orders for d in m.days):,} orders of the whole store",
            f"全店 {sum(d.orders for d in m.days):,} 笔订单",
        ),
    )
    ends = None
    if effect is not None:
        ends = effect.while_running or effect.interval
    if effect is None or ends is None or effect.difference is None:
        why = w(effect.verdict) if effect else w("no_holdout")
        yield Card(w("programme"), "–", why)
    else:
        sizes = (
            f"{effect.treated.buyers:,} / {effect.treated.members:,}",
            f"{effect.control.buyers:,} / {effect.control.members:,}",
        )
        yield Card(
            f"{w('programme')} ({told('points', '百分点')})",
            f"{effect.difference * 100:+.2f}",
            told(
                f"{ends[0] * 100:+.2f} to {ends[1] * 100:+.2f}, {w(effect.verdict)}; {sizes[0]} against {sizes[1]}",
                f"{ends[0] * 100:+.2f} 至 {ends[1] * 100:+.2f}，{w(effect.verdict)}；{sizes[0]} 对 {sizes[1]}",
            ),
        )
    sent = sum(play.jobs.get("sent", 0) for play in m.plays)
    more = [told(f"{m.runs:,} {'run' if m.runs == 1 else 'runs'}", f"{m.runs:,} 次执行")]
    if to_do := sum(play.jobs.get("to_do", 0) for play in m.plays):
        more.append(f"{to_do:,} {w('state_to_do')}")
    more += [f"{w('assumed_reach')} {told.channel(name)}: {n:,}" for name, n in m.assumed.items()]
    yield Card(w("messages_sent"), f"{sent:,}", " · ".join(more))
    spent = told(f"spent {_money(budget.spent)}", f"已花费 {_money(budget.spent)}")
    part = (
        ""
        if not budget.limit
        else told(f", {budget.held / budget.limit:.1%} of the budget", f"，占预算 {budget.held / budget.limit:.1%}")
    )
    yield Card(f"{w('reserved')} ({m.currency})", _money(budget.held), f"{spent}{part}")


def _money(cents: int) -> str:
    return f"{cents / 100:,.2f}"


def targets(told: Told) -> Section | None:
    """What was aimed at, and what it came to."""
    m = told.m
    owners = [
        (told("whole calendar", "整个日历"), m.targets),
        *((wave.title.get(told.lang) or wave.wave, wave.targets) for wave in m.waves),
        *((told.phase(phase.phase), phase.targets) for phase in m.phases),
    ]
    rows: list[Sequence[Value]] = [
        (
            owner,
            target_metric(t.metric).title.get(told.lang),
            _figure(t.target, t.metric),
            told.said(missing(t.lacks)) if t.lacks else _figure(t.actual, t.metric),
            share(t.reached),
            told.said(in_words(target_metric(t.metric).id, told.moment(t.open_until))) if t.open_until else "",
        )
        for owner, found in owners
        for t in found
    ]
    if not rows:
        return None
    head = told.head("of|figure|target|actual|reached|note", "对象|指标|目标|实际|达成率|说明")
    if not any(row[-1] for row in rows):  # a column without a word takes the room of a phone
        head, rows = head[:-1], [row[:-1] for row in rows]
    return Section(told.word("targets"), [Table(told.word("targets"), head, rows)])


def peers(told: Told) -> Section | None:
    """What others say of the same figures, with who says so."""
    rows: list[Sequence[Value]] = [
        (
            target_metric(one.metric).title.get(told.lang),
            told.said(missing(one.lacks)) if one.lacks else _figure(one.ours, one.metric),
            _figure(one.theirs, one.metric),
            one.source,
            told.moment(one.at)[:10] if one.at else "",
        )
        for one in told.m.peers
    ]
    if not rows:
        return None
    head = told.head("figure|ours|elsewhere|source|as of", "指标|本店|同行与他方|来源|数据日期")
    title = told("Beside others", "同行对比")
    note = told("Ours are figures of the whole calendar; who says theirs counts by rules of its own.",
                "本店为整个日历的数值；他方口径由其来源决定，可能不同。")  # fmt: skip
    return Section(title, [Table(title, head, rows), Paragraph(note, "small")])


def _figure(value: float | None, metric: str) -> Value:
    unit = target_metric(metric).unit
    if value is None or unit == "share":
        return share(value)
    return f"{value:,.2f}" if unit in {"ratio", "days"} else round(value)
