"""The page of metrics: every metric of the catalogue, what it counts of what, by what it is told, what it needs."""

from __future__ import annotations

from collections.abc import Iterator

from campaign_calendars.findings.said import Said, in_language
from campaign_calendars.measuring.metrics.catalogue import BLOCKS, TARGETS, metric, metric_ids
from campaign_calendars.measuring.metrics.metric import Metric
from campaign_calendars.measuring.metrics.needs import needed

_INTRODUCTION: Said = (
    """\
Every figure here has one definition. `promocal metrics` lists them, `promocal metrics repeat_rate` explains one,
`promocal metrics CALENDAR -m repeat_rate -m gmv --by phase` computes them:

| you want | you type |
|---|---|
| another breakdown | `--by day`, `month`, `phase`, `wave`, `tier`, `channel`, `store`, `play` or `arm` |
| another window | `--from 2026-03-01 --to 2026-03-11`, days or moments; the end is no longer in it |
| what was known then | `--as-of 2026-03-10T12:00` |
| another definition of a member | `--members 1.0`, `2.0` or `3.0` |
| old members from another day on | `--old-since 2026-01-01` |
| tiny orders left out | `--min-order 1.00` |
| a file | `-o figures.xlsx`, `.md` or `.parquet`; `--format json` for programs |

`targets` of a phase, of a wave or of the calendar name any metric that is told by phase, wave or calendar and has one
figure; {aliases}. The report holds what they came to against them, and so do figures by these grains.

## What holds for all

- **Window.** `[start, end)`, days and months of the calendar's time zone. Nothing at or after the moment of
  measuring counts: no payment, refund, joining, event, message, grant or use.
- **Order.** Counts once, when it is paid; a presale order when its balance is. Amounts are net of refunds known by
  then. What was given back in full is no order and makes no buyer; what cost nothing is one.
- **Member** at the moment of the order or behaviour, never after leaving: 1.0 had bought before; 2.0 has joined;
  3.0 has joined, and bought or did something within 365 days before (A1#1, A1#2, A1#3). The store's
  `member_definition` holds unless `--members` says otherwise.
- **Person**, not account: accounts that the snapshot has joined count once, with the orders of all.
- **Distinct persons are never added up**, over days, phases, tiers or channels: they are counted again for the
  wider window. They are marked ≠, what was done ○.
- **Three states.** A value; *empty* where the denominator is 0; *not measurable*, with what it needs. Absent is
  never 0. What looks back needs orders complete from there on: since `history_from` of the store, else since the
  first order.
- **Tier** is the one known at that moment: successful orders within the window of the tiers, refunds as known then.
- **Money** is cents and a ratio two whole numbers, in JSON and Parquet; only what is printed is rounded.
- **A use of a benefit** belongs to the latest grant of the same person and benefit at or before it, once. The
  budget ledger charges the grant that ends first; where a member holds two of one benefit, both may differ.
- **By arm** figures are by assignment: those of a person count in the arm he was drawn into, from then on, whether a
  message reached him or not. Arms differ in size, and a difference may be chance.
- Effects of messages are no metrics: with their intervals they stand in [the report](measuring.md).""",
    """\
每个指标只有一种定义。`promocal metrics` 列出全部指标，`promocal metrics repeat_rate` 查看说明，
`promocal metrics 日历 -m repeat_rate -m gmv --by phase` 计算数值：

| 需要 | 命令 |
|---|---|
| 其他拆分 | `--by day`、`month`、`phase`、`wave`、`tier`、`channel`、`store`、`play`、`arm`；每个指标注明可用的拆分 |
| 其他窗口 | `--from 2026-03-01 --to 2026-03-11`：日期或时间，按日历所在时区，不含结束时刻 |
| 当时已知的数值 | `--as-of 2026-03-10T12:00` |
| 其他会员口径 | `--members 1.0`、`2.0` 或 `3.0` |
| 其他日期起算的老会员 | `--old-since 2026-01-01` |
| 排除小额订单 | `--min-order 1.00` |
| 文件 | `-o figures.xlsx`、`.md` 或 `.parquet`；程序用 `--format json` |

阶段、波次或日历的目标（`targets`）可使用任何能按阶段、波次或日历计算且只有一个数值的指标；{aliases}。
报告与按这些维度计算的指标会与目标比较。

## 通用规则

- **窗口**为 `[开始, 结束)`，日与月按日历时区。统计时刻及之后的付款、退款、入会、行为、消息、
  发放、核销一律不计。
- **订单**在付款时计一次，预售订单在付尾款时计。金额扣除当时已知的退款。全额退款不算订单也不算买家；
  零元订单算订单。
- **会员**以下单或行为当时为准，退会后不再是会员：1.0 为此前购买过；2.0 为已入会；
  3.0 为已入会且此前 365 天内有购买或行为（A1#1、A1#2、A1#3）。缺省用店铺的 `member_definition`，可用 `--members` 更改。
- **按人计**，不按账号：快照已合并的账号只计一人，订单合在一起。
- **去重人数不可相加**：跨日、跨阶段、跨等级、跨渠道须在更大的窗口内重新去重。此类指标标 ≠，
  过程指标标 ○。
- **三种状态**：有数值；*空*，即分母为 0；*不可计算*，并说明缺少什么。缺数据不等于 0。需要回看的指标，
  要求订单自该时起完整：以店铺的 `history_from` 为准，缺省为首单时间。
- **等级**为当时已知的等级：等级周期内交易成功的订单，退款以当时已知为准。
- **金额**以分计，比率保留为两个整数（JSON 与 Parquet），仅在显示时取整。
- **核销**归入同一人同一权益在其之前最近的一次发放，只计一次。预算台账计入最先到期的一次；
  同一会员持有两份相同权益时，两者可能不同。
- **按实验组**（arm）按分组口径：每人自分组起计入抽中的组，无论是否触达。各组人数不同，差异可能只是偶然。
- 触达的效果不是指标：连同区间见[报告](measuring.zh.md)。""",
)
_HEADS: Said = (
    "| metric | what it counts | by | whose | needs | source |",
    "| 指标 | 定义 | 可按 | 范围 | 需要 | 来源 |",
)
_WHOSE: dict[str, Said] = {
    "definition": ("members", "会员（店铺口径）"),
    "joined": ("members 2.0", "会员（2.0）"),
    "none": ("everybody", "全部"),
}


def metrics_page(lang: str) -> str:
    """Every metric, block by block; below each table what fools people."""
    title = in_language(("# Metrics", "# 指标"), lang)
    other = in_language(("[中文](metrics.zh.md)", "[English](metrics.md)"), lang)
    named = [f"`{old}` {in_language(('means', '即'), lang)} `{new}`" for old, new in TARGETS.items()]
    introduction = in_language(_INTRODUCTION, lang).format(aliases=in_language((", ", "，"), lang).join(named))
    parts = [title, other, introduction]
    for block, name in BLOCKS.items():
        found = [metric(one) for one in metric_ids() if metric(one).block == block]
        rows = [in_language(_HEADS, lang), "|---|---|---|---|---|---|", *(_row(one, lang) for one in found)]
        parts += [f"## {in_language(name, lang)}", "\n".join(rows), "\n".join(_notes(found, lang))]
    return "\n\n".join(part for part in parts if part) + "\n"


def _row(found: Metric, lang: str) -> str:
    marks = "○ " if found.layer == "process" else ""
    distinct = " ≠" if found.distinct else ""
    needs = in_language((", ", "、"), lang).join(in_language(needed(need), lang) for need in found.needs)
    split = ""
    if found.split:
        split = in_language(("; rows by ", "；各行按 "), lang) + ", ".join(found.split)
    cells = (
        f"{marks}`{found.id}` {found.title.get(lang)}{distinct}",
        found.formula(lang),
        f"{' '.join(found.grains)}{split}",
        in_language(_WHOSE[found.members], lang),
        needs,
        found.source,
    )
    return f"| {' | '.join(cells)} |"


def _notes(metrics: list[Metric], lang: str) -> Iterator[str]:
    for found in metrics:
        note = found.note.get(lang) if found.note.en else ""
        beside = in_language((", ", "、"), lang).join(f"`{one}`" for one in found.beside)
        beside = in_language((f"Beside it: {beside}.", f"一并查看：{beside}。"), lang) if beside else ""
        if note or beside:
            colon = in_language((": ", "："), lang)
            space = in_language((" ", ""), lang)
            yield f"- `{found.id}`{colon}{space.join(filter(None, (note, beside)))}"
