"""The names an audience expression may use: the fields of `field_catalogue` and the functions.

Money is compared in currency units (`spend_90d >= 199.00`) and stored in cents. A field that may
be empty (`nullable`) makes a comparison unknown, and unknown members are not in the audience.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from campaign_calendars.audiences.fields.catalogue import DAY_PARTS, FIELDS, LIFECYCLES, Field, FieldType
from campaign_calendars.values.scalars import Text

__all__ = ["DAY_PARTS", "FIELDS", "FUNCTIONS", "LIFECYCLES", "Field", "FieldType", "Function"]


ArgumentKind = Literal["tag", "phase", "play", "benefit", "category", "channel"]


@dataclass(frozen=True)
class Function:
    """A question about a member with one name as its argument; `names` says which kind of name."""

    name: str
    names: ArgumentKind
    title: Text
    meaning: Text

    @property
    def description(self) -> str:
        return self.meaning.get("en")


_ALL: tuple[tuple[str, ArgumentKind, str, str, str], ...] = (
    ("has_tag", "tag", "有标签", "Carries the tag at the moment of the run (A1#20).", "运行时带有该标签（A1#20）。"),
    (
        "bought_category",
        "category",
        "买过类目",
        "Ever paid an order with an article of the category, before the run; one given back in full is none (A1#17).",
        "运行前有已付订单含该类目商品，全额退款的不算（A1#17）。",
    ),
    (
        "consented",
        "channel",
        "同意该渠道",
        "Consent for the channel stands at the moment of the run: given, and not withdrawn since (B7).",
        "运行时对该渠道的同意有效：已给出且未撤回（B7）。",
    ),
    (
        "bought_in_phase",
        "phase",
        "在阶段内购买",
        "Paid an order inside the window of the phase, before the run; one given back in full is none (A5).",
        "运行前在该阶段时间内有已付订单，全额退款的不算（A5）。",
    ),
    (
        "contacted_by",
        "play",
        "被玩法触达",
        "Got a message of the play since the campaign began; of another calendar: contacted_by('autumn/recall').",
        "活动开始后收到过该玩法的消息；其他日历写作 contacted_by('autumn/recall')。",
    ),
    (
        "redeemed",
        "benefit",
        "已核销权益",
        "Used the benefit since the campaign began, or one that another calendar gave: redeemed('autumn/coupon').",
        "活动开始后使用过该权益；其他日历发放的写作 redeemed('autumn/coupon')。",
    ),
)
FUNCTIONS: dict[str, Function] = {
    name: Function(name, names, Text(zh=title, en=name.replace("_", " ")), Text(en=en, zh=zh))
    for name, names, title, en, zh in _ALL
}
