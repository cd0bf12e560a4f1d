"""The fields an audience expression may use: the columns of `member_features`, without identities.

Money is compared in currency units (`spend_90d >= 199.00`) and stored in cents. A field that may
be empty (`nullable`) makes a comparison unknown, and unknown members are not in the audience.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from campaign_calendars.values import Text

FieldType = Literal["int", "money", "bool", "text", "timestamp"]
LIFECYCLES = ("never", "core", "potential", "ordinary", "dormant", "lost")


@dataclass(frozen=True)
class Field:
    """One segment field: its type, title, meaning and unit."""

    name: str
    type: FieldType
    title: Text
    description: str
    unit: str = ""
    nullable: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Function:
    """A question about a member with one name as its argument; `names` says which kind of name."""

    name: str
    names: Literal["tag", "phase", "play", "benefit"]
    title: Text
    description: str


def _field(name: str, kind: FieldType, zh: str, description: str, unit: str = "", *, nullable: bool = False) -> Field:
    english = name.replace("_", " ")
    choices = LIFECYCLES if name == "lifecycle" else ()
    return Field(name, kind, Text(zh=zh, en=english), description, unit, nullable, choices)


_ALL = (
    _field("city", "text", "城市", "City.", nullable=True),
    _field("province", "text", "省份", "Province.", nullable=True),
    _field("age", "int", "年龄", "Completed years on the day of the run.", "years", nullable=True),
    _field("birth_month", "int", "生日月份", "Month of the birthday, 1 to 12.", nullable=True),
    _field("is_birthday_month", "bool", "生日当月", "The birthday lies in the month of the run (A3)."),
    _field("created_at", "timestamp", "建档时间", "First known to the store.", nullable=True),
    _field("joined", "bool", "已入会", "Joined and has not left (A1#2)."),
    _field("has_left", "bool", "已退会", "Left the programme."),
    _field("joined_at", "timestamp", "入会时间", "Joined the programme.", nullable=True),
    _field("joined_days", "int", "入会天数", "Completed days since joining.", "days", nullable=True),
    _field("is_member", "bool", "是会员", "Member by the store's definition (A1)."),
    _field("joined_in_campaign", "bool", "活动期入会", "Joined since the campaign began (A3)."),
    _field("orders_total", "int", "累计订单数", "Paid orders, ever.", "orders"),
    _field("orders_30d", "int", "近30天订单数", "Paid orders within 30 days.", "orders"),
    _field("orders_90d", "int", "近90天订单数", "Paid orders within 90 days.", "orders"),
    _field("orders_365d", "int", "近365天订单数", "Paid orders within 365 days.", "orders"),
    _field("spend_total", "money", "累计消费", "Paid, net of refunds, ever.", "currency"),
    _field("spend_90d", "money", "近90天消费", "Paid, net of refunds, within 90 days.", "currency"),
    _field("spend_365d", "money", "近365天消费", "Paid, net of refunds, within 365 days.", "currency"),
    _field("items_365d", "int", "近365天件数", "Pieces bought within 365 days.", "pieces"),
    _field("avg_order", "money", "客单价", "Average order within 365 days.", "currency", nullable=True),
    _field("first_order_at", "timestamp", "首单时间", "Payment of the first order.", nullable=True),
    _field("last_order_at", "timestamp", "末单时间", "Payment of the last order.", nullable=True),
    _field("recency_days", "int", "距末单天数", "Completed days since the last order.", "days", nullable=True),
    _field("r_score", "int", "R 分", "Recency 1 to 5, 5 most recent; buyers of 365 days only.", nullable=True),
    _field("f_score", "int", "F 分", "Frequency 1 to 5, 5 most often; buyers of 365 days only.", nullable=True),
    _field("m_score", "int", "M 分", "Spend 1 to 5, 5 most; buyers of 365 days only.", nullable=True),
    _field("lifecycle", "text", "生命周期", "never, core, potential, ordinary, dormant or lost (A5)."),
    _field("tier", "text", "等级", "Highest tier whose rolling spend is reached (A6); >= compares by rank."),
    _field("visits_7d", "int", "近7天访问", "Visits within 7 days.", "events"),
    _field("visits_30d", "int", "近30天访问", "Visits within 30 days.", "events"),
    _field("cart_adds_7d", "int", "近7天加购", "Added to the cart within 7 days.", "events"),
    _field("cart_adds_30d", "int", "近30天加购", "Added to the cart within 30 days.", "events"),
    _field("favourites_30d", "int", "近30天收藏", "Marked as favourite within 30 days.", "events"),
    _field("sign_ins_30d", "int", "近30天签到", "Signed in within 30 days.", "events"),
    _field("interactions_30d", "int", "近30天互动", "Other interactions within 30 days.", "events"),
    _field("last_event_at", "timestamp", "最近行为时间", "Last event of any kind.", nullable=True),
    _field("last_event_days", "int", "距最近行为天数", "Completed days since then.", "days", nullable=True),
    _field("contacts_7d", "int", "近7天触达", "Messages within 7 days, all channels.", "messages"),
    _field("contacts_30d", "int", "近30天触达", "Messages within 30 days, all channels.", "messages"),
    _field(
        "last_contact_days", "int", "距上次触达天数", "Completed days since the last message.", "days", nullable=True
    ),
    _field("contacted_in_campaign", "bool", "活动期已触达", "Any message since the campaign began."),
    _field("bought_in_campaign", "bool", "活动期已购", "An order paid since the campaign began (A5)."),
    _field("orders_in_campaign", "int", "活动期订单数", "Orders paid since the campaign began.", "orders"),
    _field("spend_in_campaign", "money", "活动期消费", "Their amounts, net of refunds.", "currency"),
    _field("has_unpaid_order", "bool", "有未付订单", "An order placed, not paid and not closed (A5 催付)."),
)
FIELDS: dict[str, Field] = {field.name: field for field in _ALL}

FUNCTIONS: dict[str, Function] = {
    function.name: function
    for function in (
        Function(
            "has_tag", "tag", Text(zh="有标签", en="has tag"), "Carries the tag at the moment of the run (A1#20)."
        ),
        Function(
            "bought_in_phase",
            "phase",
            Text(zh="在阶段内购买", en="bought in phase"),
            "Paid an order inside the window of the phase, before the run (A5).",
        ),
        Function(
            "contacted_by",
            "play",
            Text(zh="被玩法触达", en="contacted by play"),
            "Got a message of the play since the campaign began.",
        ),
        Function(
            "redeemed",
            "benefit",
            Text(zh="已核销权益", en="redeemed benefit"),
            "Used the benefit since the campaign began.",
        ),
    )
}
