"""What the columns of a sheet mean, under the headings that promocal itself writes, in English and Chinese."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from campaign_calendars.findings.said import Said

Form = Literal["id", "text", "amount", "figure", "day", "moment", "whole", "choice", "names"]
"""How cells of a column are read; `names` are several, with commas between."""
KindName = Literal["prices", "lists", "items", "targets", "duties", "peers"]
_IN_BRACKETS = re.compile(r"[(（\[【].*$")
_BLANKS = re.compile(r"[\s_\-]+")
_NOTES = frozenset({"note", "notes", "remark", "remarks", "comment", "备注", "说明"})
"""Columns of a person's own, in any sheet."""
FIRST: Mapping[str, tuple[str, ...]] = {"favourite_category": ("favourite category", "常买类目")}
YES: Mapping[str, tuple[str, ...]] = {"true": ("yes", "y", "是", "计入"), "false": ("no", "n", "否", "不计入")}
STAGES: Mapping[str, tuple[str, ...]] = {"presale": ("预售",), "in_stock": ("in stock", "现货")}
LEVELS: Mapping[str, tuple[str, ...]] = {"must": ("必做",), "focus": ("重点关注",)}
IF_OPEN: Mapping[str, tuple[str, ...]] = {"hold": ("等待",), "warn": ("提醒",)}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the key it fills, its heading, other headings it goes by, what to write, a cell to copy."""

    key: str
    head: Said
    means: Said
    example: str
    form: Form = "text"
    also: tuple[str, ...] = ()
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    required: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of sheet: its columns, and headings of our own exports that say nothing a calendar takes."""

    name: KindName
    title: Said
    written: str
    """How a calendar names such a sheet."""
    columns: tuple[Column, ...]
    passed: frozenset[str] = frozenset()

    def column_of(self, heading: str) -> Column | None:
        """The column that goes by a heading; None: none does."""
        asked = normal(heading)
        return next((one for one in self.columns if asked in {normal(name) for name in (*one.head, *one.also)}), None)

    def is_passed(self, heading: str) -> bool:
        """Whether a heading is known to say nothing here: notes, what an export computes."""
        return normal(heading) in _NOTES or normal(heading) in {normal(name) for name in self.passed}

    @property
    def required(self) -> tuple[Column, ...]:
        return tuple(one for one in self.columns if one.required)


def normal(heading: str) -> str:
    """`Price (yuan)`, `price`, ` PRICE ` are one heading."""
    return _BLANKS.sub("", _IN_BRACKETS.sub("", unicodedata.normalize("NFKC", heading).strip())).casefold()


_PHASE = Column(
    "phase",
    ("phase", "阶段"),
    ("id or title of a phase of the calendar", "日历中阶段的 id 或名称"),
    "burst",
    "id",
    ("phase id", "阶段id"),
)
_ITEM = ("item id", "goods id", "sku", "商品id", "商品编号", "货号", "宝贝id")

PRICES = Kind(
    "prices",
    ("prices", "价格"),
    "prices: {from: prices.xlsx}",
    (
        Column("goods", ("goods", "商品"), ("id of the goods", "商品id"), "sku-1001", "id", _ITEM, required=True),
        Column("title", ("name", "名称"), ("what it is called", "商品名称"), "Tea 100 g", also=("title", "商品名称")),
        Column(
            "phase",
            ("phase", "阶段"),
            ("of a planned price: the phase from whose start it is asked", "计划价：从哪个阶段开始执行"),
            "burst",
            "id",
            ("phase id", "阶段id"),
        ),
        Column(
            "on",
            ("on", "日期"),
            ("of a past price: its day", "历史价：当日日期"),
            "2026-02-20",
            "day",
            ("day", "date"),
        ),
        Column("list", ("list price", "一口价"), ("list price", "一口价"), "199.00", "amount", ("list", "标价")),
        Column(
            "after_coupon",
            ("after coupons", "券后价"),
            ("price after coupons", "用券后的价格"),
            "169.00",
            "amount",
            ("after coupon", "到手价"),
        ),
        Column(
            "through",
            ("through", "方式"),
            ("of a past price: kind of benefit it was had through", "历史价：通过哪种权益取得（kind）"),
            "store_coupon",
            "id",
        ),
        Column(
            "counts",
            ("counts as lowest price", "计入最低价"),
            ("of a past price: yes or no; empty: by the kind", "历史价：是或否；空则按权益类型"),
            "yes",
            "choice",
            ("counts",),
            YES,
        ),
    ),
    frozenset({"from", "自"}),
)

_GOODS = (
    Column("rank", ("rank", "序号"), ("place in the list", "清单内顺序"), "1", "whole"),
    Column(
        "item",
        ("item id", "商品id"),
        ("id of the item", "商品id"),
        "620000000001",
        "id",
        ("goods id", "sku", "商品编号", "货号", "宝贝id"),
        required=True,
    ),
    Column(
        "title",
        ("item", "商品"),
        ("what it is called", "商品名称"),
        "Tea 100 g",
        also=("item name", "商品名称"),
        required=True,
    ),
    Column(
        "link",
        ("link", "链接"),
        ("page of the item", "商品页"),
        "https://example.com/1",
        also=("url", "商品链接"),
        required=True,
    ),
    Column("price", ("price", "价格"), ("what everybody pays", "普通价"), "199.00", "amount"),
    Column("member_price", ("member price", "会员价"), ("what members pay", "会员价"), "179.00", "amount"),
    Column("stage", ("stage", "阶段"), ("presale or in stock", "预售或现货"), "in stock", "choice", (), STAGES),
    Column("until", ("until", "截至"), ("last day it is sold", "最后销售日"), "2026-03-08", "day"),
    Column("category", ("category", "类目"), ("category, as order lines write it", "类目，与订单写法一致"), "tea"),
)

LISTS = Kind(
    "lists",
    ("goods lists", "清单"),
    "lists: {from: goods.xlsx}",
    (
        Column(
            "list",
            ("list", "清单"),
            ("id of the list", "清单id"),
            "best-sellers",
            "id",
            ("list id", "清单id"),
            required=True,
        ),
        Column("name", ("name", "名称"), ("title of the list", "清单名称"), "Best sellers"),
        Column(
            "list_stage",
            ("list stage", "清单阶段"),
            ("stage that all goods of the list have; may be empty", "清单全部商品所属：预售或现货；可不填"),
            "presale",
            "choice",
            choices=STAGES,
        ),
        Column(
            "by",
            ("goods first", "优先展示"),
            ("favourite category, or empty: as written", "常买类目；空则按清单顺序"),
            "favourite category",
            "choice",
            ("by",),
            FIRST,
        ),
        *_GOODS,
    ),
)

ITEMS = Kind(
    "items",
    ("goods of a list", "清单商品"),
    "lists: {best-sellers: {title: …, items: {from: goods.xlsx}}}",
    (
        Column(
            "list",
            ("list", "清单"),
            ("id of the list; empty: this one", "清单id；空则为本清单"),
            "best-sellers",
            "id",
            ("list id", "清单id"),
        ),
        *_GOODS,
    ),
    frozenset({"name", "名称", "list stage", "清单阶段", "goods first", "优先展示"}),
)

TARGETS = Kind(
    "targets",
    ("targets", "目标"),
    "targets: {from: targets.xlsx}",
    (
        _PHASE,
        Column(
            "metric", ("metric", "指标"), ("id or title of a metric", "指标 id 或名称"), "reach", "id", required=True
        ),
        Column(
            "figure",
            ("target", "目标"),
            ("figure or share to reach", "目标值：数值或比例"),
            "6%",
            "figure",
            ("figure", "目标值"),
            required=True,
        ),
    ),
    frozenset({"name", "名称", "actual", "实际"}),
)

DUTIES = Kind(
    "duties",
    ("duties", "任务"),
    "duties: {from: duties.xlsx}",
    (
        _PHASE,
        Column("id", ("duty", "编号"), ("its id", "任务id"), "module-on-top", "id", ("id", "事项", "任务编号")),
        Column(
            "text",
            ("what", "任务"),
            ("what is to be done", "要做什么"),
            "Put the member module on top",
            also=("text", "事项内容"),
            required=True,
        ),
        Column("owner", ("owner", "负责人"), ("who has to do it", "由谁完成"), "Li Lei"),
        Column("due", ("due", "止"), ("when it must be done", "何时完成"), "2026-03-01 18:00", "moment", ("截止",)),
        Column(
            "takes", ("working days", "工作日"), ("working days it takes", "需要几个工作日"), "2", "whole", ("takes",)
        ),
        Column(
            "after", ("after", "依赖"), ("duties to be done before it", "之前须完成的任务"), "copy-approved", "names"
        ),
        Column(
            "if_open",
            ("while open", "未完成时"),
            ("hold or warn", "等待或提醒"),
            "hold",
            "choice",
            ("if open", "if_open"),
            IF_OPEN,
        ),
        Column("level", ("level", "级别"), ("must or focus", "必做或重点关注"), "must", "choice", (), LEVELS),
    ),
    frozenset(
        {
            "begin",
            "起",
            "needed by",
            "阻塞",
            "state",
            "状态",
            "done by",
            "完成人",
            "done at",
            "完成",
            "done",
            "完成时间",
        }
    ),
)

PEERS = Kind(
    "peers",
    ("figures of peers", "同行数值"),
    "peers: {from: peers.xlsx}",
    (
        Column(
            "metric",
            ("metric", "指标"),
            ("id or title of a metric", "指标 id 或名称"),
            "repeat_rate",
            "id",
            required=True,
        ),
        Column(
            "figure",
            ("figure", "数值"),
            ("what it is there: a share or a figure", "对方的数值：比例或数字"),
            "30%",
            "figure",
            ("value", "同行数值", "数据"),
            required=True,
        ),
        Column(
            "source",
            ("source", "来源"),
            ("who says so: peers, the platform, a study", "由谁给出：同行均值、平台、报告"),
            "同行均值",
            also=("by", "数据来源"),
            required=True,
        ),
        Column(
            "on",
            ("on", "日期"),
            ("day of the figure; empty: it always was so", "数值所属日期；空则一直如此"),
            "2026-02-28",
            "day",
            ("day", "date", "at", "统计日期", "数据日期"),
        ),
    ),
    frozenset({"name", "名称"}),
)

KINDS_OF_SHEETS: Mapping[str, Kind] = {one.name: one for one in (PRICES, LISTS, ITEMS, TARGETS, DUTIES, PEERS)}
