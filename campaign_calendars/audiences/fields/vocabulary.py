"""The names an audience expression may use: the fields of `field_catalogue` and the functions.

Money is compared in currency units (`spend_90d >= 199.00`) and stored in cents. A field that may
be empty (`nullable`) makes a comparison unknown, and unknown members are not in the audience.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from campaign_calendars.audiences.fields.catalogue import DAY_PARTS, FIELDS, LIFECYCLES, Field, FieldType
from campaign_calendars.values.scalars import Text

__all__ = ["DAY_PARTS", "FIELDS", "FUNCTIONS", "LIFECYCLES", "MOST_ARMS", "Field", "FieldType", "Function"]

MOST_ARMS = 100
"""Parts into which `random_split` may divide the members."""

ArgumentKind = Literal[
    "audience", "tag", "family", "phase", "wave", "play", "benefit", "category", "article", "channel", "name and parts"
]


@dataclass(frozen=True)
class Function:
    """A question about a member with one name as its argument; `names` says which kind of name.

    `gives` is the type of the answer; `nullable` when it may be empty, and is then unknown in comparisons.
    """

    name: str
    names: ArgumentKind
    title: Text
    meaning: Text
    gives: FieldType = "bool"
    nullable: bool = False

    @property
    def description(self) -> str:
        return self.meaning.get("en")

    @property
    def is_split(self) -> bool:
        """Whether a number of parts follows the name."""
        return self.names == "name and parts"

    @property
    def usage(self) -> str:
        """How it is written, with an ellipsis for the name."""
        return f"{self.name}('…', 2)" if self.is_split else f"{self.name}('…')"


@dataclass(frozen=True, slots=True)
class _Line:
    """`title` is Chinese, `en` and `zh` are the meaning."""

    name: str
    names: ArgumentKind
    title: str
    en: str
    zh: str
    gives: FieldType = "bool"
    nullable: bool = False

    def function(self) -> Function:
        title = Text(zh=self.title, en=self.name.replace("_", " "))
        return Function(self.name, self.names, title, Text(en=self.en, zh=self.zh), self.gives, self.nullable)


_SETS = (
    _Line(
        "audience",
        "audience",
        "在人群中",
        "Is in another audience of the calendar, or in one of the store: audience('store/vip'). Never unknown: for whom"
        " its rule is unknown is not in it, so `not audience('…')` takes them in (A5).",
        "属于本日历的另一人群，或店铺的人群：audience('store/vip')。结果不会未知：规则未知的会员不在该人群中，"
        "因此 not audience('…') 会包含他们（A5）。",
    ),
    _Line(
        "random_split",
        "name and parts",
        "随机分组",
        "The part, 1 to n, into which a hash of the name and the member draws them, for tests of texts: the same in"
        " every run and calendar, another draw for another name, independent of every hold-out (A4).",
        "按名称与会员的哈希随机分到的组，1 到 n，用于文案测试：每次运行、每个日历都相同，"
        "换名称即重新抽取，与对照组相互独立（A4）。",
        "int",
    ),
)

_TAGS = (
    _Line(
        "has_tag", "tag", "有标签", "Carries the tag at the moment of the run (A1#20).", "运行时带有该标签（A1#20）。"
    ),
    _Line(
        "has_tag_family",
        "family",
        "有该类标签",
        "Carries any tag of the family at the moment of the run (A1#17).",
        "运行时带有该类的任一标签（A1#17）。",
    ),
    _Line(
        "tag_value",
        "tag",
        "标签值",
        "Value of the tag as a text: of those carried at the moment of the run, the one given last (A1#20).",
        "标签的值（文本）：运行时带有的标签中最近一次的值（A1#20）。",
        "text",
        nullable=True,
    ),
    _Line(
        "tag_number",
        "tag",
        "标签数值",
        "The same value as a number with two decimals; empty when it is none (A1#20).",
        "同上，作为两位小数的数值；不是数值时为空（A1#20）。",
        "decimal",
        nullable=True,
    ),
)

_GOODS = (
    _Line(
        "bought_category",
        "category",
        "买过类目",
        "Ever paid an order with an article of the category, before the run; one given back in full is none (A1#17).",
        "运行前有已付订单含该类目商品，全额退款的不算（A1#17）。",
    ),
    _Line(
        "bought_article",
        "article",
        "买过商品",
        "Ever paid an order with the article of this number, before the run; one given back in full is none (A5).",
        "运行前有已付订单含该货号商品，全额退款的不算（A5）。",
    ),
    _Line(
        "recency_of_category",
        "category",
        "距上次购买类目天数",
        "Completed days of 24 hours since the last such order with the category (A5).",
        "距最近一次购买该类目满 24 小时的天数（A5）。",
        "int",
        nullable=True,
    ),
    _Line(
        "recency_of_article",
        "article",
        "距上次购买商品天数",
        "Completed days of 24 hours since the last such order with the article (A5).",
        "距最近一次购买该货号商品满 24 小时的天数（A5）。",
        "int",
        nullable=True,
    ),
    _Line(
        "bought_in_phase",
        "phase",
        "在阶段内购买",
        "Paid an order inside the window of the phase, before the run; one given back in full is none (A5).",
        "运行前在该阶段时间内有已付订单，全额退款的不算（A5）。",
    ),
    _Line(
        "bought_in_wave",
        "wave",
        "在波段内购买",
        "Paid an order inside the window of the wave, before the run; one given back in full is none (A10).",
        "运行前在该波段时间内有已付订单，全额退款的不算（A10）。",
    ),
    _Line(
        "deposit_paid_in_phase",
        "phase",
        "在阶段内付定金",
        "Paid the deposit of an order inside the window of the phase, before the run, whatever became of it (A10).",
        "运行前在该阶段时间内付过定金，不论结果（A10）。",
    ),
)

_DEEDS = (
    _Line(
        "consented",
        "channel",
        "同意该渠道",
        "Consent for the channel stands at the moment of the run: given, and not withdrawn since (B7).",
        "运行时对该渠道的同意有效：已给出且未撤回（B7）。",
    ),
    _Line(
        "contacted_by",
        "play",
        "被玩法触达",
        "Got a message of the play: of this calendar since its campaign began; of another at any time,"
        " contacted_by('autumn/recall'); of any calendar, contacted_by('*/recall').",
        "收到过该玩法的消息：本日历自活动开始起；其他日历不限时间，contacted_by('autumn/recall')；"
        "任一日历，contacted_by('*/recall')。",
    ),
    _Line(
        "granted",
        "benefit",
        "获得过权益",
        "Got the benefit with a message: of this calendar since its campaign began; of another at any time,"
        " granted('autumn/coupon'); of any calendar, granted('*/coupon') (A3).",
        "随消息获得过该权益：本日历自活动开始起；其他日历不限时间，granted('autumn/coupon')；任一日历，granted('*/coupon')（A3）。",
    ),
    _Line(
        "redeemed",
        "benefit",
        "已核销权益",
        "Used the benefit: of this calendar since its campaign began, also where the source names no calendar; of"
        " another at any time, redeemed('autumn/coupon'); of any calendar, redeemed('*/coupon').",
        "使用过该权益：本日历自活动开始起，来源未写明日历的也算；其他日历不限时间，redeemed('autumn/coupon')；"
        "任一日历，redeemed('*/coupon')。",
    ),
)
FUNCTIONS: dict[str, Function] = {line.name: line.function() for line in (*_SETS, *_TAGS, *_GOODS, *_DEEDS)}
