"""What a rule came to, in words and for the manifest."""

from __future__ import annotations

from campaign_calendars.findings.problem import Location, Problem, Severity
from campaign_calendars.findings.said import Said
from warehouse.models.catalogue import Expectation, Model, Outcome
from warehouse.shelf.manifest import RuleResult
from warehouse.sources.two_readings import AMOUNTS

COPY = "_copy"
"""The column that numbers rows of one key; a rule about it names duplicates, not mistakes."""
_UNREAD = "_unread"
_DATES: Said = (
    'write how these dates are written as `format` of {name} in a column map ("%d/%m/%Y", or excel for 46089.5)',
    '请在列映射中为 {name} 写明 format，即日期的写法（如 "%d/%m/%Y"；46089.5 这样的数写 excel）',
)
_AMOUNTS: Said = (
    "where a comma stands before the decimals (19,99), write decimal: ',' for {name} in a column map",
    "若逗号是小数点（19,99），请在列映射中为 {name} 写 decimal: ','",
)
_KEPT: Said = (
    "the rows are kept; what cannot be read in them counts as empty",
    "这些行予以保留；其中无法识别的内容按空值处理",
)


def result_of(model: Model, outcome: Outcome, finding: list[Problem]) -> RuleResult:
    """For the manifest; `finding` is what was said about it."""
    rule = outcome.rule
    stopped = any(problem.severity == "error" for problem in finding)
    return RuleResult(
        model.dataset, rule.rule, rule.severity, rule.rows, outcome.total, outcome.failing, stopped=stopped
    )


def finding_of(model: Model, outcome: Outcome, examples: tuple[str, ...] = ()) -> list[Problem]:
    """For people: nothing where every row keeps the rule."""
    rule = outcome.rule
    stops = rule.severity == "stop" and outcome.beyond_tolerance
    tolerated = rule.rows == "keep" and not outcome.beyond_tolerance
    if not outcome.failing:
        return []
    severity: Severity = "error" if stops else "info" if rule.severity == "info" or tolerated else "warning"
    code = {"error": "S110", "warning": "S111", "info": "S112"}[severity]
    share = f"{outcome.failing:,} of {outcome.total:,} rows" if rule.expect != "row_count" else ""
    share_zh = f"{outcome.total:,} 行中有 {outcome.failing:,} 行" if rule.expect != "row_count" else ""
    says = f"{model.dataset}: {rule.says.get('en')}" + (f" ({share}, rule {rule.rule})" if share else "")
    says_zh = f"{model.dataset}：{rule.says.get('zh')}" + (f"（{share_zh}，规则 {rule.rule}）" if share else "")
    hint, hint_zh = _remedy(rule, stops)
    return [Problem(code, severity, says, hint, Location(f"sources.{model.dataset}"), says_zh, hint_zh, examples)]


def _remedy(rule: Expectation, stops: bool) -> tuple[str, str]:
    own, own_zh = _own(rule)
    if stops and rule.expect == "row_count":
        return "mend the source and refresh again; nothing was published", "请修正数据源后重新刷新；没有发布任何数据"
    if stops:
        share, setting = f"{rule.tolerance / 100:g}%", f"tolerances.{rule.rule}"
        return (
            f"{own or 'mend the source'}; at most {share} is tolerated (see {setting}): nothing was published",
            f"{own_zh or '请修正数据源'}；最多容许 {share}（见 {setting}），没有发布任何数据",
        )
    if rule.rows == "reject":
        table = "duplicates" if rule.column == COPY else "quarantine"
        place, place_zh = f"the rows are in the table {table} of the snapshot", f"这些行在快照的 {table} 表中"
        return (f"{own}; {place}", f"{own_zh}；{place_zh}") if own else (place, place_zh)
    if rule.remedy is not None:
        return own, own_zh
    if rule.expect == "row_count":
        return "", ""
    return (f"{own}; {_KEPT[0]}", f"{own_zh}；{_KEPT[1]}") if own else _KEPT


def _own(rule: Expectation) -> Said:
    """What the rule says to do, else what helps where cells of such a column cannot be read; empty without either."""
    if rule.remedy is not None:
        return rule.remedy.get("en"), rule.remedy.get("zh")
    name = rule.column.removeprefix("_").removesuffix(_UNREAD)
    if not rule.column.endswith(_UNREAD):
        return "", ""
    dated = name.endswith(("_at", "_on")) or name in {"at", "until"}
    en, zh = _DATES if dated else _AMOUNTS if name in AMOUNTS else ("", "")
    return en.format(name=name), zh.format(name=name)
