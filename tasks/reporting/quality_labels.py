"""The words of the data quality page in English and Chinese."""

from __future__ import annotations

LABELS: dict[str, tuple[str, str]] = {
    "title": ("Data quality", "数据质量报告"),
    "as_of": ("as of", "截至"),
    "built": ("built", "构建方式"),
    "full": ("in full", "全量"),
    "incremental": ("incrementally", "增量"),
    "rows_in": ("Rows in", "读入"),
    "accepted": ("Accepted", "通过"),
    "quarantined": ("Quarantined", "隔离"),
    "duplicates": ("Duplicates", "重复"),
    "findings": ("Findings", "发现的问题"),
    "no_findings": ("Nothing was found.", "未发现问题。"),
    "accounts": ("Account of every dataset", "各数据集收支"),
    "accounts_note": (
        "Rows in = accepted + quarantined + duplicates. The line shows accepted rows of the kept snapshots.",
        "读入 = 通过 + 隔离 + 重复。折线为保留快照的通过行数。",
    ),
    "dataset": ("Dataset", "数据集"),
    "trend": ("Trend", "趋势"),
    "rules": ("Rules", "校验规则"),
    "rules_note": (
        "Rows judged in this refresh. Rows that fail what must hold are kept out; too many, and nothing is published.",
        "本次刷新所校验的行。不符合“须通过”规则的行不予采用；超出容许比例则不发布。",
    ),
    "rule": ("Rule", "规则"),
    "severity": ("Severity", "级别"),
    "passing": ("Passing", "通过"),
    "failing": ("Failing", "未通过"),
    "passed": ("rules without a failing row", "条规则全部通过"),
    "refused": ("Quarantine by rule", "按规则统计的隔离行"),
    "refused_note": (
        "Amounts, moments and words of many rows are shown, all else is masked; the table quarantine has them whole.",
        "仅显示金额、时间与多行共有的词，其余一律遮蔽；原始行在 quarantine 表中。",
    ),
    "examples": ("Examples", "示例"),
    "nothing_refused": ("No row is in the quarantine.", "没有隔离行。"),
    "drift": ("Drift against the last snapshots", "与近期快照的偏移"),
    "drift_note": (
        "Volume against the median of the last snapshots, empty cells and spread against the last one.",
        "行数与近期快照中位数比较；空值与分布与上一快照比较。",
    ),
    "no_drift": ("There is nothing to compare with yet.", "暂无可比较的快照。"),
    "column": ("Column", "列"),
    "before": ("Before", "此前"),
    "now": ("Now", "现在"),
    "change": ("Change", "变化"),
    "volume": ("rows", "行数"),
    "nulls": ("empty cells", "空值"),
    "distribution": ("spread (PSI)", "分布（PSI）"),
    "profile": ("Profile", "数据概况"),
    "profile_note": (
        "Accepted rows. Distinct values are an estimate; words are named that ten rows or more have; moments are UTC.",
        "通过的行。不同值为估计数；仅列出至少十行共有的词；时间为 UTC。",
    ),
    "distinct": ("Distinct, about", "不同值（约）"),
    "range": ("Range", "范围"),
    "values": ("Values", "取值"),
    "empty": ("Empty", "空值"),
    "personal": ("personal data", "个人信息"),
    "rows": ("rows", "行"),
    "row_count": ("Rows", "行数"),
    "stop": ("must hold", "须通过"),
    "warn": ("warning", "警告"),
    "info": ("remark", "提示"),
    "inputs": ("Inputs", "输入"),
    "place": ("Place", "位置"),
    "encoding": ("Encoding", "编码"),
    "size": ("Bytes", "字节"),
}


def words(lang: str) -> dict[str, str]:
    """All words of one language, `en` or `zh`."""
    column = 1 if lang == "zh" else 0
    return {key: pair[column] for key, pair in LABELS.items()}
