"""Figures to reach: metrics there are, that have one value for a phase, a wave or the calendar."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from campaign_calendars.checks.registry import View, found, rule
from campaign_calendars.findings.finding import Finding, suggestion
from campaign_calendars.findings.said import Said
from campaign_calendars.measuring.metrics.catalogue import TARGETS, is_target, metric, metric_ids, target_metric
from campaign_calendars.measuring.metrics.metric import Grain


@rule("C344", "error")
def targets_are_metrics(view: View) -> Iterator[Finding]:
    """A target names a metric that there is not, or one that has no single figure for its phase, wave or calendar.

    Targets name metrics of the catalogue, which `promocal metrics` lists; the report puts what they came to beside
    them (A7). Metrics of several rows (members by tier, pairs of articles) cannot be aimed at, and those that are told
    of days or of the whole calendar alone not by a phase or a wave.

    Fails:
        phases:
          - {id: burst, kind: burst, window: {from: D-3, to: D}, targets: {repeat_rte: 12%, tier_counts: 100}}
    Passes:
        phases:
          - {id: burst, kind: burst, window: {from: D-3, to: D}, targets: {repeat_rate: 12%, new_customers: 100}}

    中文：目标引用了不存在的指标，或该指标对阶段、波次或日历没有单一数值。
    目标须为指标目录中的指标，promocal metrics 可列出；报告会将实际值与目标并列（A7）。
    有多行的指标（等级人数分布、关联商品）不能作为目标；只能按日或按整个日历计算的指标不能作为阶段或波次的目标。
    """
    for path, of, names in _written(view):
        for name in names:
            if name not in TARGETS and name not in metric_ids():
                yield found(
                    (*path, name),
                    (f"there is no metric '{name}'", f"没有指标 {name}"),
                    suggestion(name, metric_ids()),
                    on="key",
                )
            elif not is_target(target_metric(name), of):
                english, chinese = _OF[of]
                yield found(
                    (*path, name),
                    (f"{name} has no single figure for {english}", f"{name} 对{chinese}没有单一数值"),
                    (
                        f"`promocal metrics {name}` says by what it is told.",
                        f"promocal metrics {name} 可查看其拆分方式。",
                    ),
                    on="key",
                )


_OF: Mapping[Grain, Said] = {
    "calendar": ("the calendar", "整个日历"),
    "wave": ("a wave", "一个波次"),
    "phase": ("a phase", "一个阶段"),
}


def _written(view: View) -> Iterator[tuple[tuple[str | int, ...], Grain, Iterable[str]]]:
    """Place of some targets, what they are of, and the metrics they name."""
    calendar = view.calendar
    yield ("targets",), "calendar", calendar.targets
    for number, wave in enumerate(calendar.waves):
        yield ("waves", number, "targets"), "wave", wave.targets
    for number, phase in enumerate(calendar.phases):
        yield ("phases", number, "targets"), "phase", phase.targets


@rule("C345", "error")
def peers_are_of_metrics(view: View) -> Iterator[Finding]:
    """A figure of peers names a metric that there is not or that has no single figure, stands twice, or is no share.

    Figures of others stand beside ours in `promocal metrics`, the dashboard and the report, by metric and source (A7).
    Of several with one source the latest day counts, so that two of one day contradict each other. What a metric
    counts as a share is written as one: 30% or 0.3, not 30.

    Fails:
        peers:
          - {metric: repeat_rte, figure: 30%, source: peers}
          - {metric: member_share, figure: 35, source: peers}
        phases: [{id: burst, kind: burst, window: {from: D-3, to: D}}]
    Passes:
        peers:
          - {metric: repeat_rate, figure: 30%, source: peers}
          - {metric: member_share, figure: 35%, source: peers, on: 2026-02-28}
        phases: [{id: burst, kind: burst, window: {from: D-3, to: D}}]

    中文：同行数值引用了不存在的指标或没有单一数值的指标、重复出现，或应为比例而不是。
    他方数值按指标与来源显示在 promocal metrics、看板与报告中自己的数字旁（A7）。同一来源有多条时以最近日期为准，
    同日两条即相互矛盾。以比例计的指标须写成比例：30% 或 0.3，而不是 30。
    """
    seen: set[tuple[str, str, object]] = set()
    for number, one in enumerate(view.calendar.peers):
        path = ("peers", number)
        if one.metric not in metric_ids():
            said = (f"there is no metric '{one.metric}'", f"没有指标 {one.metric}")
            yield found((*path, "metric"), said, suggestion(one.metric, metric_ids()))
            continue
        its = metric(one.metric)
        if its.split:
            yield found(
                (*path, "metric"),
                (f"{one.metric} has several rows and no single figure", f"{one.metric} 有多行，没有单一数值"),
                ("Name a metric of one figure.", "请换成只有一个数值的指标。"),
            )
        elif its.unit == "share" and one.figure > 1 and one.metric not in _BEYOND_ONE:
            said = (f"{one.metric} is a share, and {one.figure:g} is {one.figure:.0%}",
                    f"{one.metric} 是比例，{one.figure:g} 即 {one.figure:.0%}")  # fmt: skip
            yield found((*path, "figure"), said, (f"Write {one.figure:g}%.", f"请写 {one.figure:g}%。"))
        key = (one.metric, one.source, one.on)
        if key in seen:
            yield found(
                path,
                (f"{one.metric} of {one.source} stands here twice", f"{one.source} 的 {one.metric} 重复出现"),
                ("Keep one of them, or give each its day with `on`.", "请只保留一条，或用 on 写明各自的日期。"),
            )
        seen.add(key)


_BEYOND_ONE = frozenset(
    {"points_use_rate", "coupon_use_rate_of_claims", "cost_rate", "points_cost_rate", "joins_per_invitation"}
)
"""Shares of something that is no whole of which they are a part."""
