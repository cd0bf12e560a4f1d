"""Money and people on a board: the budget, duties by owner, messages to send by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from tasks.accounting.accounts import Account
from tasks.board.told import Told
from tasks.documents.parts import Money, Paragraph, Part, Section, Share, Table, Value


def budget(told: Told) -> Section:
    currency = told.loaded.store.currency
    head = told.head(
        "account|limit|spent|open|reserved|free|held of the limit", "科目|上限|已花费|未使用|待发占用|可用|占上限"
    )
    rows: list[Sequence[Value]] = [
        (
            _account(told, line),
            None if line.limit is None else Money(line.limit),
            Money(line.spent),
            Money(line.open),
            Money(line.reserved),
            None if line.free is None else Money(line.free),
            Share(line.held / line.limit) if line.limit else None,
        )
        for line in told.board.accounts
        if line.unit == "cents" and (line.limit is not None or line.held)
    ]
    note = told(
        f"In {currency}, as the books were kept at the last run; day by day in the report.",
        f"单位 {currency}，以最近一次运行的账目为准；逐日见报告。",
    )
    return Section(told("Budget", "预算"), [Table(told("budget", "预算"), head, rows), Paragraph(note, "small")])


def _account(told: Told, line: Account) -> str:
    kind, _, rest = line.name.partition(" ")
    if kind == "budget":
        return told("budget", "总预算")
    if kind == "pool":
        name = line.title.get(told.lang) or rest
        return told(f"pool: {name}", f"资金池：{name}") if rest != "-" else told("no pool", "未归入资金池")
    if kind == "benefit":
        return told.benefit(rest)
    return told.phase(rest)


def people(told: Told) -> Section | None:
    """What people have to do: by owner, then what is late or near, and messages to send by hand."""
    open_ones = [one for one in told.board.duties if one.state != "done"]
    parts: list[Part] = []
    if open_ones:
        states = ("overdue", "due", "blocked", "open")
        counts: dict[str, Counter[str]] = {}
        for one in open_ones:
            owner = one.owner.get(told.lang) or told("nobody named", "未指定")
            counts.setdefault(owner, Counter())[one.state] += 1
        head = told.head("owner|overdue|due now|blocked|open", "负责人|已逾期|现在要做|被前置事项阻塞|未到时间")
        rows: list[Sequence[Value]] = [(owner, *(found[name] for name in states)) for owner, found in counts.items()]
        parts.append(Table(told("owners", "负责人"), head, rows, told("By owner", "按负责人")))
        near = told.board.now + timedelta(days=7)
        soon = [one for one in open_ones if one.state in ("overdue", "due") or one.due_at <= near]
        names = {
            "overdue": told("overdue", "已逾期"),
            "due": told("due now", "现在要做"),
            "blocked": told("blocked", "被阻塞"),
            "open": told("open", "未到时间"),
        }
        listed: list[Sequence[Value]] = [
            (
                told.moment(one.due_at),
                names[one.state],
                one.text.get(told.lang),
                told.phase(one.phase),
                one.owner.get(told.lang) or told("nobody named", "未指定"),
            )
            for one in soon
        ]
        if listed:
            head = told.head("until|state|what|phase|owner", "截止|状态|事项|阶段|负责人")
            parts.append(
                Table(told("duties", "事项"), head, listed, told("Late, or within a week", "逾期或一周内到期"))
            )
    if told.board.work:
        head = told.head("channel|messages to send", "渠道|待发消息")
        work: list[Sequence[Value]] = [(told.channel(name), n) for name, n in sorted(told.board.work.items())]
        parts.append(Table(told("work lists", "待办清单"), head, work, told("Work lists", "人工待发清单")))
    return Section(told("What people have to do", "人工事项"), parts) if parts else None
