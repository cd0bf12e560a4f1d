"""Chinese of the help of what is measured: measure."""

from __future__ import annotations

MEASURING: dict[str, str] = {
    "CSV, workbook or Parquet: member_id, arm, assigned_at; bought, orders, revenue, cost if it has them.": (
        "CSV、表格或 Parquet：member_id、arm、assigned_at；如有则含 bought、orders、revenue、cost。"
    ),
    "Share an arm was drawn with, such as treated=90%; once for each arm.": (
        "某组抽取时的比例，如 treated=90%；每组写一次。"
    ),
    "The arm the others are compared with; default: the one called control or 对照组.": (
        "对照组的名称；默认取名为 control 或 对照组 的组。"
    ),
    "Moment at which all were assigned, where the file does not say.": "文件未写时，全体的分组时间。",
    "When it ends; before that the intervals are wider, and may be read daily.": (
        "实验结束时间；此前区间较宽，可每天查看。"
    ),
    "Time zone of moments without offset, such as Asia/Shanghai.": "未写时差的时间所属时区，如 Asia/Shanghai。",
    "Share of sales that is left before benefits, such as 40%.": "扣除权益前的毛利率，如 40%。",
    "Currency of amounts, where the file names none.": "文件未写时，金额的币种。",
    "Measure an experiment that ran in another tool: arms from a file, the same figures and verdicts as a calendar.": (
        "衡量在其他工具中进行的实验：从文件读取分组，指标与结论规则同日历一致。"
    ),
}
