"""Audience expressions: each is parsed and typed against the fields; see `segments`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from campaign_calendars.audiences.language import analyse
from campaign_calendars.checks.registry import View, documented, found, rule
from campaign_calendars.findings.finding import Finding


@rule("C130", "error")
def audience_is_readable(view: View) -> Iterator[Finding]:
    """An audience expression cannot be read.

    It is a condition like in SQL: fields and functions compared and joined by and, or, not.

    Fails:
        audiences: {everybody: joined and}
    Passes:
        audiences: {everybody: joined and recency_days > 30}

    中文：人群表达式无法理解。
    写法与 SQL 条件相同：字段、函数、比较，以 and、or、not 连接。
    """
    for name, audience in view.calendar.audiences.items():
        _, findings = analyse(audience.where, view.names)
        for finding in findings:
            yield replace(finding, path=("audiences", name, "where"))


documented(
    "C131",
    "error",
    """An expression uses a field that does not exist.

    Fails:
        audiences: {everybody: joined and recency_dys > 30}
    Passes:
        audiences: {everybody: joined and recency_days > 30}

    中文：表达式使用了不存在的字段。
    请按提示改正；文本需要加单引号。
    """,
)
documented(
    "C132",
    "error",
    """An expression calls a function that does not exist, or with the wrong argument.

    Fails:
        audiences: {everybody: has_tag(tea)}
    Passes:
        audiences: {everybody: has_tag('tea')}

    中文：表达式调用了不存在的函数，或参数不对。
    `promocal schema` 与字段页列出全部函数。
    """,
)
documented(
    "C133",
    "error",
    """An expression uses a part of SQL that is not in the language.

    Only what is typed and checked reaches the database: no sub-queries, casts, joins or statements.
    An empty value is unknown and compares as unknown, also under `not`, `and`, `or` and `in`: who has no
    tier is in neither `tier < 'gold'` nor `not (tier < 'gold')`. `tier is null` finds them.

    Fails:
        audiences: {everybody: tier in (select 1)}
    Passes:
        audiences: {everybody: tier in ('basic')}

    中文：表达式使用了语言之外的 SQL。
    不支持子查询、类型转换、连接与语句。空值即未知，在 not、and、or、in 中同样未知：没有等级的会员
    既不在 tier < 'gold' 中，也不在 not (tier < 'gold') 中；可用 tier is null 查找。
    """,
)
documented(
    "C134",
    "error",
    """An expression compares what cannot be compared.

    Money is written in currency (199.00) and meets money only; a yes/no field stands alone.

    Fails:
        audiences: {everybody: spend_90d > orders_90d}
    Passes:
        audiences: {everybody: spend_90d > 199.00}

    中文：表达式比较了无法比较的内容。
    金额以元书写（199.00），只能与金额比较；是非字段单独使用。
    """,
)
documented(
    "C136",
    "error",
    """An expression names a tier, stage, phase, play, benefit or audience that does not exist.

    A play or benefit of another calendar stands after its id, `contacted_by('autumn/recall')`; of any calendar
    after `*/`. An audience of the store stands after `store/`.

    Fails:
        audiences: {everybody: not bought_in_phase('brust')}
    Passes:
        audiences: {everybody: not bought_in_phase('burst')}

    中文：表达式引用了不存在的等级、生命周期、阶段、玩法、权益或人群。
    其他日历的玩法与权益写作 contacted_by('autumn/recall')，任一日历写作 '*/recall'；店铺的人群写作 'store/vip'。
    """,
)


documented(
    "C139",
    "error",
    """Audiences name each other in a circle, or so many within each other that nobody can follow.

    `audience('…')` is read where it stands, so an audience that comes back to itself has no members anybody could name.

    Fails:
        audiences: {everybody: joined or audience('others'), others: not audience('everybody')}
    Passes:
        audiences: {everybody: joined or audience('others'), others: not joined}

    中文：人群互相引用成环，或嵌套过深、过大。
    audience('…') 按其定义展开；绕回自身的人群无法确定成员。
    """,
)


@rule("C135", "error")
def audience_can_hold(view: View) -> Iterator[Finding]:
    """Nobody can be in an audience: its conditions contradict each other.

    The play would run, find no member, and look as if nothing was wrong. Contradictions are found
    in yes/no conditions, ranges of numbers and moments, tiers, stages and texts; an expression
    that is not understood counts as possible.

    Fails:
        audiences: {everybody: joined and age < 18 and age > 30}
    Passes:
        audiences: {everybody: joined and (age < 18 or age > 30)}

    中文：人群的条件互相矛盾，不可能有会员。
    玩法会照常执行却找不到任何人，看上去一切正常。
    """
    for name, audience in view.calendar.audiences.items():
        expression, _ = analyse(audience.where, view.names)
        if expression is not None and not expression.can_hold:
            yield found(
                ("audiences", name, "where"),
                (
                    f"nobody can be in {name}: its conditions contradict each other",
                    f"{name} 的条件互相矛盾，不可能有会员",
                ),
                (
                    "Use `or` between alternatives, or correct the figures.",
                    "若为二选一请用 or，否则请修正数值。",
                ),
            )
