"""Fields about who a member is: profile, membership, tier, points, messages got."""

from __future__ import annotations

from campaign_calendars.audiences.fields.types import GENDERS, Field, Line, group

_PROFILE = (
    *group(
        "profile",
        "A1#13",
        Line("city", "text", "城市", "City.", "所在城市。", nullable=True),
        Line("province", "text", "省份", "Province.", "所在省份。", nullable=True),
        Line(
            "gender",
            "text",
            "性别",
            "female or male; every other word of the source, and none, is not known.",
            "female（女）或 male（男）；来源中的其他写法及空值均为未知。",
            nullable=True,
            choices=GENDERS,
            pii=True,
        ),
        Line(
            "age",
            "int",
            "年龄",
            "Completed years on the local day of the run.",
            "运行当日的周岁。",
            unit="years",
            nullable=True,
            pii=True,
        ),
        Line(
            "birth_month",
            "int",
            "生日月份",
            "Month of the birthday, 1 to 12.",
            "生日所在月份，1 至 12。",
            nullable=True,
            pii=True,
        ),
        Line(
            "is_birthday_month",
            "bool",
            "生日当月",
            "The birthday lies in the local month of the run.",
            "生日在运行当月。",
            pii=True,
        ),
    ),
    *group(
        "before",
        "A1#2",
        Line(
            "created_at", "timestamp", "建档时间", "First known to the store.", "首次被店铺记录的时间。", nullable=True
        ),
        Line("joined", "bool", "已入会", "Joined and has not left.", "已入会且未退会。"),
        Line("has_left", "bool", "已退会", "Left the programme.", "已退会。"),
        Line("joined_at", "timestamp", "入会时间", "Joined the programme.", "入会的时间。", nullable=True),
        Line(
            "join_source",
            "text",
            "入会来源",
            "Where the member joined, as the source writes it; empty until joined.",
            "入会渠道，按来源的写法；入会前为空。",
            nullable=True,
        ),
        Line(
            "joined_days",
            "int",
            "入会天数",
            "Completed days of 24 hours since joining; empty unless joined.",
            "入会以来满 24 小时的天数；未入会为空。",
            unit="days",
            nullable=True,
        ),
    ),
    *group(
        "rules",
        "A1#1-3",
        Line(
            "is_member",
            "bool",
            "是会员",
            "Member by the store's definition 1.0, 2.0 or 3.0; never who has left.",
            "按店铺的会员定义 1.0/2.0/3.0 是会员；退会者不是。",
        ),
        Line(
            "value_score",
            "int",
            "价值分",
            "Behaviour weighted by the store's value_weights (definition 3.0).",
            "按店铺 value_weights 加权的行为得分（定义 3.0）。",
            unit="score",
        ),
    ),
    *group(
        "rules",
        "A1#12",
        Line(
            "may_join",
            "bool",
            "可入会",
            "Not joined, and reaches the store's join_threshold.",
            "未入会且达到店铺的 join_threshold。",
        ),
    ),
    *group(
        "campaign",
        "A3",
        Line("joined_in_campaign", "bool", "活动期入会", "Joined since the campaign began.", "活动开始后入会。"),
    ),
)

_PROGRAMME = (
    *group(
        "rules",
        "A6",
        Line(
            "tier",
            "text",
            "等级",
            "Highest tier whose spend or orders are reached, inclusive, unless set by hand; >= compares by rank.",
            "已达到消费或订单门槛（含）的最高等级，人工设置优先；>= 按等级高低比较。",
            nullable=True,
        ),
    ),
    *group(
        "hand",
        "A6",
        Line(
            "tier_is_manual",
            "bool",
            "等级为人工设置",
            "A person set the tier (`promocal member tier`).",
            "等级由人工设置（promocal member tier）。",
        ),
    ),
    *group(
        "before",
        "A6",
        Line(
            "points_balance",
            "int",
            "积分余额",
            "Points that may be used; what has expired is void.",
            "可用积分；已过期的作废。",
            unit="points",
        ),
        Line(
            "points_expiring_30d",
            "int",
            "30天内到期积分",
            "Points of the balance void within 30 days if none is used.",
            "若不使用，30 天内到期的积分。",
            unit="points",
        ),
    ),
    *group(
        "window",
        "A6",
        Line(
            "points_earned_365d",
            "int",
            "近365天获得积分",
            "Points earned or got for referrals within 365 days, less what refunds took back.",
            "近 365 天消费与推荐获得的积分，扣除退款收回。",
            unit="points",
        ),
        Line(
            "points_redeemed_365d",
            "int",
            "近365天使用积分",
            "Points used within 365 days.",
            "近 365 天使用的积分。",
            unit="points",
        ),
    ),
)

_CONTACTS = (
    *group(
        "window",
        "B9",
        Line(
            "contacts_{days}d",
            "int",
            "近{days}天触达",
            "Messages within {days} days, all channels.",
            "近 {days} 天各渠道消息数。",
            unit="messages",
            days=(7, 30),
        ),
    ),
    *group(
        "before",
        "B9",
        Line(
            "last_contact_days",
            "int",
            "距上次触达天数",
            "Completed days of 24 hours since the last message.",
            "距上次消息满 24 小时的天数。",
            unit="days",
            nullable=True,
        ),
    ),
    *group(
        "campaign",
        "A5",
        Line(
            "contacted_in_campaign",
            "bool",
            "活动期已触达",
            "Any message since the campaign began.",
            "活动开始后收到过消息。",
        ),
        Line(
            "bought_in_campaign",
            "bool",
            "活动期已购",
            "An order paid since the sale began (`bought_from`), or a deposit whose balance is still open.",
            "销售开始（bought_from）后有已付订单，或已付定金、尾款未失效。",
        ),
        Line(
            "orders_in_campaign",
            "int",
            "活动期订单数",
            "Orders paid since the sale began (`bought_from`).",
            "销售开始（bought_from）后的已付订单。",
            unit="orders",
        ),
        Line(
            "spend_in_campaign",
            "money",
            "活动期消费",
            "Their amounts, net of the refunds known then.",
            "其金额，扣除当时已知的退款。",
            unit="currency",
        ),
    ),
)

MEMBERS: tuple[Field, ...] = (*_PROFILE, *_PROGRAMME, *_CONTACTS)
"""This page of the catalogue."""
