"""A certificate in plain words: what a row is called, how far it is used, and what more of it would be worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from campaign_calendars.deciding.certificate import Certificate, RowOfPlan
from campaign_calendars.deciding.expecting import Objective
from campaign_calendars.findings.said import Said
from campaign_calendars.model.benefits import Benefit
from campaign_calendars.model.calendar import Calendar, Pool
from campaign_calendars.model.store import Channel, Store
from campaign_calendars.values.scalars import Text

MONEY = 1_000_000
"""Cents: a shadow price is told for 10,000 of the currency."""
PIECES = 100
RETURNED = 10_000
"""Of the currency."""

_UNITS = {"priority": ("priority points", "优先级分"), "money": ("in money", "元（预期）")}
_SHORT_UNITS = {"priority": ("points", "分"), "money": ("in money", "元")}

_KINDS = {
    "stock": ("stock of {name}", "{name} 的库存"),
    "daily": ("{name}, per day", "{name}（每日）"),
    "pool": ("pool {name}", "资金池 {name}"),
    "budget": ("budget", "总预算"),
    "channel": ("channel {name}", "渠道 {name}"),
    "limit": ("limit {name}", "限制 {name}"),
}


def name_of(name: str) -> Said:
    """A shared thing in words; `name` as in `RowOfPlan`."""
    kind, _, rest = name.partition(" ")
    en, zh = _KINDS[kind]
    return en.format(name=rest), zh.format(name=rest)


def with_titles(certificate: Certificate, calendar: Calendar, store: Store) -> Certificate:
    """Its rows with what calendar and store call the pools, benefits and channels they are of."""
    pools = calendar.budget.pools if calendar.budget is not None else {}
    things: Mapping[str, Mapping[str, Pool | Benefit | Channel]] = {
        "pool": pools, "stock": calendar.benefits, "daily": calendar.benefits, "channel": store.channels,
    }  # fmt: skip
    rows = []
    for row in certificate.rows:
        kind, name, *day = row.name.split(" ") if " " in row.name else (row.name, "")
        thing = things.get(kind, {}).get(name)
        if thing is not None and thing.title.get() and not row.title.get():
            zh, en = (" ".join((thing.title.get(lang), *day)) for lang in ("zh", "en"))
            rows.append(replace(row, title=Text(zh=zh, en=en)))
        else:
            rows.append(row)
    return replace(certificate, rows=tuple(rows))


def called(row: RowOfPlan) -> Said:
    """A row in words, with what the calendar calls it."""
    kind, _, rest = row.name.partition(" ")
    titles = row.title.get("en"), row.title.get("zh")
    if kind != "limit":
        return name_of(f"{kind} {titles[0] or rest}")[0], name_of(f"{kind} {titles[1] or rest}")[1]
    en, zh = name_of(row.name)
    return (f"{en}: {titles[0]}" if titles[0] else en, f"{zh}：{titles[1]}" if titles[1] else zh)


def is_money(row: RowOfPlan) -> bool:
    """Whether its figures are cents."""
    return row.kind == "average_cost_at_most" or row.name == "budget" or row.name.startswith("pool ")


def amount_of(row: RowOfPlan, amount: int | None) -> str:
    """One of its figures: pieces, money, or a share."""
    if amount is None:
        return "–"
    if row.kind in ("share_at_least", "share_at_most"):
        return f"{amount / 100:.1f}%"
    if row.kind in ("average_cost_at_most", "return_at_least"):
        return f"{amount / 100:,.2f}"
    return f"{amount / 100:,.0f}" if is_money(row) else f"{amount:,}"


def asked_of(row: RowOfPlan) -> Said:
    """What is asked of it."""
    figure = amount_of(row, row.capacity)
    match row.kind:
        case "at_least" | "share_at_least":
            return f"at least {figure}", f"至少 {figure}"
        case "average_cost_at_most":
            return f"{figure} on average", f"平均 {figure}"
        case "return_at_least":
            return f"at least {figure} for each 1.00", f"每 1.00 至少 {figure}"
        case "reported":
            return "only reported", "仅报告"
        case _:
            return f"at most {figure}", f"至多 {figure}"


def worth_of(row: RowOfPlan, objective: Objective) -> Said:
    """What more of it would add, or what it costs; that it never ends where it does not."""
    if row.short:
        far = amount_of(row, row.short)
        return f"{far} short: no plan gets nearer", f"差 {far}：没有计划能更接近"
    if row.kind == "reported":
        return "", ""
    return _price_of(row, objective) if row.price > 0 else _free(row)


def _free(row: RowOfPlan) -> Said:
    return ("reached by itself", "自然达到") if row.kind.endswith("at_least") else ("never ends", "用不完")


def _price_of(row: RowOfPlan, objective: Objective) -> Said:
    pieces, (en, zh) = f"{row.price * PIECES:,.0f}", _SHORT_UNITS[objective]
    if row.kind == "at_least":
        most = f"{row.price * (row.capacity or 0):,.0f}"
        return (
            f"the last 100 cost {pieces} {en}, all of it at most {most}",
            f"最后 100 人代价 {pieces} {zh}，合计至多 {most} {zh}",
        )
    if row.kind == "return_at_least":
        money = f"{row.price * RETURNED:,.0f}"
        return f"10,000 of its value not asked for: {money} {en}", f"少要求 10,000 价值：{money} {zh}"
    if row.kind == "share_at_least":
        return f"100 messages fewer of it: {pieces} {en}", f"少 100 条：{pieces} {zh}"
    if is_money(row):
        money = f"{row.price * MONEY:,.0f}"
        return f"10,000 more: {money} {en}", f"多 10,000：{money} {zh}"
    return f"100 more: {pieces} {en}", f"多 100：{pieces} {zh}"


_WAYS = {
    "first_come": ("first come, first served", "先到先得"),
    "nightly": ("priorities inside each day", "按日排优先级"),
    "by_class": ("by classes of baskets", "按客单价分档"),
    "greedy": ("the dearest first", "价值最高者优先"),
}


def headline_of(certificate: Certificate) -> Said:
    """What the plan is worth, and what no plan can pass."""
    messages, value, bound = f"{certificate.contacts:,}", f"{certificate.value:,.0f}", f"{certificate.bound:,.0f}"
    gap, (en, zh) = f"{certificate.gap:.3%}", _UNITS[certificate.objective]
    # A play's control group is planned like everybody else: what it would have got is part of what the plan is worth.
    worth = f"{messages} messages (counting those that control groups of plays do without), worth {value} {en}"
    worth_zh = f"{messages} 条消息（含玩法对照组本应收到的），价值 {value} {zh}"
    return (
        f"{worth}; no plan can be worth more than {bound} (at most {gap} better).",
        f"{worth_zh}；任何计划都不会超过 {bound}（最多还能好 {gap}）。",
    )


def beside_it(certificate: Certificate) -> Said:
    """Other ways to decide the same calendar, and the limits they break; empty where the plan is worth nothing."""
    en, zh = [], []
    for other in certificate.baselines if certificate.value else ():
        name, more = _WAYS[other.name], f"{other.value:,.0f} ({other.value / certificate.value - 1:+.1%}"
        broken = [name_of(row) for row in other.breaks]
        breaks_en = "; breaks " + ", ".join(row[0] for row in broken) if broken else ""
        breaks_zh = "；违反 " + "、".join(row[1] for row in broken) if broken else ""
        en.append(f"{name[0]} {more}{breaks_en})")
        zh.append(f"{name[1]} {more}{breaks_zh})")
    return ("; ".join(en), "；".join(zh))


def allocated_in_words(certificate: Certificate) -> Said:
    """One occurrence, decided member by member: its worth and bound, other ways, what more of anything would add."""
    messages, value = f"{certificate.contacts:,}", f"{certificate.value:,.0f}"
    gap, ways = f"{certificate.gap:.3%}", beside_it(certificate)
    en = [f"{messages} messages, each at its member's own basket, worth {value} in money; at most {gap} better"]
    zh = [f"{messages} 条消息，按会员各自的客单价计，价值 {value} 元；最多还能好 {gap}"]
    if ways[0]:
        en.append(f"beside it: {ways[0]}")
        zh.append(f"对比：{ways[1]}")
    for row in scarce_rows(certificate) + limit_rows(certificate):
        name, worth = name_of(row.name), worth_of(row, certificate.objective)
        if worth[0]:
            en.append(f"{name[0]}, {worth[0]}")
            zh.append(f"{name[1]}，{worth[1]}")
    if left := [name_of(row.name) for row in never_ending(certificate) if row.used < (row.capacity or 0)]:
        en.append(f"never ends: {', '.join(name[0] for name in left)}")
        zh.append(f"用不完：{'、'.join(name[1] for name in left)}")
    return ". ".join(en) + ".", "。".join(zh) + "。"


def scarce_rows(certificate: Certificate) -> list[RowOfPlan]:
    """Rows that cost something, the dearest first; limits stand by themselves."""
    rows = [row for row in certificate.rows if row.price > 0 and not row.name.startswith("limit ")]
    return sorted(rows, key=lambda row: -row.price * (row.capacity or 0))


def kept_for_events(certificate: Certificate) -> Said:
    """Of which plays' events something is kept free; which have none that are known. Empty without such plays."""
    if not certificate.events:
        return "", ""
    known = [f"{one.phase}/{one.play} {one.members_a_day:g}" for one in certificate.events if one.members_a_day]
    unknown = [f"{one.phase}/{one.play}" for one in certificate.events if not one.members_a_day]
    en = [f"members a day, kept free for events: {', '.join(known)}"] if known else []
    zh = [f"为事件预留（每日人数）：{'、'.join(known)}"] if known else []
    if unknown:
        en.append(f"no event in the last 28 days, nothing kept free: {', '.join(unknown)}")
        zh.append(f"近 28 天无事件，未预留：{'、'.join(unknown)}")
    return "; ".join(en), "；".join(zh)


def limit_rows(certificate: Certificate) -> list[RowOfPlan]:
    """What the calendar asks of all messages together."""
    return [row for row in certificate.rows if row.name.startswith("limit ")]


def never_ending(certificate: Certificate) -> list[RowOfPlan]:
    """What is not used up, without channels and daily caps, which are many."""
    kinds = ("stock ", "pool ", "budget")
    return [row for row in certificate.rows if row.price <= 0 and row.name.startswith(kinds)]


def conflict_in_words(rows: Sequence[RowOfPlan]) -> tuple[Said, Said]:
    """Message and remedy for limits that no plan keeps together."""
    parts = [(name_of(row.name), asked_of(row)) for row in rows]
    en = "; ".join(f"{name[0]} ({asked[0]})" for name, asked in parts)
    zh = "；".join(f"{name[1]}（{asked[1]}）" for name, asked in parts)
    short = [row for row in rows if row.short]
    far_en = "".join(f"; {name_of(row.name)[0]} is missed by {amount_of(row, row.short)} at least" for row in short)
    far_zh = "".join(f"；{name_of(row.name)[1]} 至少差 {amount_of(row, row.short)}" for row in short)
    return (
        (f"no plan can keep this, within the contact caps: {en}{far_en}", f"在触达频次之内无法同时满足：{zh}{far_zh}"),
        (
            "Ask for less of one of them, or allow more: stock, budget, capacity, a wider audience.",
            "请降低其中一项，或放宽库存、预算、容量、人群。",
        ),
    )
