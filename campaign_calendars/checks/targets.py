"""Figures to reach: metrics there are, that have one value for a phase, a wave or the calendar."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from campaign_calendars.checks.registry import View, found, rule
from campaign_calendars.findings.finding import Finding, suggestion
from campaign_calendars.findings.said import Said
from campaign_calendars.measuring.metrics.catalogue import TARGETS, is_target, metric_ids, target_metric
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
