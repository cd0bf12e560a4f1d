"""What stands behind the page: duties, runs, data, and every definition with its SQL."""

from __future__ import annotations

from tasks.documents.parts import Code, Paragraph, Part, Section, Table
from tasks.measuring.rates import MeasuredRate
from tasks.reporting.sections.told import Told


def duties(told: Told) -> Section | None:
    """What the merchant has to do."""
    rows = [
        (
            told.phase(phase.id),
            duty.text.get(told.lang),
            told.word(duty.level),
            told.moment(told.loaded.timeline.due[phase.id, n]),
        )
        for phase in told.loaded.calendar.phases
        for n, duty in enumerate(phase.duties)
    ]
    if not rows:
        return None
    head = told.head("phase|duty|level|due", "阶段|事项|级别|截止")
    return Section(told.word("duties"), [Table(told.word("duties"), head, rows)])


def runs(told: Told) -> Section:
    """Every run before the moment."""
    head = told.head(
        "moment|phase|ran through|chosen|held out|excluded|sent", "时间|阶段|执行方式|选中|对照组|排除|已发送"
    )
    rows = [
        (told.moment(r.at), told.phase(r.phase), told.word(r.via), r.chosen, r.held_out, r.excluded, r.sent)
        for r in told.runs
    ]
    return Section(told.word("runs"), [Table(told.word("runs"), head, rows)])


def data(told: Told) -> Section:
    """What the snapshot was made of."""
    head = told.head("dataset|rows in|accepted|quarantined|duplicates", "数据集|读入|通过|隔离|重复")
    rows = [(name, c.rows_in, c.accepted, c.quarantined, c.duplicates) for name, c in told.datasets.items()]
    known = told(
        f"Snapshot {told.m.snapshot_id}, orders known up to {told.moment(told.m.known_at)}.",
        f"数据快照 {told.m.snapshot_id}，订单数据截至 {told.moment(told.m.known_at)}。",
    )
    return Section(told.word("data"), [Paragraph(known), Table(told("data", "数据"), head, rows)])


def definitions(told: Told) -> Section:
    """Every rate in words, every method, and the SQL that counted."""
    rates: dict[str, MeasuredRate] = {**told.m.phases[0].rates, **(told.m.presale.rates if told.m.presale else {})}
    rows = [(told.word(name), rate.says(told.lang)) for name, rate in rates.items()]
    rows += [
        (
            told("interval of a difference in conversion", "转化率差值的区间"),
            told("Newcombe hybrid score, 95 %", "Newcombe 混合得分区间，95%"),
        ),
        (
            told("interval between regions", "区域对比的区间"),
            told(
                "regions weighted by members; errors of Bell and McCaffrey (2002) with their degrees of freedom,"
                " of a region with two fifths of its group by leaving it out (jackknife), 95 %",
                "各区域按会员数加权；Bell 与 McCaffrey（2002）稳健误差及其自由度，"
                "占本组五分之二以上的区域用刀切法，95%",
            ),
        ),
        (
            told("interval in money", "金额区间"),
            told(
                "difference of means, t interval, 95 %; one variance below 500 buyers in the smaller group, else Welch",
                "均值之差，t 区间，95%；较小组买家少于 500 时合并方差，否则 Welch",
            ),
        ),
        (
            told("band while it goes on", "进行中的区间带"),
            told(
                "confidence sequence of the normal mixture, asymptotic, 95 % at all looks together",
                "正态混合置信序列（渐近），所有查看时点同时成立，95%",
            ),
        ),
        (
            told("verdicts on plays", "玩法结论"),
            told("Holm over all plays with a hold-out", "对全部设对照组的玩法作 Holm 校正"),
        ),
    ]
    parts: list[Part] = [Table(told.word("definitions"), told.head("figure|definition", "指标|口径"), rows)]
    parts.append(Paragraph(told("The SQL by which it was counted:", "计算所用 SQL："), "small"))
    parts += [Code(told(what, zh), told.queries[name]) for name, (what, zh) in QUERIES.items() if name in told.queries]
    return Section(told("Appendix: definitions", "附录：口径说明"), parts)


QUERIES = {
    "facts": ("Orders that count", "计入的订单"),
    "phase_sales": ("Sales of a phase", "阶段成交"),
    "funnel": ("Funnel", "漏斗"),
    "waves": ("Waves", "波次"),
    "wave_repeats": ("Repeat purchase in the next wave", "波次复购"),
    "presale": ("Presale", "预售"),
    "decided": ("Decisions and reasons", "判定与原因"),
    "audience_sets": ("Audiences and overlaps", "人群与重叠"),
    "audience_results": ("Sales of audiences", "人群成交"),
    "channels": ("Channels", "渠道"),
    "burn": ("Budget by day", "每日预算消耗"),
    "redeemed": ("Redemption", "核销"),
    "first_assignments": ("Assignment to the arms of a play", "玩法分组"),
    "programme_members": ("Assignment to the arms of the programme", "整体分组"),
    "assigned_to_arms": ("Everybody in an arm", "各组会员"),
    "bought": ("What each person paid, before and after", "会员分组前后的支付"),
    "arm_members": ("What each person of an arm came to", "各组会员结果"),
    "member_costs": ("What each person cost", "会员成本"),
    "arms": ("Sums of the arms", "分组汇总"),
    "arm_days": ("Arms from day to day", "分组每日汇总"),
    "days": ("Day by day", "每日走势"),
}
"""Names of the queries whose text is shown, and what they count."""
