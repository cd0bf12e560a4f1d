"""Figures to reach: metrics there are, that have one value for a phase."""

from __future__ import annotations

from collections.abc import Iterator

from campaign_calendars.checks.registry import View, found, rule
from campaign_calendars.findings.finding import Finding, suggestion
from campaign_calendars.measuring.metrics.catalogue import TARGETS, is_target, metric_ids, target_metric


@rule("C344", "error")
def targets_are_metrics(view: View) -> Iterator[Finding]:
    """A target names a metric that there is not, or one that has no single figure for a phase.

    Targets name metrics of the catalogue, which `promocal metrics` lists; the report puts what they came to beside
    them (A7). Metrics of several rows (members by tier, pairs of articles) and those that are told of days or of
    the whole calendar alone cannot be aimed at by a phase.

    Fails:
        phases:
          - {id: burst, kind: burst, window: {from: D-3, to: D}, targets: {repeat_rte: 12%, tier_counts: 100}}
    Passes:
        phases:
          - {id: burst, kind: burst, window: {from: D-3, to: D}, targets: {repeat_rate: 12%, new_customers: 100}}

    中文：目标引用了不存在的指标，或该指标对一个阶段没有单一数值。
    目标须为指标目录中的指标，promocal metrics 可列出；报告会将实际值与目标并列（A7）。
    有多行的指标（等级人数分布、关联商品）以及只能按日或按整个日历计算的指标，不能作为阶段目标。
    """
    for number, phase in enumerate(view.calendar.phases):
        for name in phase.targets:
            path = ("phases", number, "targets", name)
            if name not in TARGETS and name not in metric_ids():
                yield found(
                    path,
                    (f"there is no metric '{name}'", f"没有指标 {name}"),
                    suggestion(name, metric_ids()),
                    on="key",
                )
            elif not is_target(target_metric(name)):
                yield found(
                    path,
                    (f"{name} has no single figure for a phase", f"{name} 对一个阶段没有单一数值"),
                    (
                        f"`promocal metrics {name}` says by what it is told.",
                        f"promocal metrics {name} 可查看其拆分方式。",
                    ),
                    on="key",
                )
