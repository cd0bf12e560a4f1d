"""Chinese of the help of what is measured and asked: measure, metrics, sql."""

from __future__ import annotations

MEASURING: dict[str, str] = {
    "Show it beside another calendar's replay, or ran: what it really did (ran:OTHER: another).": (
        "与另一日历的回放并排；ran 为该日历的实际运行（ran:OTHER 为另一日历的实际运行）。"
    ),
    "Show it beside itself with another figure, e.g. plan=first_come; repeatable.": (
        "与改动数值后的自身并排，如 plan=first_come；可重复。"
    ),
    "Let the members of a generated store respond; every figure is simulated.": (
        "让生成店铺的会员作出反应；所有数字均为模拟。"
    ),
    "Write the comparison: .html, .xlsx or .md.": "写出对比：.html、.xlsx 或 .md。",
    "text and json print; xlsx and md write the comparison.": "text 与 json 输出到屏幕；xlsx 与 md 写出对比。",
    "Show the members between two dates: scale, value, activity, points, moves, goods; a year before beside it.": (
        "查看两个日期之间的会员：规模、价值、活跃、积分、迁移、商品，并列出去年同期。"
    ),
    "Where to write it; ends with .html, .xlsx or .md.": "写入的文件，以 .html、.xlsx 或 .md 结尾。",
    "A metric to explain, or a calendar; default: list all.": "要查看说明的指标，或日历；缺省列出全部指标。",
    "Metric to compute; once for each. Default: those of the usual board.": (
        "要计算的指标，每个写一次；缺省为常用看板的指标。"
    ),
    "By what the figures are told apart.": "按什么拆分。",
    "First moment of the window; default: that of the calendar.": "窗口的开始时间；缺省为日历的开始。",
    "End of the window, no longer in it; default: that of the calendar.": "窗口的结束时间（不含）；缺省为日历的结束。",
    "Who is a member: 1.0 bought before, 2.0 joined, 3.0 joined and behaves so.": (
        "会员口径：1.0 购买过，2.0 已入会，3.0 已入会且近一年有行为。"
    ),
    "Who joined before it is an old member; default: the calendar's first moment.": (
        "在此之前入会的为老会员；缺省为日历的开始。"
    ),
    "Pairs of articles of fewer orders are not shown.": "订单数更少的商品组合不展示。",
    "Amount below which an order is none, such as 1.00.": "低于该金额的不算订单，如 1.00。",
    "Where to write it; ends with .xlsx, .md or .parquet.": "写入的文件，以 .xlsx、.md 或 .parquet 结尾。",
    "List the metrics, explain one (promocal metrics repeat_rate), or compute them (promocal metrics CALENDAR).": (
        "列出指标、查看一个指标的说明（promocal metrics repeat_rate），或计算日历的指标（promocal metrics 日历）。"
    ),
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
    "Column with the regions that were drawn as a whole, or member; default: a column region, if any.": (
        "按区域整体抽取时的区域列名，或 member（按会员）；默认：名为 region（区域）的列（如有）。"
    ),
    "What stands before the decimals of amounts: . or , (1.234,50).": "金额的小数点写法：. 或 ,（1.234,50）。",
    "Measure an experiment that ran in another tool: arms from a file, the same figures and verdicts as a calendar.": (
        "衡量在其他工具中进行的实验：从文件读取分组，指标与结论规则同日历一致。"
    ),
    "A select in quotes; - for standard input. With --tables the name of a table.": (
        "加引号的 select；- 表示从标准输入读取。与 --tables 合用时为表名。"
    ),
    "File with the select.": "写有 select 的文件。",
    "Show the tables, or the columns of one, with what they mean.": "显示所有表，或某张表的列及其含义。",
    "Only what this calendar decided, sent and measured; features as it sees them.": (
        "只看该日历的决策、发送与统计；features 以它的口径计算。"
    ),
    "Moment of features (default: the snapshot's), and of what is measured (default: now).": (
        "features 的时间（默认取快照时间），以及统计的时间（默认现在）。"
    ),
    "Time zone of moments; default: that of the calendar.": "时间所用的时区；默认取日历的时区。",
    "Write all rows: .csv, .json, .md, .parquet or .xlsx.": "写出全部行：.csv、.json、.md、.parquet 或 .xlsx。",
    "text, csv, json and md print; a file's ending says what is written.": (
        "text、csv、json、md 输出到屏幕；写文件时以后缀为准。"
    ),
    "Rows that text shows, at most; 0: all.": "text 最多显示的行数；0 为全部。",
    "How long it may take, such as 30s or 10m.": "最长用时，如 30s 或 10m。",
    "Show personal data as they are; needs --by, kept in the audit log.": (
        "显示未脱敏的个人信息；须写 --by，并记入审计日志。"
    ),
    "Who sees them.": "由谁查看。",
    "Ask the published tables, decisions, outbox and arms in SQL; read-only, members stand under pseudonyms.": (
        "用 SQL 查询已发布的数据表、决策、发件箱与分组；只读，会员以匿名编号显示。"
    ),
}
